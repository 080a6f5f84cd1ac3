// The language client: LSP as the library does it, but for inline suggestions, which have a provider of their own here.
import * as vscode from "vscode";
import {
  type ClientCapabilities,
  CloseAction,
  type DynamicFeature,
  ErrorAction,
  type ErrorHandler,
  type FeatureState,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  type ServerOptions,
  type StaticFeature,
} from "vscode-languageclient/node";
import type { Launch } from "./find-server";

const INLINE_COMPLETION = "textDocument/inlineCompletion";

/** The documents that Foretype works in. */
export const DOCUMENTS = [
  { scheme: "file" },
  { scheme: "untitled" },
  { scheme: "vscode-userdata" },
  { notebook: "*", language: "*" },
];

/** What a client is made of. */
export interface ClientParts {
  readonly launch: Launch;
  readonly output: vscode.LogOutputChannel;
  readonly options: object;
  readonly middleware: Middleware;
  readonly onClosed: () => void;
}

/** A language client whose own inline completion is off, so that exactly one provider shows suggestions. */
export class ForetypeClient extends LanguageClient {
  /** Registers what the library does for a part of LSP. */
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    const method = "registrationType" in feature ? feature.registrationType.method : undefined;
    super.registerFeature(method === INLINE_COMPLETION ? new ShowsInline() : feature);
  }

  /** Logs an error. The library would show the user its own words; the session says what happened and what to do. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Tells the server that inline suggestions are shown, so that it keeps out of the completion pop-up. */
class ShowsInline implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.textDocument = { ...capabilities.textDocument, inlineCompletion: {} };
  }
  initialize(): void {
    // The provider is registered apart from the client, and outlives it.
  }
  getState(): FeatureState {
    return { kind: "static" };
  }
  clear(): void {
    // Nothing is kept.
  }
}

/** A client that isn't started yet. It never restarts its server by itself. */
export function createClient(parts: ClientParts): ForetypeClient {
  const { command, args, environment, folder } = parts.launch;
  const server: ServerOptions = {
    command,
    args: [...args],
    options: { env: { ...process.env, ...environment }, ...(folder ? { cwd: folder } : {}) },
  };
  const errorHandler: ErrorHandler = {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: () => {
      parts.onClosed();
      return { action: CloseAction.DoNotRestart, handled: true, message: "The server has ended." };
    },
  };
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: parts.output,
    traceOutputChannel: parts.output,
    initializationOptions: parts.options,
    initializationFailedHandler: () => false,
    middleware: parts.middleware,
    errorHandler,
  };
  return new ForetypeClient("foretype", "Foretype", server, options);
}
