// Making the managed environment with the user's consent: what will happen is said first, progress and failure after.
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { install, InstallError, outdated, remove, update } from "./managed-environment";
import { managedFolder, onPath } from "./machine";
import { findMaker } from "./pythons";
import type { Session } from "./session";

const LOCAL = "Models on this machine";
const ENDPOINT = "Endpoints only";
const GET_PYTHON = "Get Python";
const PYTHON_DOWNLOADS = vscode.Uri.parse("https://www.python.org/downloads/");
// llama-cpp-python's own index of wheels that need no compiler.
const READY_MADE = "https://abetlen.github.io/llama-cpp-python/whl/";
const PATIENCE = 5_000;

/** What an installation needs to know. */
export interface Places {
  /** The extension's own folder for data on this machine. */
  readonly storage: string;
  /** The folder that the extension was installed into. */
  readonly extension: string;
}

/** Asks, installs, and starts the server. */
export async function installServer(places: Places, session: Session, output: vscode.LogOutputChannel): Promise<void> {
  const maker = await findMaker(onPath);
  if (!maker) {
    const message = "Foretype needs Python 3.10 or newer, or uv, and finds neither on this machine.";
    if ((await vscode.window.showErrorMessage(message, GET_PYTHON)) === GET_PYTHON) {
      await vscode.env.openExternal(PYTHON_DOWNLOADS);
    }
    return;
  }
  const folder = managedFolder(places.storage);
  const answer = await vscode.window.showInformationMessage(
    "Install Foretype's server?",
    {
      modal: true,
      detail:
        `A Python environment of its own is made with ${maker.title} in ${folder}, with packages from the Python ` +
        "package index. Models on this machine need llama.cpp too: where there is no ready-made one it is compiled, " +
        "about 8 minutes on 2 cores. Nothing else is changed, and a command removes it again.",
    },
    LOCAL,
    ENDPOINT,
  );
  if (answer) {
    await make(places, session, output, answer === LOCAL, install);
  }
}

/** Brings a managed environment up to date with the wheel that this extension brings. The user agreed to it before. */
export async function updateServer(places: Places, session: Session, output: vscode.LogOutputChannel): Promise<void> {
  const wheel = await wheelOf(places);
  const old = wheel ? await outdated(managedFolder(places.storage), wheel) : undefined;
  if (old) {
    await make(places, session, output, old.local, update);
  }
}

/** Removes the managed environment. */
export async function removeServer(places: Places, session: Session): Promise<void> {
  const yes = "Remove";
  const folder = managedFolder(places.storage);
  const detail = `${folder} is deleted. Models that were downloaded stay; "foretype models remove" deletes them.`;
  if ((await vscode.window.showWarningMessage("Remove Foretype's server?", { modal: true, detail }, yes)) === yes) {
    await session.stop();
    await remove(folder);
    await session.restart();
  }
}

async function make(
  places: Places,
  session: Session,
  output: vscode.LogOutputChannel,
  local: boolean,
  how: typeof install,
): Promise<void> {
  const maker = await findMaker(onPath);
  const wheel = await wheelOf(places);
  if (!maker || !wheel) {
    void vscode.window.showErrorMessage("This package of the extension holds no server. Install a released one.");
    return;
  }
  await session.stop();
  const showLog = "Show the log";
  try {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: "Foretype", cancellable: true },
      async (progress, token) => {
        const cancelling = new AbortController();
        token.onCancellationRequested(() => {
          cancelling.abort();
        });
        const readyMade = local && how === install ? await reachable(cancelling.signal) : "";
        const plan = { folder: managedFolder(places.storage), wheel, local, maker, readyMade };
        await how(plan, {
          report: (message) => {
            progress.report({ message });
          },
          log: (line) => {
            output.info(line);
          },
          signal: cancelling.signal,
        });
      },
    );
  } catch (error) {
    const reason = error instanceof InstallError ? error.message : String(error);
    const message = how === update ? `Foretype's server stays as it was. ${reason}` : reason;
    void vscode.window.showErrorMessage(message, showLog).then((answer) => {
      if (answer === showLog) {
        output.show();
      }
    });
  }
  await session.restart();
}

async function wheelOf(places: Places): Promise<string | undefined> {
  const folder = path.join(places.extension, "server");
  const names = await fs.readdir(folder).catch(() => []);
  const wheel = names.find((name) => name.endsWith(".whl"));
  return wheel && path.join(folder, wheel);
}

async function reachable(signal: AbortSignal): Promise<string> {
  const index = READY_MADE + (process.platform === "darwin" && process.arch === "arm64" ? "metal" : "cpu");
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const answer = await fetch(`${index}/llama-cpp-python/`, { method: "HEAD", signal: either });
    return answer.ok ? index : "";
  } catch {
    return "";
  }
}
