// Runs a program to its end, line by line, until it is done or no longer wanted.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

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

/** Runs a program; never throws. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    const child = spawn(command, [...args], {
      env: { ...process.env, ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      ...(options.folder ? { cwd: options.folder } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.timeout ? { timeout: options.timeout } : {}),
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        options.onLine?.(line);
      });
    }
    child.on("error", (error) => {
      lines.push(error.message);
      resolve({ code: -1, output: lines.join("\n") });
    });
    child.on("close", (code) => {
      resolve({ code: code ?? -1, output: lines.join("\n") });
    });
  });
}
