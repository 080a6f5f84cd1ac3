// Rewriting a selection with an instruction: a box with the last instructions; the server writes and shows the change.
import * as vscode from "vscode";
import { tell } from "./actions";
import { offered, remembered } from "./history";
import { SERVER } from "./protocol";
import type { Session } from "./session";

const HISTORY = "instructions";

/** Asks for an instruction and has the server edit what is selected, or the line of the cursor. */
export async function rewrite(session: Session, memory: vscode.Memento): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const client = session.client;
  if (!editor || !client) {
    void vscode.window.showInformationMessage("Open a file while Foretype's server runs to rewrite a part of it.");
    return;
  }
  const history = memory.get<string[]>(HISTORY, []);
  const instruction = await askInstruction(history);
  if (!instruction) {
    return;
  }
  await memory.update(HISTORY, remembered(history, instruction));
  const { document, selection } = editor;
  const range = selection.isEmpty ? document.lineAt(selection.active).range : selection;
  try {
    await session.command(SERVER.edit, {
      uri: client.code2ProtocolConverter.asUri(document.uri),
      range: client.code2ProtocolConverter.asRange(range),
      instruction,
    });
  } catch (error) {
    tell(error);
  }
}

function askInstruction(history: readonly string[]): Promise<string | undefined> {
  const box = vscode.window.createQuickPick();
  box.title = "Foretype: rewrite with an instruction";
  box.placeholder = "What should be different? For example: use a dictionary";
  const offer = (): void => {
    box.items = offered(history, box.value).map((label) => ({ label, alwaysShow: true }));
  };
  offer();
  box.onDidChangeValue(offer);
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      resolve(box.activeItems[0]?.label ?? box.value.trim());
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
