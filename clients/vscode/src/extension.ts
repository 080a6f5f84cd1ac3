// Where the extension begins: puts its parts together and registers what the user can do.
import * as vscode from "vscode";
import type { WorkspaceEdit } from "vscode-languageclient/node";
import { Actions } from "./actions";
import { DOCUMENTS } from "./client";
import { COMMANDS } from "./commands";
import { runDoctor } from "./doctor";
import { setUpEndpoint } from "./endpoint";
import { installServer, type Places, removeServer, updateServer } from "./install";
import { onPythonChosen, thisMachine } from "./machine";
import { showMenu } from "./menu";
import { chooseModel } from "./models";
import { SERVER } from "./protocol";
import { Provider } from "./provider";
import { Refresh } from "./refresh";
import { needsReview, Review } from "./review";
import { rewrite } from "./rewrite";
import { Session, type SessionState } from "./session";
import { isOff, Settings, switchLanguage } from "./settings";
import { Status } from "./status";
import { Timing } from "./timing";
import { growsInPlace } from "./versions";
import { openScratch, Walkthrough } from "./walkthrough";
import { Watcher } from "./watcher";

let session: Session | undefined;

/** Starts everything; the server comes up in the background. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  await vscode.workspace.fs.createDirectory(context.globalStorageUri);
  const places: Places = { storage: context.globalStorageUri.fsPath, extension: context.extensionPath };
  const output = vscode.window.createOutputChannel("Foretype", { log: true });
  const settings = new Settings(context.extension);
  const review = new Review();
  const actions = new Actions(() => session?.client, review);
  const server = new Session({
    output,
    middleware: {
      workspace: {
        ...settings.middleware.workspace,
        handleApplyEdit: async (params, next) =>
          needsReview(params.edit)
            ? { applied: await actions.apply(params.label ?? "A change", params.edit) }
            : next(params, new vscode.CancellationTokenSource().token),
      },
      resolveCodeAction: actions.resolve,
    },
    machine: () => thisMachine(places.storage),
    options: () => settings.options(),
  });
  session = server;
  const timing = new Timing();
  const watcher = new Watcher(server, timing, output, () => {
    status.update();
  });
  const walkthrough = new Walkthrough(context.extension.id, context.globalState, server);
  const language = (): { id: string; off: boolean } | undefined => {
    const id = vscode.window.activeTextEditor?.document.languageId;
    return id === undefined ? undefined : { id, off: isOff(id) };
  };
  const status = new Status(server, COMMANDS.menu, () => ({
    paused: settings.paused,
    languageOff: language()?.off ? language()?.id : undefined,
    latency: watcher.latency,
    explained: watcher.explained,
    modelMissing: walkthrough.modelMissing,
  }));
  const refresh = new Refresh(context.extension.id, growsInPlace(vscode.version));
  const provider = new Provider(() => (settings.paused ? undefined : server.client), refresh, watcher);
  refresh.provide(DOCUMENTS, provider);

  const commands: Readonly<Record<string, (...args: never[]) => unknown>> = {
    [COMMANDS.chooseModel]: () => chooseModel(server),
    [COMMANDS.dismiss]: async () => {
      provider.dismiss();
      await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
    },
    [COMMANDS.doctor]: () => runDoctor(server),
    [COMMANDS.explain]: () => explain(server),
    [COMMANDS.install]: () => installServer(places, server, output),
    [COMMANDS.menu]: () =>
      showMenu(status.text, {
        kind: server.state.kind,
        paused: settings.paused,
        modelMissing: walkthrough.modelMissing,
        language: language(),
      }),
    [COMMANDS.pause]: async () => {
      settings.paused = !settings.paused;
      provider.dismiss();
      status.update();
      await server.client?.sendNotification("workspace/didChangeConfiguration", { settings: null });
    },
    [COMMANDS.removeEnvironment]: () => removeServer(places, server),
    [COMMANDS.restart]: () => server.restart(),
    [COMMANDS.review]: (label: string, edit: WorkspaceEdit) => actions.apply(label, edit),
    [COMMANDS.rewrite]: () => rewrite(server, context.globalState),
    [COMMANDS.scratch]: openScratch,
    [COMMANDS.setUpEndpoint]: setUpEndpoint,
    [COMMANDS.showLog]: () => {
      output.show();
    },
    [COMMANDS.switchLanguage]: async () => {
      const active = language();
      if (active) {
        await switchLanguage(active.id);
      }
    },
    [COMMANDS.timing]: () => vscode.window.showInformationMessage(timing.report()),
    [COMMANDS.walkthrough]: () => walkthrough.open(),
  };
  for (const [name, command] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, command));
  }

  let following: vscode.Disposable | undefined;
  const followPython = async (): Promise<void> => {
    following?.dispose();
    following = await onPythonChosen(() => void server.seek());
  };
  let before: SessionState = server.state;
  context.subscriptions.push(
    output,
    new vscode.Disposable(() => {
      following?.dispose();
    }),
    review,
    status,
    provider,
    refresh,
    server,
    server.onDidChange((state) => {
      void walkthrough.follow(state);
      if (state.kind !== before.kind && state.kind === "running") {
        void walkthrough.check().then(() => {
          status.update();
        });
      }
      if (state.kind !== before.kind && state.kind === "failed") {
        void reportFailure(state);
      }
      before = state;
    }),
    vscode.workspace.onDidChangeTextDocument((event) => {
      watcher.changed(event);
      const editor = vscode.window.activeTextEditor;
      if (editor?.document === event.document && event.contentChanges.length > 0) {
        provider.changed(event.document);
      }
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      provider.moved(textEditor.document, textEditor.selection.active);
    }),
    vscode.window.onDidChangeActiveTextEditor(() => {
      provider.dismiss();
      status.update();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (settings.needsRestart(event)) {
        void followPython();
        void server.restart();
      } else if (event.affectsConfiguration("foretype")) {
        provider.dismiss();
        status.update();
      }
    }),
    vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
      if (opened.some((tab) => tab.input === undefined)) {
        void walkthrough.shown();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      // A server that was found only now, in the workspace's own Python, is started; one that runs is told.
      void followPython();
      void (server.client ? server.trust() : server.restart());
    }),
  );
  void followPython();
  await updateServer(places, server, output);
  if (server.state.kind === "stopped") {
    void server.restart();
  }
}

/** Ends the server. */
export async function deactivate(): Promise<void> {
  await session?.stop();
}

async function explain(server: Session): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  const explained = await server.command<string>(SERVER.explainLast, ...(uri ? [uri] : []));
  void vscode.window.showInformationMessage(explained ?? "Foretype's server is not running.");
}

async function reportFailure(state: SessionState): Promise<void> {
  const restart = "Start again";
  const log = "Show the log";
  const answer = await vscode.window.showErrorMessage(state.message, restart, log);
  if (answer) {
    await vscode.commands.executeCommand(answer === restart ? COMMANDS.restart : COMMANDS.showLog);
  }
}
