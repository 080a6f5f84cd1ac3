// The editor's settings as the server gets them, and the switches that this extension itself changes.
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { initialSettings, liveSettings, privileged, serverSettings } from "./settings-layers";

const SECTION = "foretype";
const DISABLED_LANGUAGES = "foretype.completion.disabled_languages";

/** Settings, and whether suggestions are paused in this window. */
export class Settings {
  private readonly declared;
  paused = false;

  constructor(extension: vscode.Extension<unknown>) {
    const { contributes } = extension.packageJSON as { contributes: { configuration: unknown[] } };
    this.declared = serverSettings(contributes.configuration);
  }

  /** What the server is started with: the user's own settings, and whether the workspace is trusted. */
  options(): object {
    return { ...initialSettings(this.declared, inspect), trusted: vscode.workspace.isTrusted };
  }

  /** Answers the server's questions for settings; what only the user may set was told at the start. */
  readonly middleware: Middleware = {
    workspace: {
      configuration: (params) => params.items.map((item) => (item.section === SECTION ? this.live() : null)),
    },
  };

  /** Whether a change concerns what the server is told only when it starts. */
  needsRestart(event: vscode.ConfigurationChangeEvent): boolean {
    return [...privileged(this.declared), "foretype.server.path"].some((name) => event.affectsConfiguration(name));
  }

  private live(): object {
    const settings = liveSettings(this.declared, inspect);
    return this.paused ? { ...settings, completion: { ...(settings["completion"] as object), enabled: false } } : settings;
  }
}

/** Whether suggestions are switched off for a language. */
export function isOff(language: string): boolean {
  return disabledLanguages().includes(language);
}

/** Switches suggestions for a language on or off, in the user's settings. */
export async function switchLanguage(language: string): Promise<void> {
  const off = disabledLanguages();
  const next = off.includes(language) ? off.filter((each) => each !== language) : [...off, language];
  await update(DISABLED_LANGUAGES, next.length > 0 ? next : undefined);
}

/** Writes one of the user's settings; nothing removes it. */
export async function update(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
}

/** One of the user's settings. */
export function userValue(name: string): unknown {
  return vscode.workspace.getConfiguration().inspect(name)?.globalValue;
}

function disabledLanguages(): string[] {
  return (userValue(DISABLED_LANGUAGES) as string[] | undefined) ?? [];
}

function inspect(name: string): ReturnType<vscode.WorkspaceConfiguration["inspect"]> {
  return vscode.workspace.getConfiguration().inspect(name);
}
