// Foretype's own Python environment: made in one folder with the wheel that the extension brings, and removed whole.
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { COMPILING, failureOf, progressOf } from "./pip-progress";
import type { Maker } from "./pythons";
import { type Ended, run, type RunOptions } from "./run";

const STAMP = "foretype.json";
const LOCAL_REQUIREMENT = "llama-cpp-python>=0.3.36";

/** What an environment is to be made of. */
export interface Plan {
  /** The folder, which is the environment's alone. */
  readonly folder: string;
  readonly wheel: string;
  /** Whether models are to run on this machine; endpoints need no llama.cpp. */
  readonly local: boolean;
  readonly maker: Maker;
  /** Where upstream has ready-made wheels of llama-cpp-python; empty where that can't be reached. */
  readonly readyMade: string;
}

/** Who watches an installation. */
export interface Watching {
  readonly report: (message: string) => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** An environment could not be made; the message says why and what to do. */
export class InstallError extends Error {
  override readonly name = "InstallError";
}

/** What was installed, as noted in the environment. */
interface Stamp {
  readonly wheel: string;
  readonly local: boolean;
}

/** The Python of an environment. */
export function pythonOf(folder: string): string {
  return process.platform === "win32" ? path.join(folder, "Scripts", "python.exe") : path.join(folder, "bin", "python");
}

/** Makes the environment; on failure nothing of it is left. Throws `InstallError`. */
export async function install(plan: Plan, watching: Watching): Promise<void> {
  const step = (command: string, args: readonly string[], more: RunOptions = {}): Promise<Ended> => {
    watching.log(`> ${[command, ...args].join(" ")}`);
    return run(command, args, {
      signal: watching.signal,
      folder: path.dirname(plan.folder),
      ...more,
      onLine: (line) => {
        watching.log(line);
        const message = progressOf(line);
        if (message) {
          watching.report(message);
        }
      },
    });
  };
  const must = async (ended: Promise<Ended>): Promise<void> => {
    const { code, output } = await ended;
    if (watching.signal.aborted) {
      throw new InstallError("The installation was cancelled.");
    }
    if (code !== 0) {
      throw new InstallError(failureOf(output));
    }
  };
  try {
    await remove(plan.folder);
    await fs.mkdir(path.dirname(plan.folder), { recursive: true });
    watching.report(`Making a Python environment with ${plan.maker.title}.`);
    await must(step(plan.maker.command, [...plan.maker.create, plan.folder]));
    const python = pythonOf(plan.folder);
    const installer = plan.maker.install(python);
    if (plan.local && plan.readyMade) {
      watching.report("Looking for a ready-made llama.cpp.");
      const only = ["--index-url", plan.readyMade, "--no-deps", "--only-binary", ":all:", LOCAL_REQUIREMENT];
      await step(installer.command, [...installer.args, ...only]);
    } else if (plan.local) {
      watching.report(COMPILING);
    }
    const requirement = `foretype${plan.local ? "[local]" : ""} @ ${fileUrl(plan.wheel)}`;
    await must(step(installer.command, [...installer.args, ...installer.verbose, requirement]));
    const check = plan.local ? "import foretype, llama_cpp" : "import foretype";
    await must(step(python, ["-I", "-c", check]));
    const stamp: Stamp = { wheel: await hashOf(plan.wheel), local: plan.local };
    await fs.writeFile(path.join(plan.folder, STAMP), JSON.stringify(stamp));
  } catch (error) {
    await remove(plan.folder);
    throw error instanceof InstallError ? error : new InstallError(`The installation failed: ${String(error)}`);
  }
}

/** Whether an environment holds another wheel than the one given, and whether it was made for local models. */
export async function outdated(folder: string, wheel: string): Promise<{ local: boolean } | undefined> {
  try {
    const stamp = JSON.parse(await fs.readFile(path.join(folder, STAMP), "utf8")) as Stamp;
    return stamp.wheel === (await hashOf(wheel)) ? undefined : { local: stamp.local };
  } catch {
    return undefined;
  }
}

/** Removes the environment. */
export async function remove(folder: string): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await fs.readFile(file))
    .digest("hex");
}

function fileUrl(file: string): string {
  const slashed = file.split(path.sep).map(encodeURIComponent).join("/");
  return `file://${slashed.startsWith("/") ? "" : "/"}${slashed.replace("%3A", ":")}`;
}
