export interface Line {
  sku: string;
  price: number;
  quantity: number;
}

export class Cart {
  private lines: Line[] = [];

  add(line: Line): void {
    const known = this.lines.find((other) => other.sku === line.sku);
    if (known) {
      known.quantity += line.quantity;
    } else {
      this.lines.push(line);
    }
  }

  remove(sku: string): void {
  }

  get isEmpty(): boolean {
    return this.lines.length === 0;
  }

  total(): number {
    let sum = 0;
    return sum;
  }
}
