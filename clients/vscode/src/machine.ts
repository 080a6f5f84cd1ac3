// What the search for a server asks of this machine and this window.
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { foldersOf, type Machine } from "./find-server";
import { pythonOf } from "./managed-environment";
import { run } from "./run";

const PYTHON_EXTENSION = "ms-python.python";

/** What we use of the Python extension's API. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: object): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** This machine, as seen from this window. `storage` is the extension's own folder. */
export function thisMachine(storage: string): Machine {
  return {
    setPath: vscode.workspace.getConfiguration("foretype").get<string>("server.path", "").trim(),
    trusted: vscode.workspace.isTrusted,
    safeFolder: storage,
    managedPython: pythonOf(managedFolder(storage)),
    workspacePython,
    hasForetype,
    exists,
    onPath,
  };
}

/** Where the managed environment lies. */
export function managedFolder(storage: string): string {
  return path.join(storage, "environment");
}

/** The full path of a program on the PATH, or nothing. */
export async function onPath(program: string): Promise<string | undefined> {
  const endings = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  for (const folder of foldersOf(process.env["PATH"] ?? "")) {
    for (const ending of endings) {
      const file = path.join(folder, program + ending);
      if (await isProgram(file)) {
        return file;
      }
    }
  }
  return undefined;
}

async function workspacePython(): Promise<string | undefined> {
  const chosen = await chosenInPythonExtension();
  if (chosen) {
    return chosen;
  }
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const python = pythonOf(path.join(folder.uri.fsPath, ".venv"));
    if (folder.uri.scheme === "file" && (await exists(python))) {
      return python;
    }
  }
  return undefined;
}

async function chosenInPythonExtension(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>(PYTHON_EXTENSION);
  try {
    const api = await extension?.activate();
    const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
    const environment = api?.environments?.getActiveEnvironmentPath(resource);
    const resolved = environment && (await api?.environments?.resolveEnvironment(environment));
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined;
  }
}

async function hasForetype(python: string): Promise<boolean> {
  const { code } = await run(python, ["-I", "-c", "import foretype.cli.main"], { timeout: 30_000 });
  return code === 0;
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await fs.access(file, fs.constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}
