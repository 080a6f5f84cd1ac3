// Code actions: what is proved is applied at once, what isn't is reviewed first, and what fails is told.
import * as vscode from "vscode";
import { type CodeActionMiddleware, CodeActionResolveRequest, type WorkspaceEdit } from "vscode-languageclient/node";
import type { ForetypeClient } from "./client";
import { COMMANDS } from "./commands";
import { needsReview, type Review } from "./review";

/** What is done with the answers to actions. `client` is the server's client while it runs. */
export class Actions {
  constructor(
    private readonly client: () => ForetypeClient | undefined,
    private readonly review: Review,
  ) {}

  /** Resolves an action; its edit, if it has to be reviewed, becomes a command that does so. */
  readonly resolve: NonNullable<CodeActionMiddleware["resolveCodeAction"]> = async (item, token) => {
    const client = this.client();
    if (!client) {
      return item;
    }
    try {
      const given = client.code2ProtocolConverter.asCodeActionSync(item);
      const resolved = await client.sendRequest(CodeActionResolveRequest.type, given, token);
      const { edit, ...rest } = resolved;
      if (!edit || !needsReview(edit)) {
        return await client.protocol2CodeConverter.asCodeAction(resolved, token);
      }
      const action = await client.protocol2CodeConverter.asCodeAction(rest, token);
      action.command = { title: resolved.title, command: COMMANDS.review, arguments: [resolved.title, edit] };
      return action;
    } catch (error) {
      tell(error, token);
      return item;
    }
  };

  /** Applies an edit that the server asks for, or that an action became; whether it was applied. */
  async apply(label: string, edit: WorkspaceEdit): Promise<boolean> {
    const client = this.client();
    return client !== undefined && this.review.apply(client, label, edit);
  }
}

/** Says why an action came to nothing, unless the user ended it. */
export function tell(error: unknown, token?: vscode.CancellationToken): void {
  const cancelled = error instanceof vscode.CancellationError || token?.isCancellationRequested;
  if (!cancelled && (error as { code?: number }).code !== REQUEST_CANCELLED) {
    void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
  }
}

const REQUEST_CANCELLED = -32800;
