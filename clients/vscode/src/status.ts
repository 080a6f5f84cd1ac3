// The status bar's item.
import * as vscode from "vscode";
import type { Session } from "./session";
import { type StatusText, statusText, type Surroundings } from "./status-text";

/** A spinner for each suggestion would only flicker. */
const LONG_BUSY = 1_500;

/** Shows the state of a session; a click opens the menu. */
export class Status implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscription: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;
  private longBusy = false;

  constructor(
    private readonly session: Session,
    command: string,
    private readonly around: () => Omit<Surroundings, "longBusy">,
  ) {
    this.item = vscode.window.createStatusBarItem("foretype.status", vscode.StatusBarAlignment.Right, 100);
    this.item.name = "Foretype";
    this.item.command = command;
    this.subscription = session.onDidChange(() => {
      this.update();
    });
    this.update();
    this.item.show();
  }

  /** What is shown. */
  get text(): StatusText {
    return statusText(this.session.state, { ...this.around(), longBusy: this.longBusy });
  }

  /** Something that is shown has changed. */
  update(): void {
    const busy = this.session.state.server?.busy ?? false;
    if (!busy) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.longBusy = false;
    } else {
      this.timer ??= setTimeout(() => {
        this.longBusy = true;
        this.show();
      }, LONG_BUSY);
    }
    this.show();
  }

  /** Takes it away. */
  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
    this.item.dispose();
  }

  private show(): void {
    const { text, state, details, look } = this.text;
    this.item.text = text;
    const tooltip = new vscode.MarkdownString();
    [state, ...details].forEach((line, index) => {
      tooltip.appendText(line);
      tooltip.appendMarkdown(index < details.length ? "\n\n" : "");
    });
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `Foretype: ${[state, ...details].join(" ")}` };
    const colour = { normal: undefined, warning: "statusBarItem.warningBackground", error: "statusBarItem.errorBackground" };
    const name = colour[look];
    this.item.backgroundColor = name ? new vscode.ThemeColor(name) : undefined;
  }
}
