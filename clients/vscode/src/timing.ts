// How long suggestions take here: from the editor's question to the answer, and how much of that the server needed.

const KEPT = 200;

/** One request, in milliseconds: from the editor's question to the whole answer, and the server's own part. */
export interface Timed {
  readonly elapsed: number;
  readonly server: number;
}

/** Remembers the last requests. */
export class Timing {
  private requests: Timed[] = [];

  /** Adds one. */
  add(request: Timed): void {
    this.requests = [...this.requests, request].slice(-KEPT);
  }

  /** One sentence on all of them. */
  report(): string {
    const added = this.requests.map((each) => Math.max(0, each.elapsed - each.server));
    if (added.length === 0) {
      return "No suggestion was timed yet.";
    }
    const all = this.requests.map((each) => each.elapsed);
    return (
      `${added.length} suggestions: the whole way took ${said(all)}. ` +
      `The editor's side added ${said(added)} to the server's own time.`
    );
  }
}

/** The smallest value that a share of the values doesn't exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function said(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(1)} ms at the median and ${percentile(values, 0.95).toFixed(1)} ms at the 95th percentile`;
}
