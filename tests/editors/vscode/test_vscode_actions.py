"""Code actions and the box for instructions in the real VS Code, on what its own TypeScript checker reports.

A service on loopback that speaks OpenAI's protocol is the model, so that its answers are known; one test asks a real
one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoints.script import Script
from playwright.sync_api import Error, Locator
from service import service
from workbench import Window, until

EXTENSION = Path(__file__).parents[3] / "clients" / "vscode"
TYPESCRIPT = EXTENSION / "node_modules" / "typescript"
OPTIONS = {"strict": True, "noUnusedLocals": True, "lib": ["es5"], "types": []}
CODE = """export function area(width: number, height: number): number {
  const unused = 1;
  return width * height;
}
"""
FIXED = CODE.replace("  const unused = 1;\n", "")
REWRITTEN = FIXED.replace("width * height", "height * width")
ANSWER = f"```typescript\n{REWRITTEN.removeprefix('export ')}```"


@pytest.fixture(scope="module")
def project(code_server, package: Path) -> Iterator[dict[str, object]]:
    """A TypeScript project that can be checked; gives the settings that let it be."""
    workspace = code_server.workspace
    (workspace / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": OPTIONS, "include": ["*.ts"]}),
    )
    programs = workspace / "node_modules" / ".bin"
    programs.mkdir(parents=True)
    (programs / "tsc").symlink_to(TYPESCRIPT / "bin" / "tsc")
    # This VS Code comes without the compiler that its TypeScript support runs.
    library = str(TYPESCRIPT / "lib")
    yield {"typescript.tsdk": library, "js/ts.tsdk.path": library, "foretype.actions.allow_executing": True}
    shutil.rmtree(workspace / "node_modules")
    (workspace / "tsconfig.json").unlink()


@pytest.fixture(scope="module")
def served(one_window: Window, project: dict[str, object]) -> Iterator[Script]:
    """What the service answers; the window has it as its only engine."""
    script = Script()
    machine = one_window.server.machine()
    with service(script) as url:
        endpoint = {"kind": "openai-chat", "url": f"{url}/v1", "model": "m"}
        one_window.restart_with(
            {**project, "foretype.endpoints": {"mine": endpoint}, "foretype.route.engines": ["mine"]}
        )
        yield script
        one_window.restart_with(machine)


@pytest.fixture
def script(served: Script) -> Iterator[Script]:
    """What the service answers, for one test."""
    served.faults.clear()
    served.texts = []
    yield served
    served.faults.clear()


def open_reported(window: Window, name: str, content: str = CODE) -> Path:
    """Open a file in whose second line the checker reports something, with the cursor there."""
    file = window.open(name, content)
    window.page.locator(".squiggly-error, .squiggly-warning").first.wait_for(timeout=90_000)
    to_the_report(window)
    return file


def to_the_report(window: Window) -> None:
    window.press("Control+Home", "ArrowDown", "End")


def choose(window: Window, title: str) -> None:
    """Open the light bulb's menu and take an action."""
    row = window.page.locator(".action-widget .monaco-list-row", has_text=title).first

    def offered() -> bool:
        window.press("Control+.")
        try:
            row.wait_for(timeout=4_000)
        except Error:
            window.press("Escape")
            return False
        return True

    until(offered, f"{title!r} is offered")
    focused = window.page.locator(".action-widget .monaco-list-row.focused", has_text=title)
    for _ in range(20):
        if focused.count():
            break
        window.press("ArrowDown")
    window.press("Enter")


def instruct(window: Window, instruction: str) -> None:
    """Ask for a rewrite in the box for instructions."""
    window.run_command("Foretype: Rewrite with an Instruction...")
    window.page.locator(".quick-input-title", has_text="rewrite with an instruction").wait_for(timeout=60_000)
    if instruction:
        window.fill(instruction)
        window.page.locator(".quick-input-list .monaco-list-row", has_text=instruction).first.wait_for(timeout=60_000)
    window.press("Enter")


def reviewed(window: Window) -> Locator:
    """Wait for the diff of a change that is to be reviewed."""
    diff = window.page.locator(".monaco-diff-editor")
    diff.locator(".line-insert, .line-delete").first.wait_for(timeout=90_000)
    return diff


