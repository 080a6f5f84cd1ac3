package shapes;

import java.util.List;
import static java.lang.Math.PI;

/** What has an area. */
interface HasArea {
    int LIMIT = 10;

    double area(double scale);
}

@interface Checked {
    String by();
}

enum Colour {
    RED,
    GREEN
}

record Pair(int a, int b) {
    Pair {
        check(a);
    }
}

public class Circle extends Figure implements HasArea {
    private final double radius;
    // Who drew it.
    private Owner owner;

    static {
        register("circle");
    }

    public Circle(double radius) {
        this.radius = radius;
    }

    @Override
    public double area(double scale) throws AreaException {
        if (radius > LIMIT) {
            throw new AreaException("too large");
        } else {
            log('x');
        }
        return PI * radius * radius * scale;
    }

    static Total total(List<Circle> shapes) {
        Total sum = new Total();
        for (Circle shape : shapes) {
            sum.add(shape.area(1));
        }
        for (int i = 0; i < 3; i++) {
            sum.add(i);
        }
        while (sum.large()) {
            sum.halve();
        }
        do {
            sum.halve();
        } while (sum.large());
        try {
            shapes.forEach(shape -> {
                shape.draw();
            });
        } catch (RuntimeException error) {
            error.printStackTrace();
        } finally {
            close();
        }
        try (Lock lock = lock()) {
            work();
        }
        synchronized (shapes) {
            work();
        }
        switch (sum.kind()) {
            case 1:
                break;
        }
        Runnable run = new Runnable() {
            public void run() {
                work();
            }
        };
        return sum;
    }
}
