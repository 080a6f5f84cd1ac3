// What the status bar says: one icon, one word, and a tooltip with state, engine and the last suggestion's ledger.
import type { SessionState } from "./session";

/** What is known beyond the server's state. */
export interface Surroundings {
  readonly paused: boolean;
  /** The active document's language, if it has suggestions switched off. */
  readonly languageOff: string | undefined;
  /** Milliseconds; nothing before the first suggestion. */
  readonly latency: number | undefined;
  /** Which engine gave the last suggestion, and where its time went; empty before the first. */
  readonly explained: string;
  /** Whether suggestions need a model on this machine that isn't there. */
  readonly modelMissing: boolean;
  /** Whether the server has been busy for longer than a suggestion takes. */
  readonly longBusy: boolean;
}

/** What to show; `look` names a colour of the status bar. */
export interface StatusText {
  readonly text: string;
  readonly state: string;
  readonly details: readonly string[];
  readonly look: "normal" | "warning" | "error";
}

/** The status bar's item for a state. */
export function statusText(state: SessionState, around: Surroundings): StatusText {
  const details = [
    ...(around.latency === undefined ? [] : [`Last suggestion on screen after ${Math.round(around.latency)} ms`]),
    ...(around.explained ? [around.explained] : []),
  ];
  const [icon, word, said, look] = [...parts(state, around)];
  return { text: `$(${icon}) Foretype${word ? `: ${word}` : ""}`, state: said, details, look };
}

type Parts = readonly [icon: string, word: string, said: string, look: StatusText["look"]];

function parts(state: SessionState, around: Surroundings): Parts {
  const { server } = state;
  switch (state.kind) {
    case "missing":
      return ["cloud-download", "set up", "Foretype's server is not installed yet. Click to set it up.", "warning"];
    case "failed":
      return ["error", "stopped", state.message, "error"];
    case "restarting":
      return ["warning", "restarting", state.message, "warning"];
    case "starting":
      return ["loading~spin", "starting", state.message, "normal"];
    case "stopped":
      return ["circle-slash", "off", "Foretype is not running.", "normal"];
    case "running":
      break;
  }
  if (around.modelMissing) {
    return ["cloud-download", "set up", "There is no model on this machine yet. Click to choose one.", "warning"];
  }
  if (server?.kind === "Error") {
    return ["error", "needs you", server.message, "error"];
  }
  if (around.paused) {
    return ["debug-pause", "paused", "Suggestions are paused in this window.", "normal"];
  }
  if (server?.kind === "Warning") {
    return ["warning", "", server.message, "warning"];
  }
  if (server?.kind === "Inactive") {
    return ["circle-slash", "off", server.message, "normal"];
  }
  if (around.languageOff) {
    return ["circle-slash", "", `Suggestions are off for ${around.languageOff}.`, "normal"];
  }
  if (server?.busy && around.longBusy) {
    return ["loading~spin", "loading", server.message || "Working.", "normal"];
  }
  return ["zap", "", server?.message || "Ready.", "normal"];
}
