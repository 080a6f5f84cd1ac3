// Foretype's own Python environment: made in one folder with the wheel that the extension brings, and removed whole.
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { COMPILING, failureOf, progressOf } from "./pip-progress";
import type { Installer, Maker } from "./pythons";
import { type Ended, run } from "./run";

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
  const work = new Work(plan, watching);
  try {
    await remove(plan.folder);
    await fs.mkdir(path.dirname(plan.folder), { recursive: true });
    watching.report(`Making a Python environment with ${plan.maker.title}.`);
    await work.must(plan.maker.command, [...plan.maker.create, plan.folder]);
    if (plan.local && plan.readyMade) {
      watching.report("Looking for a ready-made llama.cpp.");
      const only = ["--index-url", plan.readyMade, "--no-deps", "--only-binary", ":all:", LOCAL_REQUIREMENT];
      await work.step(work.installer.command, [...work.installer.args, ...only]);
    } else if (plan.local) {
      watching.report(COMPILING);
    }
    await work.fill(false);
  } catch (error) {
    await remove(plan.folder);
    throw asInstallError(error);
  }
}

/** Puts another wheel into an environment that is there, and stays as it is on failure. Throws `InstallError`. */
export async function update(plan: Plan, watching: Watching): Promise<void> {
  const work = new Work(plan, watching);
  try {
    watching.report("Updating the server.");
    await work.fill(true);
  } catch (error) {
    throw asInstallError(error);
  }
}

/** The steps of one installation. */
class Work {
  readonly installer: Installer;
  private readonly python: string;

  constructor(
    private readonly plan: Plan,
    private readonly watching: Watching,
  ) {
    this.python = pythonOf(plan.folder);
    this.installer = plan.maker.install(this.python);
  }

  /** Runs a program, whatever comes of it. */
  step(command: string, args: readonly string[]): Promise<Ended> {
    const { log, report, signal } = this.watching;
    log(`> ${[command, ...args].join(" ")}`);
    return run(command, args, {
      signal,
      folder: path.dirname(this.plan.folder),
      onLine: (line) => {
        log(line);
        const message = progressOf(line);
        if (message && !signal.aborted) {
          report(message);
        }
      },
    });
  }

  /** Runs a program that has to succeed. */
  async must(command: string, args: readonly string[]): Promise<void> {
    const { code, output } = await this.step(command, args);
    if (this.watching.signal.aborted) {
      throw new InstallError("The installation was cancelled.");
    }
    if (code !== 0) {
      throw new InstallError(failureOf(output));
    }
  }

  /**
   * Installs the wheel with what it needs, looks whether it can be imported, and notes what is there. `replaces` a
   * wheel that may be of the same version, which is left alone otherwise.
   */
  async fill(replaces: boolean): Promise<void> {
    const { folder, local, wheel } = this.plan;
    const { command, args, verbose, again } = this.installer;
    const requirement = `foretype${local ? "[local]" : ""} @ ${fileUrl(wheel)}`;
    await this.must(command, [...args, ...verbose, requirement]);
    if (replaces) {
      await this.must(command, [...args, ...again, `foretype @ ${fileUrl(wheel)}`]);
    }
    await this.must(this.python, ["-I", "-c", local ? "import foretype, llama_cpp" : "import foretype"]);
    const stamp: Stamp = { wheel: await hashOf(wheel), local };
    await fs.writeFile(path.join(folder, STAMP), JSON.stringify(stamp));
  }
}

function asInstallError(error: unknown): InstallError {
  return error instanceof InstallError ? error : new InstallError(`The installation failed: ${String(error)}`);
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
