// What the search for a server asks of this machine and this window.
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import type { PythonExtension } from "@vscode/python-extension";
import { foldersOf, type Machine } from "./find-server";
import { pythonOf } from "./managed-environment";
import { run } from "./run";

const PYTHON_EXTENSION = "ms-python.python";

/** This machine, as seen from this window. `storage` is the extension's own folder. */
export function thisMachine(storage: string): Machine {
  return {
    setPath: setPath(),
    trusted: vscode.workspace.isTrusted,
    safeFolder: storage,
    managedPython: pythonOf(managedFolder(storage)),
    workspacePython,
    hasForetype,
    exists,
    onPath,
  };
}

/** Calls back whenever the user chooses another Python for the workspace; nothing where that doesn't matter. */
export async function onPythonChosen(callback: () => void): Promise<vscode.Disposable | undefined> {
  const wanted = vscode.workspace.isTrusted && !setPath();
  const environments = wanted ? await pythonEnvironments().catch(() => undefined) : undefined;
  return environments?.onDidChangeActiveEnvironmentPath(callback);
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

function setPath(): string {
  return vscode.workspace.getConfiguration("foretype").get<string>("server.path", "").trim();
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
  try {
    const environments = await pythonEnvironments();
    const chosen = environments?.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
    // The path may be a folder, and the environment may be gone; only a resolved one names its program.
    const resolved = chosen && (await environments?.resolveEnvironment(chosen));
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined;
  }
}

// Nothing where the extension isn't installed, or is one from before it had this interface.
async function pythonEnvironments(): Promise<PythonExtension["environments"] | undefined> {
  const extension = vscode.extensions.getExtension<Partial<PythonExtension>>(PYTHON_EXTENSION);
  return (await extension?.activate())?.environments;
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
