// The menu behind the status bar's item.
import * as vscode from "vscode";
import { COMMANDS } from "./commands";
import type { SessionState } from "./session";
import type { StatusText } from "./status-text";

/** An entry that runs a command. */
export interface Entry {
  readonly label: string;
  readonly description?: string;
  readonly command: string;
}

/** What the menu depends on. */
export interface MenuState {
  readonly kind: SessionState["kind"];
  readonly paused: boolean;
  readonly modelMissing: boolean;
  /** The active document's language, and whether its suggestions are off. */
  readonly language: { readonly id: string; readonly off: boolean } | undefined;
}

/** The entries for a state, the likeliest first. */
export function entries(state: MenuState): Entry[] {
  if (state.kind === "missing") {
    return [
      { label: "$(cloud-download) Install the server...", command: COMMANDS.install },
      { label: "$(book) Open the walkthrough", command: COMMANDS.walkthrough },
      { label: "$(output) Open the log", command: COMMANDS.showLog },
    ];
  }
  const restart: Entry = { label: "$(debug-restart) Restart the server", command: COMMANDS.restart };
  const log: Entry = { label: "$(output) Open the log", command: COMMANDS.showLog };
  if (state.kind !== "running") {
    return [restart, log, { label: "$(book) Open the walkthrough", command: COMMANDS.walkthrough }];
  }
  if (state.modelMissing) {
    return [
      { label: "$(package) Choose a model...", command: COMMANDS.chooseModel },
      { label: "$(globe) Use an endpoint...", command: COMMANDS.setUpEndpoint },
      { label: "$(book) Open the walkthrough", command: COMMANDS.walkthrough },
      log,
    ];
  }
  return [
    state.paused
      ? { label: "$(play) Resume suggestions", command: COMMANDS.pause }
      : { label: "$(debug-pause) Pause suggestions", description: "in this window", command: COMMANDS.pause },
    ...(state.language
      ? [
          {
            label: `$(code) Switch ${state.language.off ? "on" : "off"} for ${state.language.id}`,
            description: "in your settings",
            command: COMMANDS.switchLanguage,
          },
        ]
      : []),
    { label: "$(question) Explain the last suggestion", command: COMMANDS.explain },
    { label: "$(package) Change the model...", command: COMMANDS.chooseModel },
    { label: "$(globe) Use an endpoint...", command: COMMANDS.setUpEndpoint },
    { label: "$(pulse) Run the doctor", description: "measures the model here", command: COMMANDS.doctor },
    log,
    restart,
  ];
}

/** Shows the menu and runs what is chosen. */
export async function showMenu(status: StatusText, state: MenuState): Promise<void> {
  const placeHolder = [status.state, ...status.details.slice(0, 1)].join(" · ");
  const picked = await vscode.window.showQuickPick(entries(state), { title: "Foretype", placeHolder });
  if (picked) {
    await vscode.commands.executeCommand(picked.command);
  }
}
