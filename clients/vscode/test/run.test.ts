import { describe, expect, it } from "vitest";
import { run } from "../src/run";

const SAYS = ["-e", "console.log('one'); console.log('two')"];
const WAITS = ["-e", "console.log('begun'); setTimeout(() => {}, 60_000)"];

describe("run", () => {
  it("gives every line and how it ended", async () => {
    const lines: string[] = [];
    const ended = await run(process.execPath, SAYS, { onLine: (line) => lines.push(line) });
    expect(ended).toEqual({ code: 0, output: "one\ntwo" });
    expect(lines).toEqual(["one", "two"]);
  });

  it("says what could not be started", async () => {
    const ended = await run("no-such-program-of-foretype", []);
    expect(ended.code).toBe(-1);
    expect(ended.output).toContain("no-such-program-of-foretype");
  });

  it("begins nothing that is no longer wanted", async () => {
    const lines: string[] = [];
    const ended = await run(process.execPath, SAYS, {
      signal: AbortSignal.abort(),
      onLine: (line) => lines.push(line),
    });
    expect(ended).toEqual({ code: -1, output: "" });
    expect(lines).toEqual([]);
  });

  it("ends what is no longer wanted", async () => {
    const cancelling = new AbortController();
    const ended = await run(process.execPath, WAITS, {
      signal: cancelling.signal,
      onLine: () => {
        cancelling.abort();
      },
    });
    expect(ended.code).not.toBe(0);
  });
});
