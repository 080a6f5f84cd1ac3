import { Shape, type Point } from "./shapes";
import fs = require("fs");
import { load as read } from "./load";

export type Pair<T> = [T, T];

/* What has an area. */
export interface HasArea {
  readonly unit: string;
  area(scale?: number): number;
}

export enum Colour {
  Red,
  Green = "green",
}

abstract class Figure implements HasArea {
  unit = "cm";
  private points: Map<string, Point> = new Map();

  abstract area(): number;

  describe(other: Figure): string {
    return `${this.unit} of ${other}`;
  }
}

namespace Geometry {
  export function origin(): Point {
    return make(0, 0);
  }
}

declare function make(x: number, y: number): Point;

export const total = async (shapes: Figure[]): Promise<number> => {
  if (shapes.length) {
    return shapes.reduce((sum, shape) => sum + shape.area(), 0);
  }
  return 0;
};
