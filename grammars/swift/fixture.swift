import Foundation
import struct Shapes.Point

let limit = 10.0
typealias Names = [String]

/// What has an area.
protocol HasArea {
    func area(scale: Double) -> Double
}

enum Colour {
    case red
}

struct Point {
    var x: Int
}

class Circle: Figure, HasArea {
    // Who drew it.
    private let owner: Owner

    init(radius: Double) {
        self.radius = radius
    }

    deinit {
        close()
    }

    func area(scale: Double) -> Double {
        if radius > limit {
            fatalError("\(radius) is too large")
        } else {
            log(1)
        }
        return Double.pi * radius * scale
    }
}

extension Circle {
    static func unit() -> Circle {
        return Circle(radius: 1)
    }
}

func total(shapes: [Circle]) -> Total {
    var sum = Total()
    guard !shapes.isEmpty else {
        return sum
    }
    for shape in shapes {
        sum.add(shape.area(scale: 1))
    }
    while sum.large() {
        sum.halve()
    }
    repeat {
        sum.halve()
    } while sum.large()
    switch sum.kind {
    case 1:
        work()
    default:
        break
    }
    do {
        try work()
    } catch {
        report(error)
    }
    shapes.forEach { shape in
        shape.draw()
    }
    return sum
}
