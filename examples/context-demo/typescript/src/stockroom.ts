/** Goods set aside for a customer. */
export interface Hold {
  readonly sku: string;
  readonly units: number;
  readonly lapsesAt: Date;
}

/** What is on the shelves, and what of it is set aside. */
export class Stockroom {
  private readonly shelves = new Map<string, number>();
  private readonly holds: Hold[] = [];

  put(sku: string, units: number): void {
    this.shelves.set(sku, this.unitsLeft(sku) + units);
  }

  /** Units that nobody has set aside. */
  unitsLeft(sku: string): number {
    const held = this.holds.filter((hold) => hold.sku === sku).reduce((sum, hold) => sum + hold.units, 0);
    return (this.shelves.get(sku) ?? 0) - held;
  }

  /** Sets units aside for some minutes; undefined if there are too few. */
  setAside(sku: string, units: number, minutes: number): Hold | undefined {
    if (this.unitsLeft(sku) < units) {
      return undefined;
    }
    const hold = { sku, units, lapsesAt: new Date(Date.now() + minutes * 60_000) };
    this.holds.push(hold);
    return hold;
  }
}
