// Where the server comes from, in order: the path that is set, the workspace's Python, the PATH, the managed environment.
import * as path from "node:path";

/** How a server is started. `environment` goes over this process's own variables. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** A server that was found, and where, in words. */
export interface Found {
  readonly launch: Launch;
  readonly where: string;
}

/** What can be asked of this machine. */
export interface Machine {
  readonly setPath: string;
  readonly trusted: boolean;
  /** A folder in which nothing can be imported by accident. */
  readonly safeFolder: string;
  readonly managedPython: string;
  /** The Python of the workspace, or nothing. Never called where the workspace isn't trusted. */
  workspacePython(): Promise<string | undefined>;
  /** Whether a Python has Foretype in it. Runs it. */
  hasForetype(python: string): Promise<boolean>;
  /** Whether a file is there. */
  exists(file: string): Promise<boolean>;
  /** The full path of a program on the PATH, or nothing. */
  onPath(program: string): Promise<string | undefined>;
}

/** A path was set, and nothing is there. */
export class NoSuchServer extends Error {
  override readonly name = "NoSuchServer";
}

// `-m` would put the current folder, which may be the workspace, on the import path.
const SERVE =
  "import sys; sys.path[:] = filter(None, sys.path); sys.argv[0] = 'foretype'; " +
  "from foretype.cli.main import main; sys.exit(main())";

/** The server to start; nothing if there is none. Throws `NoSuchServer` if the one that is set isn't there. */
export async function findServer(machine: Machine): Promise<Found | undefined> {
  const folder = machine.safeFolder;
  if (machine.setPath) {
    if (!path.isAbsolute(machine.setPath) || !(await machine.exists(machine.setPath))) {
      throw new NoSuchServer(
        `There is no program ${machine.setPath}: the setting foretype.server.path has to be the full path of foretype.`,
      );
    }
    return { launch: { command: machine.setPath, args: ["serve"], folder }, where: "the setting foretype.server.path" };
  }
  // A workspace that isn't trusted could bring a Python of its own.
  const python = machine.trusted ? await machine.workspacePython() : undefined;
  if (python && (await machine.hasForetype(python))) {
    return { launch: throughPython(python, folder), where: "the workspace's Python" };
  }
  const program = await machine.onPath("foretype");
  if (program) {
    return { launch: { command: program, args: ["serve"], folder }, where: "the PATH" };
  }
  if ((await machine.exists(machine.managedPython)) && (await machine.hasForetype(machine.managedPython))) {
    return { launch: throughPython(machine.managedPython, folder), where: "Foretype's own environment" };
  }
  return undefined;
}

/** How the server of a Python environment is started. */
export function throughPython(python: string, folder: string): Launch {
  return { command: python, args: ["-c", SERVE, "serve"], folder };
}

/** The absolute folders of a PATH; relative ones would depend on the folder that is open. */
export function foldersOf(searchPath: string): string[] {
  return searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}
