// The one provider of inline suggestions: asks the server, shows the beginning of an answer and lets it grow in place.
import * as vscode from "vscode";
import type { InlineCompletionItem, InlineCompletionParams } from "vscode-languageclient/node";
import { ProgressType } from "vscode-languageclient/node";
import type { ForetypeClient } from "./client";
import { Growing, type Place, samePlace } from "./growth";
import type { Refresh } from "./refresh";
import { type Answer, STREAMING } from "./protocol";

const PROGRESS = new ProgressType<Answer>();

/** What becomes of suggestions. */
export interface Audience {
  /** A suggestion was given to the editor, or an answer without any. Times are in milliseconds. */
  answered(place: Place, answer: Answer, elapsed: number): void;
  /** The whole of an answer has arrived, so many milliseconds after it was asked for. */
  completed(place: Place, answer: Answer, elapsed: number): void;
  /** What is shown has become longer. */
  grew(place: Place, answer: Answer): void;
  /** Whether suggestions grow on screen right now. */
  growing(grows: boolean): void;
}

/** Answers the editor; lives as long as the extension, whatever becomes of the server. */
export class Provider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  private current: Growing | undefined;
  private cancelling = new vscode.CancellationTokenSource();
  private streams = 0;

  constructor(
    private readonly client: () => ForetypeClient | undefined,
    private readonly refresh: Refresh,
    private readonly audience: Audience,
  ) {}

  /** See `vscode.InlineCompletionItemProvider`. */
  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const client = this.client();
    if (!client) {
      return [];
    }
    const place: Place = {
      uri: document.uri.toString(),
      version: document.version,
      line: position.line,
      character: position.character,
      selected: context.selectedCompletionInfo?.text,
    };
    const explicit = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const known = this.current;
    const fits = known && (!explicit || this.refresh.asks) && samePlace(known.place, place);
    const asked = performance.now();
    const growing = fits ? known : this.ask(client, document, position, context, place);
    await growing.first;
    if (token.isCancellationRequested) {
      return [];
    }
    const answer = growing.answer;
    const items = answer.items.map((item) => converted(client, item));
    if (growing !== known) {
      this.audience.answered(place, answer, performance.now() - asked);
      this.audience.growing(growing.grows);
    }
    return items;
  }

  /** The text changed: an answer for what it was is no longer wanted. */
  changed(document: vscode.TextDocument): void {
    const place = this.current?.place;
    if (place?.uri === document.uri.toString() && place.version !== document.version) {
      this.dismiss();
    }
  }

  /** The cursor moved: an answer for where it was is no longer wanted. */
  moved(document: vscode.TextDocument, position: vscode.Position): void {
    const place = this.current?.place;
    if (place?.uri !== document.uri.toString() || place.version !== document.version) {
      return;
    }
    if (place.line !== position.line || place.character !== position.character) {
      this.dismiss();
    }
  }

  /** What is shown is not wanted, so nothing more of it is either. */
  dismiss(): void {
    if (this.current) {
      this.drop(this.current);
    }
  }

  /** Forgets all and asks nothing more. */
  dispose(): void {
    this.dismiss();
    this.cancelling.dispose();
  }

  private ask(
    client: ForetypeClient,
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    place: Place,
  ): Growing {
    this.dismiss();
    const growing = new Growing(place, (done) => {
      this.audience.grew(place, growing.answer);
      if (done || this.refresh.inPlace) {
        this.refresh.soon(document, position);
      }
    });
    this.current = growing;
    this.cancelling.dispose();
    this.cancelling = new vscode.CancellationTokenSource();
    this.streams += 1;
    const streamToken = `foretype-stream-${this.streams}`;
    const progress = client.onProgress(PROGRESS, streamToken, (answer) => {
      growing.take({ ...answer, done: false });
    });
    const params: InlineCompletionParams = client.code2ProtocolConverter.asInlineCompletionParams(
      document,
      position,
      context,
    );
    const versioned = { ...params.textDocument, version: document.version };
    const began = performance.now();
    client
      .sendRequest<Answer>(STREAMING, { ...params, textDocument: versioned, streamToken }, this.cancelling.token)
      .then(
        (answer) => {
          growing.take({ ...answer, done: true });
          this.audience.completed(place, answer, performance.now() - began);
        },
        () => {
          growing.end();
        },
      )
      .finally(() => {
        progress.dispose();
        if (this.current === growing) {
          this.audience.growing(false);
        }
      });
    return growing;
  }

  private drop(growing: Growing): void {
    growing.end();
    if (this.current === growing) {
      this.current = undefined;
      this.cancelling.cancel();
      this.refresh.cancel();
      this.audience.growing(false);
    }
  }
}

function converted(client: ForetypeClient, item: InlineCompletionItem): vscode.InlineCompletionItem {
  const text = typeof item.insertText === "string" ? item.insertText : new vscode.SnippetString(item.insertText.value);
  const range = item.range ? client.protocol2CodeConverter.asRange(item.range) : undefined;
  const command = item.command ? client.protocol2CodeConverter.asCommand(item.command) : undefined;
  return new vscode.InlineCompletionItem(text, range, command);
}
