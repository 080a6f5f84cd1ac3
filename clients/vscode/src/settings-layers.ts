// Which of the editor's settings go where: the user's own when the server starts, what a workspace may say at any time.

/** A setting's parts as VS Code keeps them apart. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/** What package.json says of a setting. */
export interface Declared {
  readonly scope?: string;
}

/** Our section of package.json that mirrors the server's schema. */
export const SERVER_SECTION = "server";
const PREFIX = "foretype.";

/** The settings of the server, out of package.json's `contributes.configuration`. */
export function serverSettings(sections: readonly unknown[]): Readonly<Record<string, Declared>> {
  const ours = sections.find((each) => (each as { id?: string }).id === SERVER_SECTION);
  return (ours as { properties?: Record<string, Declared> } | undefined)?.properties ?? {};
}

/** The names of the settings that only the user may set; they are told once, when the server starts. */
export function privileged(settings: Readonly<Record<string, Declared>>): string[] {
  return Object.keys(settings).filter((name) => settings[name]?.scope === "machine");
}

/** What the user has set of the privileged settings, nested as the server's schema is. */
export function initialSettings(
  settings: Readonly<Record<string, Declared>>,
  inspect: (name: string) => Inspected | undefined,
): Record<string, unknown> {
  return nested(privileged(settings).map((name) => [name, inspect(name)?.globalValue]));
}

/** What is set of the others, by the user or the workspace; the server lets it narrow what is allowed. */
export function liveSettings(
  settings: Readonly<Record<string, Declared>>,
  inspect: (name: string) => Inspected | undefined,
): Record<string, unknown> {
  const names = Object.keys(settings).filter((name) => settings[name]?.scope !== "machine");
  return nested(names.map((name) => [name, inForce(inspect(name))]));
}

// Lists add up: whatever the user switched off stays off, whatever the workspace says.
function inForce(inspected: Inspected | undefined): unknown {
  const values = [inspected?.globalValue, inspected?.workspaceValue, inspected?.workspaceFolderValue];
  const set = values.filter((value) => value !== undefined);
  return set.length > 0 && set.every(Array.isArray) ? [...new Set(set.flat())] : set.at(-1);
}

function nested(values: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of values) {
    if (value === undefined) {
      continue;
    }
    const parts = name.slice(PREFIX.length).split(".");
    const last = parts.pop() ?? "";
    let table = root;
    for (const part of parts) {
      table = (table[part] ??= {}) as Record<string, unknown>;
    }
    table[last] = value;
  }
  return root;
}
