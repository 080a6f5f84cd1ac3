#include <stdio.h>
#include "shapes.h"

#define LIMIT 10
#define SQUARE(x) ((x) * (x))

/* A circle. */
struct circle {
    double radius;
    owner_t *owner;
};

union value {
    int i;
};

enum colour {
    RED,
    GREEN
};

typedef struct circle circle_t;

static int count = 0;
extern int errors;

double area(const circle_t *circle, double scale);
circle_t *make(double radius);

double area(const circle_t *circle, double scale)
{
    // pi times the square
    if (circle->radius > LIMIT) {
        fprintf(stderr, "%f is too large\n", circle->radius);
    } else {
        count += 'x';
    }
    return 3.14 * SQUARE(circle->radius) * scale;
}

circle_t *make(double radius)
{
    circle_t *circle = (circle_t *)malloc(sizeof(circle_t));
    for (int i = 0; i < LIMIT; i++) {
        circle->owner->notify(i);
    }
    while (count) {
        count--;
    }
    do {
        count++;
    } while (count < 3);
    switch (count) {
    case 1:
        break;
    }
    return circle;
}
