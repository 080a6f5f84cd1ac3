// The small pure parts: backoff, partial acceptance, settings, times, texts.
import { describe, expect, it } from "vitest";
import { Backoff, DELAYS, WINDOW } from "../src/backoff";
import { findings } from "../src/findings";
import { offered, remembered } from "../src/history";
import { rows } from "../src/model-rows";
import { follow } from "../src/partial-accept";
import { patched } from "../src/patch";
import { COMPILING, failureOf, progressOf } from "../src/pip-progress";
import type { Model } from "../src/protocol";
import { initialSettings, liveSettings, serverSettings } from "../src/settings-layers";
import { statusText, type Surroundings } from "../src/status-text";
import { percentile, Timing } from "../src/timing";
import { growsInPlace } from "../src/versions";

describe("Backoff", () => {
  it("waits longer each time and gives up in the end", () => {
    const backoff = new Backoff();
    expect(DELAYS.map((_, index) => backoff.ended(index))).toEqual(DELAYS);
    expect(backoff.ended(10)).toBeUndefined();
  });

  it("forgives what is long ago", () => {
    const backoff = new Backoff();
    DELAYS.forEach((_, index) => backoff.ended(index));
    expect(backoff.ended(WINDOW + 10)).toBe(DELAYS[0]);
  });

  it("begins anew when the user says so", () => {
    const backoff = new Backoff();
    DELAYS.forEach((_, index) => backoff.ended(index));
    backoff.reset();
    expect(backoff.ended(5)).toBe(DELAYS[0]);
  });
});

describe("follow", () => {
  const shown = { start: 10, text: "numbers:\n    pass", typed: 2 };

  it("takes several characters at once for a part that was accepted", () => {
    expect(follow(shown, { offset: 12, removed: 0, text: "mbers" })).toEqual({
      shown: { ...shown, typed: 7 },
      accepted: true,
    });
  });

  it("takes one character for a key", () => {
    expect(follow(shown, { offset: 12, removed: 0, text: "m" })?.accepted).toBe(false);
    expect(follow({ start: 0, text: "😀x", typed: 0 }, { offset: 0, removed: 0, text: "😀" })?.accepted).toBe(false);
  });

  it.each([
    ["other text", { offset: 12, removed: 0, text: "xyz" }],
    ["another place", { offset: 11, removed: 0, text: "mbers" }],
    ["a replacement", { offset: 12, removed: 1, text: "mbers" }],
    ["the whole, which the editor reports itself", { offset: 12, removed: 0, text: "mbers:\n    pass" }],
  ])("follows no further after %s", (_, edit) => {
    expect(follow(shown, edit)).toBeUndefined();
  });
});

describe("settings", () => {
  const declared = serverSettings([
    { id: "client", properties: { "foretype.server.path": { scope: "machine" } } },
    {
      id: "server",
      properties: {
        "foretype.model": { scope: "machine" },
        "foretype.completion.enabled": { scope: "window" },
        "foretype.completion.disabled_languages": { scope: "window" },
      },
    },
  ]);
  const values: Record<string, object> = {
    "foretype.model": { globalValue: "mine", workspaceValue: "theirs" },
    "foretype.completion.enabled": { globalValue: true, workspaceValue: false },
    "foretype.completion.disabled_languages": { globalValue: ["xml"], workspaceValue: ["css"] },
  };

  it("tells at the start only what the user has set of what is privileged", () => {
    expect(initialSettings(declared, (name) => values[name])).toEqual({ model: "mine" });
  });

  it("tells the rest at any time, the workspace's over the user's, lists together", () => {
    expect(liveSettings(declared, (name) => values[name])).toEqual({
      completion: { enabled: false, disabled_languages: ["xml", "css"] },
    });
  });

  it("says nothing of what nobody has set", () => {
    expect(liveSettings(declared, () => ({}))).toEqual({});
  });
});

describe("Timing", () => {
  it("tells what the editor's side added", () => {
    const timing = new Timing();
    timing.add({ elapsed: 30, server: 20 });
    timing.add({ elapsed: 50, server: 48 });
    expect(timing.report()).toContain("added 2.0 ms at the median and 10.0 ms at the 95th");
  });

  it("has percentiles", () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
  });
});

