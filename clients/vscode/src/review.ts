// What nothing was proved of is looked at first: the change as a diff, with what is known of it, to apply or discard.
import * as vscode from "vscode";
import { TextDocumentEdit, type WorkspaceEdit } from "vscode-languageclient/node";
import type { ForetypeClient } from "./client";
import { COMMANDS } from "./commands";
import { patched } from "./patch";

const SCHEME = "foretype-review";
/** Set while a change waits to be applied or discarded. */
const REVIEWING_CONTEXT = "foretype.reviewing";

/** A change of one open document. */
interface Change {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly edits: readonly vscode.TextEdit[];
}

/** Shows one change at a time; a new one takes the place of the old. */
export class Review implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;
  private shown: { readonly uri: vscode.Uri; readonly text: string; decide(apply: boolean): void } | undefined;
  private count = 0;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.commands.registerCommand(COMMANDS.acceptEdit, () => this.shown?.decide(true)),
      vscode.commands.registerCommand(COMMANDS.discardEdit, () => this.shown?.decide(false)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.some((tab) => this.isShownIn(tab))) {
          this.shown?.decide(false);
        }
      }),
    );
  }

  /** See `vscode.TextDocumentContentProvider`. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.shown?.uri.toString() === uri.toString() ? this.shown.text : "";
  }

  /** Applies an edit once the user has seen it and agrees; whether it was applied. `label` is one sentence on it. */
  async apply(client: ForetypeClient, label: string, edit: WorkspaceEdit): Promise<boolean> {
    const change = await changeOf(client, edit);
    if (!change) {
      // More than a change of one open file; the editor's own preview shows that.
      return vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit));
    }
    const { document, version, edits } = change;
    if (document.version !== version || !(await this.agrees(change, label))) {
      return false;
    }
    if (document.version !== version) {
      void vscode.window.showWarningMessage("The file has changed meanwhile, so nothing was applied. Ask again.");
      return false;
    }
    const agreed = new vscode.WorkspaceEdit();
    agreed.set(document.uri, [...edits]);
    return vscode.workspace.applyEdit(agreed);
  }

  /** Takes what is shown away. */
  dispose(): void {
    this.shown?.decide(false);
    this.subscriptions.dispose();
  }

  private async agrees({ document, edits }: Change, label: string): Promise<boolean> {
    this.shown?.decide(false);
    this.count += 1;
    const replacements = edits.map(({ range, newText }) => ({
      start: document.offsetAt(range.start),
      end: document.offsetAt(range.end),
      text: newText,
    }));
    const uri = document.uri.with({ scheme: SCHEME, query: this.count.toString() });
    const decision = new Promise<boolean>((resolve) => {
      this.shown = { uri, text: patched(document.getText(), replacements), decide: resolve };
    });
    await vscode.commands.executeCommand("setContext", REVIEWING_CONTEXT, true);
    await vscode.commands.executeCommand("vscode.diff", document.uri, uri, label, { preview: true });
    const apply = "Apply";
    const discard = "Discard";
    void vscode.window.showInformationMessage(`${label}. Apply this change?`, apply, discard).then((answer) => {
      if (answer && this.shown?.uri === uri) {
        this.shown.decide(answer === apply);
      }
    });
    const agreed = await decision;
    // The question, which may have been answered elsewhere, can't be taken back; only put out of sight.
    await vscode.commands.executeCommand("notifications.hideToasts");
    if (this.shown?.uri === uri) {
      this.shown = undefined;
      await vscode.commands.executeCommand("setContext", REVIEWING_CONTEXT, false);
    }
    await vscode.window.tabGroups.close(allTabs().filter((tab) => modifiedIn(tab) === uri.toString()));
    return agreed;
  }

  private isShownIn(tab: vscode.Tab): boolean {
    return this.shown !== undefined && modifiedIn(tab) === this.shown.uri.toString();
  }
}

/** Whether an edit is to be seen before it is applied. */
export function needsReview(edit: WorkspaceEdit): boolean {
  return Object.values(edit.changeAnnotations ?? {}).some((annotation) => annotation.needsConfirmation === true);
}

async function changeOf(client: ForetypeClient, edit: WorkspaceEdit): Promise<Change | undefined> {
  const [only, ...more] = edit.documentChanges ?? [];
  if (!TextDocumentEdit.is(only) || more.length > 0 || only.textDocument.version === null) {
    return undefined;
  }
  const uri = client.protocol2CodeConverter.asUri(only.textDocument.uri).toString();
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri);
  const plain = only.edits.map((each) => ({ range: each.range, newText: "newText" in each ? each.newText : "" }));
  const edits = await client.protocol2CodeConverter.asTextEdits(plain);
  return document && { document, version: only.textDocument.version, edits };
}

function allTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

function modifiedIn(tab: vscode.Tab): string | undefined {
  return tab.input instanceof vscode.TabInputTextDiff ? tab.input.modified.toString() : undefined;
}
