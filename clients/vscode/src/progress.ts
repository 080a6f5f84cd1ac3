// Progress that the server begins: in the corner what can be cancelled, the rest in the status bar.
import * as vscode from "vscode";
import {
  type ProgressToken,
  State,
  WorkDoneProgress,
  WorkDoneProgressCancelNotification,
  WorkDoneProgressCreateRequest,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";
import type { ForetypeClient } from "./client";

/** Milliseconds; what takes less would only flash by. */
const DELAY = 400;

/** Shows what a client's server tells, in place of the library, which offers no way to cancel. Once it has started. */
export function showProgress(client: ForetypeClient): void {
  client.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
    follow(client, token);
  });
}

function follow(client: ForetypeClient, token: ProgressToken): void {
  let last: Partial<WorkDoneProgressReport> = {};
  let shown = 0;
  let show: (report: Partial<WorkDoneProgressReport>) => void = (report) => {
    last = { ...last, ...report };
  };
  let timer: NodeJS.Timeout | undefined;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = () => {
      clearTimeout(timer);
      vscode.Disposable.from(listening, stopping).dispose();
      resolve();
    };
  });
  const begin = (title: string, cancellable: boolean): void => {
    const location = cancellable ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window;
    void vscode.window.withProgress({ location, title, cancellable }, async (progress, cancelling) => {
      cancelling.onCancellationRequested(() => {
        void client.sendNotification(WorkDoneProgressCancelNotification.type, { token });
      });
      show = ({ message, percentage = shown }) => {
        progress.report({ ...(message ? { message } : {}), increment: Math.max(0, percentage - shown) });
        shown = Math.max(shown, percentage);
      };
      show(last);
      await ended;
    });
  };
  const listening = client.onProgress(WorkDoneProgress.type, token, (value) => {
    if (value.kind === "begin") {
      show(value.message ? { message: value.message } : {});
      timer = setTimeout(() => {
        begin(value.title, value.cancellable ?? false);
      }, DELAY);
    } else if (value.kind === "report") {
      show(value);
    } else {
      end();
    }
  });
  const stopping = client.onDidChangeState(({ newState }) => {
    if (newState === State.Stopped) {
      end();
    }
  });
}
