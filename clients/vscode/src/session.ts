// The life of the server: found, started, restarted with pauses when it ends by itself, given up in the end.
import * as vscode from "vscode";
import { type Middleware, WorkDoneProgress } from "vscode-languageclient/node";
import { Backoff } from "./backoff";
import { createClient, type ForetypeClient } from "./client";
import { findServer, type Found, type Machine } from "./find-server";
import { showProgress } from "./progress";
import { DID_CHANGE_STATUS, DID_CHANGE_TRUST, SERVER, type ServerStatus } from "./protocol";

/** What the server is doing; `message` is one sentence, or empty. */
export interface SessionState {
  readonly kind: "starting" | "running" | "missing" | "restarting" | "failed" | "stopped";
  readonly message: string;
  readonly server: ServerStatus | undefined;
}

/** What a session needs of the rest. */
export interface SessionParts {
  readonly output: vscode.LogOutputChannel;
  readonly middleware: Middleware;
  machine(): Machine;
  options(): object;
}

/** One server at a time, for this window. */
export class Session implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<SessionState>();
  private readonly backoff = new Backoff();
  private running: ForetypeClient | undefined;
  private program = "";
  private timer: NodeJS.Timeout | undefined;
  private starts = 0;
  private turn: Promise<void> = Promise.resolve();
  private pulls = 0;
  private now: SessionState = { kind: "stopped", message: "", server: undefined };

  /** Tells of each change of the state. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly parts: SessionParts) {}

  /** The server's client while it runs. */
  get client(): ForetypeClient | undefined {
    return this.now.kind === "running" ? this.running : undefined;
  }

  /** What the server is doing. */
  get state(): SessionState {
    return this.now;
  }

  /** Starts the server, or starts it anew, as if it had never failed. */
  async restart(): Promise<void> {
    this.backoff.reset();
    await this.start();
  }

  /** Looks again for the server, and starts the one that is found if it is another. */
  async seek(): Promise<void> {
    const found = await findServer(this.parts.machine()).catch(() => undefined);
    if (found && found.launch.command !== this.program) {
      await this.restart();
    }
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.begin();
    this.become("stopped", "");
    await this.inTurn(() => this.end());
  }

  /** The user trusts the workspace now. */
  async trust(): Promise<void> {
    await this.client?.sendNotification(DID_CHANGE_TRUST, { trusted: true });
  }

  /** A command of the server; nothing while it doesn't run. */
  async command<T>(command: string, ...args: unknown[]): Promise<T | undefined> {
    return this.client?.sendRequest<T>("workspace/executeCommand", { command, arguments: args });
  }

  /** Has the server fetch a model whose licence the user accepts. Throws when it can't be, or is cancelled. */
  async pull(
    name: string,
    token: vscode.CancellationToken,
    onProgress: (value: { message?: string; percentage?: number }) => void,
  ): Promise<void> {
    const client = this.client;
    if (!client) {
      throw new Error("Foretype's server is not running.");
    }
    this.pulls += 1;
    const progressToken = `foretype-pull-${this.pulls}`;
    const listening = client.onProgress(WorkDoneProgress.type, progressToken, (value) => {
      if (value.kind === "report") {
        onProgress(value);
      }
    });
    const given = { name, acceptLicence: true, progressToken };
    try {
      await client.sendRequest("workspace/executeCommand", { command: SERVER.pullModel, arguments: [given] }, token);
    } finally {
      listening.dispose();
    }
  }

  /** Ends the server with the window. */
  dispose(): void {
    this.changed.dispose();
    void this.stop();
  }

  // One start or stop after the other; what is under way for an older one is dropped.
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }

  private begin(): number {
    clearTimeout(this.timer);
    this.starts += 1;
    return this.starts;
  }

  private async end(): Promise<void> {
    const client = this.running;
    this.running = undefined;
    this.program = "";
    // One that never came up has nothing left to end, and says so.
    await client?.stop().catch(() => undefined);
    await client?.dispose().catch(() => undefined);
  }

  private async start(): Promise<void> {
    const start = this.begin();
    this.become("starting", "Foretype starts.");
    await this.inTurn(async () => {
      await this.end();
      if (start === this.starts) {
        await this.find(start);
      }
    });
  }

  private async find(start: number): Promise<void> {
    try {
      const found = await findServer(this.parts.machine());
      if (start !== this.starts) {
        return;
      }
      if (!found) {
        this.become("missing", "Foretype's server is not installed yet.");
        return;
      }
      await this.run(found, start);
    } catch (error) {
      if (start === this.starts) {
        this.parts.output.error(error instanceof Error ? error : String(error));
        this.become("failed", error instanceof Error ? error.message : String(error));
      }
    }
  }

  private async run(found: Found, start: number): Promise<void> {
    this.parts.output.info(`The server is from ${found.where}: ${found.launch.command}`);
    const client = createClient({
      launch: found.launch,
      output: this.parts.output,
      options: this.parts.options(),
      middleware: this.parts.middleware,
      onClosed: () => {
        // One that ends before it has begun makes the start fail, and is not tried again.
        if (start === this.starts && this.now.kind === "running") {
          this.ended();
        }
      },
    });
    this.running = client;
    this.program = found.launch.command;
    client.onNotification(DID_CHANGE_STATUS, (status: ServerStatus) => {
      if (start === this.starts) {
        this.become(this.now.kind, this.now.message, status);
      }
    });
    try {
      await client.start();
      showProgress(client);
    } catch (error) {
      this.parts.output.error(error instanceof Error ? error : String(error));
      if (start === this.starts && this.now.kind === "starting") {
        this.become("failed", `The server from ${found.where} could not be started; the log says more.`);
      }
      return;
    }
    if (start === this.starts) {
      this.become("running", "", this.now.server);
    }
  }

  private ended(): void {
    const wait = this.backoff.ended(Date.now());
    this.begin();
    if (wait === undefined) {
      this.become("failed", "Foretype's server ended several times in a row, so it is not started again.");
      return;
    }
    this.parts.output.warn(`The server has ended; it is started again in ${wait / 1000} s.`);
    this.become("restarting", "Foretype's server has ended and is started again.");
    this.timer = setTimeout(() => void this.start(), wait);
  }

  private become(kind: SessionState["kind"], message: string, server?: ServerStatus): void {
    this.now = { kind, message, server };
    this.changed.fire(this.now);
  }
}
