// One answer while it grows: where it was asked for, what there is of it so far, and who waits for its beginning.
import type { Answer } from "./protocol";

/** Where a suggestion is asked for. `selected` is the text of the pop-up's item in focus, if any. */
export interface Place {
  readonly uri: string;
  readonly version: number;
  readonly line: number;
  readonly character: number;
  readonly selected: string | undefined;
}

/** Whether two requests would be answered alike. */
export function samePlace(one: Place, other: Place): boolean {
  return (
    one.uri === other.uri &&
    one.version === other.version &&
    one.line === other.line &&
    one.character === other.character &&
    one.selected === other.selected
  );
}

/** The text that an answer suggests first, empty if it suggests nothing. */
export function textOf(answer: Answer): string {
  const text = answer.items[0]?.insertText;
  return text === undefined ? "" : typeof text === "string" ? text : text.value;
}

/** An answer as it grows. Its first part is waited for; later parts are announced. */
export class Growing {
  /** The first part that holds a suggestion, or the whole answer. */
  readonly first: Promise<Answer>;
  private latest: Answer;
  private begin: (answer: Answer) => void = () => undefined;
  private begun = false;
  private grown = false;

  /** `onGrowth` is called for each part after the first, and once more at the end if there were any. */
  constructor(
    readonly place: Place,
    private readonly onGrowth: (done: boolean) => void,
  ) {
    this.latest = { items: [], version: place.version, done: false };
    this.first = new Promise((resolve) => {
      this.begin = resolve;
    });
  }

  /** What there is so far. */
  get answer(): Answer {
    return this.latest;
  }

  /** Whether something is on its way to the screen, and more may come. */
  get grows(): boolean {
    return this.begun && !this.latest.done;
  }

  /** Takes a part. One for another version, or one that doesn't extend what there is, is ignored. */
  take(answer: Answer): void {
    if (this.latest.done) {
      return;
    }
    const before = textOf(this.latest);
    const extends_ = answer.version === this.place.version && textOf(answer).startsWith(before);
    const longer = extends_ && textOf(answer) !== before;
    if (longer) {
      this.latest = answer;
    } else if (answer.done) {
      this.latest = { ...this.latest, done: true };
    }
    if (!this.begun && (longer || answer.done)) {
      this.begun = true;
      this.begin(this.latest);
    } else if (this.begun) {
      this.grown ||= longer;
      if (longer || (this.latest.done && this.grown)) {
        this.onGrowth(this.latest.done);
      }
    }
  }

  /** Ends it as it is: nothing more will come, or nothing more is wanted. */
  end(): void {
    this.grown = false;
    this.take({ items: [], version: -1, done: true });
  }
}
