// Runs a program to its end, line by line, until it is done or no longer wanted.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const WINDOWS = process.platform === "win32";
/** Milliseconds that a program has to clean up in before it is killed. */
const GRACE = 5_000;

/** How a program ended: its exit code (-1 if it could not be started or was ended) and all that it printed. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** What to run a program with. */
export interface RunOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
}

/** Runs a program; never throws. One that is no longer wanted is not begun, or ended with all that it has started. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  if (options.signal?.aborted) {
    // A signal that comes while an interpreter starts may go unheard.
    return Promise.resolve({ code: -1, output: "" });
  }
  return new Promise((resolve) => {
    const lines: string[] = [];
    const child = spawn(command, [...args], {
      env: { ...process.env, ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that what pip has started (compilers) ends with it.
      detached: !WINDOWS,
      windowsHide: true,
      ...(options.folder ? { cwd: options.folder } : {}),
    });
    const timers: NodeJS.Timeout[] = [];
    const end = (): void => {
      signalAll(child, "SIGINT");
      timers.push(
        setTimeout(() => {
          signalAll(child, "SIGKILL");
        }, GRACE),
      );
    };
    const ended = (code: number): void => {
      timers.forEach(clearTimeout);
      options.signal?.removeEventListener("abort", end);
      resolve({ code, output: lines.join("\n") });
    };
    if (options.timeout) {
      timers.push(setTimeout(end, options.timeout));
    }
    options.signal?.addEventListener("abort", end);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        options.onLine?.(line);
      });
    }
    child.on("error", (error) => {
      lines.push(error.message);
      ended(-1);
    });
    child.on("close", (code) => {
      ended(code ?? -1);
    });
  });
}

// SIGINT is what a terminal sends: pip and uv remove what they have begun.
function signalAll(child: ChildProcess, signal: "SIGINT" | "SIGKILL"): void {
  if (child.pid === undefined) {
    return;
  }
  if (WINDOWS) {
    spawn("taskkill", ["/pid", child.pid.toString(), "/T", "/F"], { stdio: "ignore", windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
