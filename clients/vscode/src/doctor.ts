// What the doctor found, as a page beside the code.
import * as vscode from "vscode";
import { type Examination, SERVER } from "./protocol";
import type { Session } from "./session";

/** The findings as text. */
export function findings(examination: Examination): string {
  const names = Object.keys(examination.facts);
  const width = Math.max(...names.map((name) => name.length));
  const facts = Object.entries(examination.facts).map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const advice = examination.advice.map((sentence) => `- ${sentence}`);
  const heading = advice.length > 0 ? "What to change" : "Nothing to change.";
  return ["Foretype's doctor", "", ...facts, "", heading, ...advice, ""].join("\n");
}

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
