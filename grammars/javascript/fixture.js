import React, { useState, useEffect as effect } from "react";
import * as path from "node:path";
const { readFile } = require("fs");

// The largest radius.
export const LIMIT = 10;
let cache = new Map();

/** A circle. */
class Circle extends Shape {
  constructor(radius) {
    super();
    this.radius = radius;
  }

  area(scale = 1) {
    if (scale > LIMIT) {
      throw new Error(`${scale} is too large`);
    } else {
      cache.set("last", this);
    }
    return Math.PI * this.radius ** 2 * scale;
  }
}

async function load(name) {
  try {
    const text = await readFile(path.join("data", name));
    for (const line of text.split(/\n/)) {
      parse(line);
    }
  } catch (error) {
    console.error(error);
  } finally {
    close();
  }
}

const total = (shapes) => {
  let sum = 0;
  for (let i = 0; i < shapes.length; i++) {
    sum += shapes[i].area();
  }
  while (sum > LIMIT) {
    sum -= 1;
  }
  switch (sum) {
    case 0:
      return 1;
  }
  return sum;
};

function* ids() {
  yield 1;
}

const handlers = {
  open: () => {
    total([]);
  },
};

export function App() {
  const [state] = useState(0);
  return <Panel title="x">{state}</Panel>;
}
