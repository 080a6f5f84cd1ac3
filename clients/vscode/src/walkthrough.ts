// The first run: the walkthrough, which appears by itself when something is missing, and a file to try suggestions in.
import * as vscode from "vscode";
import { type Models, SERVER } from "./protocol";
import type { Session, SessionState } from "./session";

const WALKTHROUGH = "setup";
const SHOWN = "walkthroughShown";
const READY_CONTEXT = "foretype.ready";
const SERVER_CONTEXT = "foretype.serverRuns";

const SCRATCH = `# Type at the end of this file. Suggestions appear in grey: Tab takes one, Escape leaves it.
# Ctrl+Right (Cmd+Right on macOS) takes one word of it.


def largest(numbers):
    best = numbers[0]
    for number in numbers:
        if number > best:
            best = number
    return best


def smallest(numbers):
    `;

/** Opens the walkthrough when a session shows that something is missing; once in a user's life by itself. */
export class Walkthrough {
  private missing = false;

  constructor(
    private readonly extensionId: string,
    private readonly memory: vscode.Memento,
    private readonly session: Session,
  ) {}

  /** Whether suggestions need a model on this machine that wasn't there when the server started. */
  get modelMissing(): boolean {
    return this.missing;
  }

  /** The session has another state. */
  async follow(state: SessionState): Promise<void> {
    void vscode.commands.executeCommand("setContext", SERVER_CONTEXT, state.kind === "running");
    if (state.kind === "missing") {
      await this.openOnce();
    }
  }

  /** The server runs: is there all it needs? */
  async check(): Promise<void> {
    const models = await this.session.command<Models>(SERVER.models).catch(() => undefined);
    this.missing = models?.missing ?? false;
    void vscode.commands.executeCommand("setContext", READY_CONTEXT, models ? !models.missing : false);
    if (this.missing) {
      await this.openOnce();
    }
  }

  /** Opens the walkthrough. */
  async open(): Promise<void> {
    await vscode.commands.executeCommand(
      "workbench.action.openWalkthrough",
      `${this.extensionId}#${WALKTHROUGH}`,
      false,
    );
  }

  private async openOnce(): Promise<void> {
    if (!this.memory.get<boolean>(SHOWN)) {
      await this.memory.update(SHOWN, true);
      await this.open();
    }
  }
}

/** Opens a file that is saved nowhere, with the cursor where typing shows a suggestion. */
export async function openScratch(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "python", content: SCRATCH });
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const end = document.positionAt(SCRATCH.length);
  editor.selection = new vscode.Selection(end, end);
  editor.revealRange(new vscode.Range(end, end));
}
