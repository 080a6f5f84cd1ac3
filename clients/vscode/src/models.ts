// Choosing a model on this machine, and fetching it if it isn't there.
import * as vscode from "vscode";
import { type Row, rows } from "./model-rows";
import { type Model, type Models, SERVER } from "./protocol";
import type { Session } from "./session";
import { update, userValue } from "./settings";

const SETTING = "foretype.model";
const ENGINES = "foretype.route.engines";

interface OtherChoice extends vscode.QuickPickItem {
  readonly other: "file";
}

/** Shows the models with what they need and how fast they would be here; takes the one chosen into use. */
export async function chooseModel(session: Session): Promise<void> {
  const answer = await session.command<Models>(SERVER.models);
  if (!answer) {
    void vscode.window.showInformationMessage("Foretype's server has to run before a model can be chosen.");
    return;
  }
  const other: OtherChoice = {
    label: "$(folder-opened) A file of your own...",
    description: "any model in llama.cpp's GGUF format",
    other: "file",
  };
  const picked = await vscode.window.showQuickPick<Row | OtherChoice>([...rows(answer.models), other], {
    title: "Foretype: the model on this machine",
    placeHolder: "Nothing is downloaded before you choose. Speeds are estimates for this machine.",
    matchOnDescription: true,
    // The walkthrough, where it is open, would take the focus back.
    ignoreFocusOut: true,
  });
  if (!picked) {
    return;
  }
  if ("other" in picked) {
    await chooseFile(session);
  } else {
    await take(session, picked.model);
  }
}

async function take(session: Session, model: Model): Promise<void> {
  if (!model.here) {
    if (!model.permissive && !(await acceptsLicence(model))) {
      return;
    }
    if (!(await pull(session, model))) {
      return;
    }
  }
  await use(session, model.name);
  void vscode.window.showInformationMessage(`Foretype now uses ${model.name} on this machine.`);
}

// Whether the model is here now; a failure was told.
async function pull(session: Session, model: Model): Promise<boolean> {
  const options = { location: vscode.ProgressLocation.Notification, title: `Downloading ${model.name}`, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    try {
      let before = 0;
      await session.pull(model.name, token, ({ message, percentage }) => {
        progress.report({ ...(message ? { message } : {}), increment: Math.max(0, (percentage ?? 0) - before) });
        before = Math.max(before, percentage ?? 0);
      });
      return true;
    } catch (error) {
      if (!token.isCancellationRequested) {
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      }
      return false;
    }
  });
}

async function chooseFile(session: Session): Promise<void> {
  const [file] =
    (await vscode.window.showOpenDialog({ title: "A model file", filters: { "GGUF models": ["gguf"] } })) ?? [];
  if (file) {
    await use(session, file.fsPath);
  }
}

async function acceptsLicence(model: Model): Promise<boolean> {
  const read = "Read the licence";
  const accept = "Accept and download";
  const answer = await vscode.window.showWarningMessage(
    `${model.name} has a licence that restricts its use: ${model.licence}.`,
    { modal: true },
    accept,
    read,
  );
  if (answer === read) {
    await vscode.env.openExternal(vscode.Uri.parse(model.licenceUrl));
  }
  return answer === accept;
}

// The settings' change restarts the server; where nothing changes, a model that wasn't there before is now.
async function use(session: Session, model: string): Promise<void> {
  const engines = userValue(ENGINES) as string[] | undefined;
  if (engines && !engines.includes("local")) {
    await update(ENGINES, undefined);
  }
  if (userValue(SETTING) === model) {
    await session.restart();
  } else {
    await update(SETTING, model);
  }
}