describe("pip's output", () => {
  it.each([
    ["Collecting pygls[ws]>=2.1.1 (from foretype)", "Fetching pygls."],
    ["DEBUG Selecting: pygls==2.1.1 [compatible] (pygls-2.1.1-py3-none-any.whl)", "Fetching pygls."],
    ["  [12/40] Building CXX object", "Compiling llama.cpp, file 12 of 40."],
    ["  Building wheel for llama-cpp-python (pyproject.toml): started", COMPILING],
    ["  Building wheel for llama-cpp-python (pyproject.toml): finished with status 'done'", undefined],
    ["   Building llama-cpp-python==0.3.36", COMPILING],
    ["Requirement already satisfied", undefined],
  ])("%s", (line, said) => {
    expect(progressOf(line)).toBe(said);
  });

  // What pip printed where that was the case.
  it.each([
    ["  CMake Error: CMAKE_C_COMPILER not set, after EnableLanguage", "apt install g++"],
    ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"],
    ["Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "can't be reached"],
    ["ERROR: No matching distribution found for pygls>=99", "lacks a package"],
    ["The virtual environment was not created successfully because ensurepip is not available.", "python3-venv"],
    ["error: something else", "The log has everything"],
  ])("says what to do about: %s", (printed, said) => {
    expect(failureOf(printed)).toContain(said);
  });
});

describe("patched", () => {
  it("replaces, removes and inserts, whatever the order of the edits", () => {
    const edits = [
      { start: 8, end: 11, text: "four" },
      { start: 0, end: 4, text: "" },
      { start: 4, end: 4, text: "a" },
      { start: 4, end: 4, text: "b " },
    ];
    expect(patched("one two three", edits)).toBe("ab two fouree");
  });

  it("leaves a text without edits alone", () => {
    expect(patched("one", [])).toBe("one");
  });
});

describe("history", () => {
  it("keeps each instruction once, the newest first", () => {
    expect(remembered(["a", "b"], "b")).toEqual(["b", "a"]);
  });

  it("offers what is typed and what holds it", () => {
    expect(offered(["use a dict", "rename"], "dict")).toEqual(["dict", "use a dict"]);
    expect(offered(["rename"], "")).toEqual(["rename"]);
  });
});

describe("rows", () => {
  const model: Model = {
    name: "small",
    title: "Small",
    sizeMb: 491,
    memoryMb: 1700,
    licence: "MIT",
    licenceUrl: "",
    permissive: true,
    note: "for laptops",
    here: false,
    chosen: false,
    expectedSpeed: 31.4,
  };

  it("says what a model needs and how fast it would be", () => {
    expect(rows([model])[0]?.description).toBe("491 MB to download · 1.7 GB of memory · about 31 tokens/s");
    expect(rows([model])[0]?.detail).toBe("Quick here. For laptops. MIT.");
    expect(rows([{ ...model, expectedSpeed: 0, here: true }])[0]?.description).toBe("on this machine · 1.7 GB of memory");
  });
});

describe("statusText", () => {
  const around: Surroundings = {
    paused: false,
    languageOff: undefined,
    latency: undefined,
    explained: "",
    modelMissing: false,
    longBusy: false,
  };
  const running = { kind: "running", message: "", server: { busy: false, message: "Ready.", kind: "Normal" } } as const;

  it.each([
    ["$(zap) Foretype", "normal", running, {}],
    ["$(cloud-download) Foretype: set up", "warning", running, { modelMissing: true }],
    ["$(debug-pause) Foretype: paused", "normal", running, { paused: true }],
    ["$(circle-slash) Foretype", "normal", running, { languageOff: "python" }],
    ["$(cloud-download) Foretype: set up", "warning", { ...running, kind: "missing" } as const, {}],
    ["$(error) Foretype: stopped", "error", { ...running, kind: "failed", message: "It ended." } as const, {}],
  ])("says %s", (text, look, state, changed) => {
    expect(statusText(state, { ...around, ...changed })).toMatchObject({ text, look });
  });
});

describe("findings", () => {
  it("lines up the facts and lists the advice", () => {
    expect(findings({ facts: { model: "small", Python: "3.12" }, advice: ["Close something."] })).toContain(
      "model   small\nPython  3.12\n\nWhat to change\n- Close something.",
    );
  });
});

describe("growsInPlace", () => {
  it.each([
    ["1.105.2", false],
    ["1.106.0", true],
    ["1.139.1", true],
    ["2.0.0", true],
  ])("%s: %s", (version, expected) => {
    expect(growsInPlace(version)).toBe(expected);
  });
});
