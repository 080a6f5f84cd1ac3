// When a server that ended is started again, and when no longer.

/** Milliseconds before the first, second, ... restart; after as many within `WINDOW` the user is asked. */
export const DELAYS: readonly number[] = [500, 2_000, 8_000];
export const WINDOW = 180_000;

/** Counts the ends of a server. */
export class Backoff {
  private ends: number[] = [];

  /** The server ended at a time in milliseconds: how long to wait before it is started again; nothing to give up. */
  ended(now: number): number | undefined {
    this.ends = [...this.ends.filter((end) => now - end < WINDOW), now];
    return DELAYS[this.ends.length - 1];
  }

  /** The user wants another try. */
  reset(): void {
    this.ends = [];
  }
}
