// What the doctor found, as a page beside the code.
import * as vscode from "vscode";
import { findings } from "./findings";
import { type Examination, SERVER } from "./protocol";
import type { Session } from "./session";

/** Measures this machine and shows what was found. */
export async function runDoctor(session: Session): Promise<void> {
  const examination = await session.command<Examination>(SERVER.doctor);
  if (!examination) {
    void vscode.window.showInformationMessage("Foretype's server has to run before the doctor can look at it.");
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: "plaintext", content: findings(examination) });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}
