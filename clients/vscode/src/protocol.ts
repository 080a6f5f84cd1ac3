// The messages that go beyond LSP: what Foretype's server and this client say to each other.
import type { InlineCompletionItem } from "vscode-languageclient/node";

export const STREAMING = "foretype/inlineCompletion";
export const DID_CHANGE_STATUS = "didChangeStatus";
export const DID_CHANGE_TRUST = "foretype/didChangeTrust";
export const DID_SHOW = "textDocument/didShowCompletion";
export const DID_PARTIALLY_ACCEPT = "textDocument/didPartiallyAcceptCompletion";

/** Commands of the server. */
export const SERVER = {
  doctor: "foretype.doctor",
  edit: "foretype.edit",
  explainLast: "foretype.explainLast",
  lastLedger: "foretype.lastLedger",
  models: "foretype.models",
  pullModel: "foretype.pullModel",
} as const;

/** An answer to the request that streams; each later one extends it until `done`. */
export interface Answer {
  readonly items: readonly InlineCompletionItem[];
  readonly version: number;
  readonly done: boolean;
}

/** The parameters of `didChangeStatus`; the message is one sentence, or empty. */
export interface ServerStatus {
  readonly busy: boolean;
  readonly message: string;
  readonly kind: "Normal" | "Warning" | "Error" | "Inactive";
}

/** What `foretype.lastLedger` says of the last request; times are in milliseconds. */
export interface LastLedger {
  readonly ledger: { readonly total_ms: number };
  readonly rejected: string | null;
  readonly engine: string;
  readonly explained: string;
}

/** A model as `foretype.models` lists it; sizes are in megabytes, the speed in tokens a second. */
export interface Model {
  readonly name: string;
  readonly title: string;
  readonly sizeMb: number;
  readonly memoryMb: number;
  readonly licence: string;
  readonly licenceUrl: string;
  readonly permissive: boolean;
  readonly note: string;
  readonly here: boolean;
  readonly chosen: boolean;
  readonly expectedSpeed: number;
}

/** The answer to `foretype.models`. */
export interface Models {
  readonly models: readonly Model[];
  readonly chosen: string;
  /** Whether suggestions need a model on this machine that isn't there. */
  readonly missing: boolean;
}

/** What `foretype.doctor` found. */
export interface Examination {
  readonly facts: Readonly<Record<string, string>>;
  readonly advice: readonly string[];
}
