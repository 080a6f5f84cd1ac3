// The server is looked for in one order, and nothing of a workspace that isn't trusted is run.
import { describe, expect, it, vi } from "vitest";
import { findServer, foldersOf, type Machine, NoSuchServer } from "../src/find-server";

function machine(changed: Partial<Machine> = {}): Machine {
  return {
    setPath: "",
    trusted: true,
    safeFolder: "/safe",
    managedPython: "/storage/environment/bin/python",
    workspacePython: () => Promise.resolve(undefined),
    hasForetype: () => Promise.resolve(true),
    exists: () => Promise.resolve(false),
    onPath: () => Promise.resolve(undefined),
    ...changed,
  };
}

const everywhere: Partial<Machine> = {
  setPath: "/opt/foretype",
  workspacePython: () => Promise.resolve("/work/.venv/bin/python"),
  exists: () => Promise.resolve(true),
  onPath: () => Promise.resolve("/usr/bin/foretype"),
};

describe("findServer", () => {
  it.each([
    [{}, "/opt/foretype"],
    [{ setPath: "" }, "/work/.venv/bin/python"],
    [{ setPath: "", workspacePython: () => Promise.resolve(undefined) }, "/usr/bin/foretype"],
    [
      {
        setPath: "",
        workspacePython: () => Promise.resolve(undefined),
        onPath: () => Promise.resolve(undefined),
      },
      "/storage/environment/bin/python",
    ],
  ])("takes the first that is there: %#", async (changed, command) => {
    const found = await findServer(machine({ ...everywhere, ...changed }));
    expect(found?.launch.command).toBe(command);
    expect(found?.launch.folder).toBe("/safe");
  });

  it("finds none where there is none", async () => {
    expect(await findServer(machine())).toBeUndefined();
  });

  it("passes over a workspace's Python without Foretype", async () => {
    const found = await findServer(
      machine({ ...everywhere, setPath: "", hasForetype: (python) => Promise.resolve(!python.startsWith("/work")) }),
    );
    expect(found?.launch.command).toBe("/usr/bin/foretype");
  });

  it("runs and asks nothing of a workspace that isn't trusted", async () => {
    const workspacePython = vi.fn(() => Promise.resolve("/work/.venv/bin/python"));
    const found = await findServer(machine({ ...everywhere, setPath: "", trusted: false, workspacePython }));
    expect(found?.launch.command).toBe("/usr/bin/foretype");
    expect(workspacePython).not.toHaveBeenCalled();
  });

  it.each([
    ["foretype", true],
    ["/opt/foretype", false],
  ])("says so when the path that is set is not one: %s", async (setPath, there) => {
    await expect(findServer(machine({ setPath, exists: () => Promise.resolve(there) }))).rejects.toThrow(NoSuchServer);
  });
});

describe("foldersOf", () => {
  it("leaves out what depends on the folder that is open", () => {
    expect(foldersOf("/usr/bin:.:bin::/opt/bin")).toEqual(["/usr/bin", "/opt/bin"]);
  });
});