def discard(window: Window) -> None:
    window.run_command("Foretype: Discard the Change")
    window.page.locator(".monaco-diff-editor").wait_for(state="detached", timeout=60_000)


def is_undone_in_one_step(window: Window, file: Path, before: str) -> None:
    window.focus()
    window.press("Control+z")
    assert window.save(file).decode() == before


def test_a_reported_problem_is_fixed_proved_and_undone_in_one_step(window: Window, script: Script) -> None:
    script.text = "```typescript\n```"
    file = open_reported(window, "fixed.ts")
    choose(window, "Fix: 'unused' is declared but its value is never read")
    until(lambda: "unused" not in window.text(), "the fix is applied", window.text)
    # The checker itself, run on the edited text, no longer reports it: nothing to review.
    assert not window.page.locator(".monaco-diff-editor").count()
    assert window.save(file).decode() == FIXED
    is_undone_in_one_step(window, file, CODE)


def test_what_is_not_proved_is_shown_as_a_diff_first(window: Window, script: Script) -> None:
    script.text = ANSWER
    file = open_reported(window, "reviewed.ts")
    choose(window, "Simplify area")
    reviewed(window)
    assert "unproved: parses" in window.notice("Apply this change?")
    assert file.read_text() == CODE
    window.page.locator(".notification-list-item").get_by_role("button", name="Apply").click()
    until(lambda: "height * width" in window.text(), "the change is applied", window.text)
    assert window.save(file).decode() == REWRITTEN
    is_undone_in_one_step(window, file, CODE)


def test_a_change_that_is_discarded_leaves_the_file_alone(window: Window, script: Script) -> None:
    script.text = ANSWER
    file = open_reported(window, "discarded.ts")
    choose(window, "Simplify area")
    reviewed(window)
    discard(window)
    window.type(" ")
    assert window.save(file).decode() == CODE.replace("unused = 1;", "unused = 1; ")


def test_an_action_that_fails_says_why(window: Window, script: Script) -> None:
    script.text = "```typescript\nfunction area( {\n```"
    file = open_reported(window, "failed.ts")
    choose(window, "Simplify area")
    assert "it has a new syntax error" in window.notice("Simplify area: failed")
    assert file.read_text() == CODE


def test_an_instruction_is_carried_out_and_remembered(window: Window, script: Script) -> None:
    script.text = ANSWER
    file = open_reported(window, "instructed.ts")
    instruct(window, "swap the factors")
    reviewed(window)
    window.press("Control+Enter")
    until(lambda: "height * width" in window.text(), "the change is applied", window.text)
    assert "swap the factors\nChange nothing else." in script.requests[-1].body["messages"][-1]["content"]
    assert window.save(file).decode() == REWRITTEN
    is_undone_in_one_step(window, file, CODE)
    to_the_report(window)
    asked = len(script.requests)
    # The box offers what was asked for last.
    instruct(window, "")
    reviewed(window)
    assert "swap the factors\nChange nothing else." in script.requests[asked].body["messages"][-1]["content"]
    discard(window)


def test_an_instruction_is_cancelled_while_the_model_writes(window: Window, script: Script) -> None:
    script.text = ANSWER
    file = open_reported(window, "cancelled.ts")
    script.fault("slow", lasts=True)
    instruct(window, "take your time")
    toast = window.page.locator(".notification-list-item", has_text="take your time: Asking the model").first
    toast.wait_for(timeout=90_000)
    toast.get_by_role("button", name="Cancel").click()
    toast.wait_for(state="detached", timeout=60_000)
    until(lambda: script.requests[-1].closed.is_set(), "the service's answer is no longer waited for")
    assert not window.page.locator(".monaco-diff-editor").count()
    assert file.read_text() == CODE


def test_a_real_model_fixes_what_is_reported(window: Window, project: dict[str, object], qwen_coder: Path) -> None:
    machine = window.server.machine()
    window.restart_with({**project, "foretype.model": qwen_coder.stem})
    try:
        code = 'export function total(): number {\n  return "1";\n}\n'
        file = open_reported(window, "real.ts", code)
        choose(window, "Fix: Type 'string' is not assignable to type 'number'")
        until(lambda: '"1"' not in window.text(), "the fix is applied", window.text, 120)
        assert window.save(file).decode() != code
        is_undone_in_one_step(window, file, code)
    finally:
        window.restart_with(machine)
