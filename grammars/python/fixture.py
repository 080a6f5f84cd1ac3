# ruff: noqa
"""Shapes and their areas."""

from __future__ import annotations

import math
import os.path as path
from collections import OrderedDict, defaultdict as table
from typing import *

LIMIT = 10
type Pair = tuple[int, int]


@register("shape")
class Circle(Shape):
    """A circle."""

    unit = "cm"

    def __init__(self, radius: float) -> None:
        self.radius = radius

    async def area(self, scale: Scale | None = None) -> float:
        # pi times the square
        if scale:
            with lock() as held:
                return math.pi * self.radius**2
        elif self.radius > LIMIT:
            raise ValueError(f"{self.radius:.2f} is too large")
        else:
            pass
        return 0.0


def total(shapes: list[Circle]) -> float:
    result = 0.0
    for shape in shapes:
        try:
            result += shape.area()
        except ValueError:
            continue
        finally:
            print("done")
    while result > LIMIT:
        result -= 1
    match result:
        case 0:
            return 1
    return result
