// How a suggestion that is on screen is replaced by a longer one without a flicker, with nothing but stable API.
import * as vscode from "vscode";

const TRIGGER = "editor.action.inlineSuggest.trigger";
const SHOW_NEXT = "editor.action.inlineSuggest.showNext";

/** Registers the provider and makes the editor ask it again. */
export class Refresh implements vscode.Disposable {
  private registration: vscode.Disposable | undefined;
  private register: () => vscode.Disposable = () => new vscode.Disposable(() => undefined);
  private wanted: { document: vscode.TextDocument; position: vscode.Position } | undefined;
  private working = false;

  /** `inPlace` says that the editor can be asked without a flicker any number of times; else ask it only at the end. */
  constructor(
    private readonly extensionId: string,
    readonly inPlace: boolean,
  ) {}

  /** Whether it is us who have the editor ask right now, not the user. */
  get asks(): boolean {
    return this.working;
  }

  /** Registers a provider for documents; there is exactly one at any time. */
  provide(selector: vscode.DocumentSelector, provider: vscode.InlineCompletionItemProvider): void {
    this.register = () => vscode.languages.registerInlineCompletionItemProvider(selector, provider);
    this.registration = this.register();
  }

  /** Has the editor ask again at a place, if the cursor is still there; several calls may become one. */
  soon(document: vscode.TextDocument, position: vscode.Position): void {
    this.wanted = { document, position };
    if (!this.working) {
      this.working = true;
      void this.work().finally(() => {
        this.working = false;
      });
    }
  }

  /** Nothing more is to be asked. */
  cancel(): void {
    this.wanted = undefined;
  }

  /** Takes the provider away. */
  dispose(): void {
    this.cancel();
    this.registration?.dispose();
  }

  private async work(): Promise<void> {
    while (this.wanted) {
      const { document, position } = this.wanted;
      this.wanted = undefined;
      const editor = vscode.window.activeTextEditor;
      if (editor?.document !== document || !editor.selection.isEmpty || !editor.selection.active.isEqual(position)) {
        continue;
      }
      await (this.inPlace ? this.again() : this.next());
    }
  }

  // The editor asks only providers that it has no answer of for this version: a provider registered anew is one.
  private async again(): Promise<void> {
    const old = this.registration;
    this.registration = this.register();
    old?.dispose();
    await vscode.commands.executeCommand(TRIGGER, { explicit: false, providerId: `${this.extensionId}:*` });
  }

  private async next(): Promise<void> {
    await vscode.commands.executeCommand(TRIGGER);
    await vscode.commands.executeCommand(SHOW_NEXT);
  }
}
