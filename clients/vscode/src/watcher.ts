// What becomes of suggestions: tells the server what was shown and, by estimate, what was accepted in part; takes times.
import * as vscode from "vscode";
import type { Audience } from "./provider";
import { type Place, textOf } from "./growth";
import { follow, type Shown } from "./partial-accept";
import { type Answer, DID_PARTIALLY_ACCEPT, DID_SHOW, type LastLedger, SERVER } from "./protocol";
import type { Session } from "./session";
import type { Timing } from "./timing";

/** Set while a suggestion grows, so that Escape ends the growth with the suggestion. */
export const GROWING_CONTEXT = "foretype.growing";

interface Followed {
  readonly uri: string;
  readonly item: object;
  shown: Shown;
}

/** Follows the last suggestion. */
export class Watcher implements Audience {
  private followed: Followed | undefined;
  private grows = false;
  private asked = 0;
  private last: LastLedger | undefined;
  private lastElapsed: number | undefined;

  constructor(
    private readonly session: Session,
    private readonly timing: Timing,
    private readonly output: vscode.LogOutputChannel,
    private readonly onNews: () => void,
  ) {}

  /** Which engine answered last, and where the time went; empty before that. */
  get explained(): string {
    return this.last?.explained ?? "";
  }

  /** Milliseconds from the editor's question to the last suggestion. */
  get latency(): number | undefined {
    return this.lastElapsed;
  }

  /** See `Audience`. */
  answered(place: Place, answer: Answer, elapsed: number): void {
    const item = answer.items[0];
    if (!item) {
      return;
    }
    this.lastElapsed = elapsed;
    const editor = vscode.window.activeTextEditor;
    const document = editor?.document;
    if (document?.uri.toString() !== place.uri || document.version !== place.version) {
      return;
    }
    const start = item.range?.start ?? place;
    const offset = document.offsetAt(new vscode.Position(start.line, start.character));
    const typed = document.offsetAt(new vscode.Position(place.line, place.character)) - offset;
    this.followed = { uri: place.uri, item, shown: { start: offset, text: withEnds(textOf(answer), document), typed } };
    void this.session.client?.sendNotification(DID_SHOW, { item, estimated: true });
  }

  /** See `Audience`. */
  completed(place: Place, answer: Answer, elapsed: number): void {
    if (answer.items.length === 0) {
      return;
    }
    this.asked += 1;
    const number = this.asked;
    void this.session.command<LastLedger>(SERVER.lastLedger, place.uri).then((last) => {
      // Where another answer came meanwhile, this is its ledger.
      if (last && number === this.asked) {
        this.last = last;
        const server = last.ledger.total_ms;
        this.timing.add({ elapsed, server });
        this.output.debug(
          `A suggestion took ${elapsed.toFixed(1)} ms, of which the server needed ${server.toFixed(1)} ms.`,
        );
        this.onNews();
      }
    });
  }

  /** See `Audience`. */
  growing(grows: boolean): void {
    if (grows !== this.grows) {
      this.grows = grows;
      void vscode.commands.executeCommand("setContext", GROWING_CONTEXT, grows);
    }
  }

  /** See `Audience`. */
  grew(place: Place, answer: Answer): void {
    const document = vscode.window.activeTextEditor?.document;
    if (this.followed?.uri === place.uri && document?.uri.toString() === place.uri) {
      this.followed.shown = { ...this.followed.shown, text: withEnds(textOf(answer), document) };
    }
  }

  /** The text has changed. */
  changed(event: vscode.TextDocumentChangeEvent): void {
    const { followed } = this;
    if (!followed || event.document.uri.toString() !== followed.uri || event.contentChanges.length === 0) {
      return;
    }
    const [change] = event.contentChanges;
    const step =
      change && event.contentChanges.length === 1
        ? follow(followed.shown, { offset: change.rangeOffset, removed: change.rangeLength, text: change.text })
        : undefined;
    if (!step) {
      this.followed = undefined;
      return;
    }
    followed.shown = step.shown;
    if (step.accepted) {
      const acceptedLength = step.shown.text.slice(0, step.shown.typed).replaceAll("\r\n", "\n").length;
      void this.session.client?.sendNotification(DID_PARTIALLY_ACCEPT, {
        item: followed.item,
        acceptedLength,
        estimated: true,
      });
    }
  }
}

// The editor inserts a suggestion with the document's own line ends.
function withEnds(text: string, document: vscode.TextDocument): string {
  return document.eol === vscode.EndOfLine.CRLF ? text.replaceAll("\n", "\r\n") : text;
}
