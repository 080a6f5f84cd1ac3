// The first run: the walkthrough, which appears by itself when something is missing, and a file to try suggestions in.
import * as vscode from "vscode";
import { type Models, SERVER } from "./protocol";
import type { Session, SessionState } from "./session";

const WALKTHROUGH = "setup";
const SHOWN = "walkthroughShown";
const SERVER_CONTEXT = "foretype.serverRuns";
/** What ticks off the walkthrough's steps. */
const SERVER_STEP_CONTEXT = "foretype.serverStepDone";
const MODEL_STEP_CONTEXT = "foretype.modelStepDone";
/** Milliseconds after which the editor surely knows a walkthrough that it shows. */
const KNOWN_AFTER = 1_000;

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
  private ready = false;
  private known = false;

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
    this.tick();
    if (state.kind === "missing") {
      await this.openOnce();
    }
  }

  /** The server runs: is there all it needs? */
  async check(): Promise<void> {
    const models = await this.session.command<Models>(SERVER.models).catch(() => undefined);
    this.missing = models?.missing ?? false;
    this.ready = models !== undefined && !models.missing;
    this.tick();
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

  /** A tab of an unknown kind was opened: that may be the walkthrough, however the user came there. */
  async shown(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, KNOWN_AFTER));
    this.known = true;
    this.tick();
  }

  // The editor ticks off a step when its context becomes true, but not one whose context is true from the beginning.
  private tick(): void {
    if (this.known) {
      const runs = this.session.state.kind === "running";
      void vscode.commands.executeCommand("setContext", SERVER_STEP_CONTEXT, runs);
      void vscode.commands.executeCommand("setContext", MODEL_STEP_CONTEXT, runs && this.ready);
    }
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
