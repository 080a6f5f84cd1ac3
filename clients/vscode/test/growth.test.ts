// An answer grows by what extends it, and by nothing else.
import { describe, expect, it, vi } from "vitest";
import { Growing, type Place, samePlace, textOf } from "../src/growth";
import type { Answer } from "../src/protocol";

const PLACE: Place = { uri: "file:///a.py", version: 3, line: 1, character: 4, selected: undefined };

function answer(text: string, done = false, version = 3): Answer {
  return { items: text ? [{ insertText: text }] : [], version, done };
}

describe("Growing", () => {
  it("gives its first part as soon as it is there", async () => {
    const growing = new Growing(PLACE, () => undefined);
    growing.take(answer("for x"));
    expect(textOf(await growing.first)).toBe("for x");
    expect(growing.grows).toBe(true);
  });

  it("announces what extends it, and the end", () => {
    const onGrowth = vi.fn();
    const growing = new Growing(PLACE, onGrowth);
    growing.take(answer("for x"));
    growing.take(answer("for x in y"));
    growing.take(answer("for x in y:", true));
    expect(onGrowth.mock.calls).toEqual([[false], [true]]);
    expect(textOf(growing.answer)).toBe("for x in y:");
    expect(growing.grows).toBe(false);
  });

  it("announces nothing when the end repeats its only part", () => {
    const onGrowth = vi.fn();
    const growing = new Growing(PLACE, onGrowth);
    growing.take(answer("for x"));
    growing.take(answer("for x", true));
    expect(onGrowth).not.toHaveBeenCalled();
  });

  it.each([answer("while"), answer("for x in y", false, 4)])("ignores %j", (other) => {
    const onGrowth = vi.fn();
    const growing = new Growing(PLACE, onGrowth);
    growing.take(answer("for x"));
    growing.take(other);
    expect(onGrowth).not.toHaveBeenCalled();
    expect(textOf(growing.answer)).toBe("for x");
  });

  it("lets nobody wait once it has ended", async () => {
    const growing = new Growing(PLACE, () => undefined);
    growing.end();
    expect(textOf(await growing.first)).toBe("");
    growing.take(answer("late"));
    expect(textOf(growing.answer)).toBe("");
  });
});

describe("samePlace", () => {
  it("tells places apart by each of their parts", () => {
    expect(samePlace(PLACE, { ...PLACE })).toBe(true);
    for (const other of [{ uri: "b" }, { version: 4 }, { line: 2 }, { character: 5 }, { selected: "x" }]) {
      expect(samePlace(PLACE, { ...PLACE, ...other })).toBe(false);
    }
  });
});
