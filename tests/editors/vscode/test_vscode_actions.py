"""Code actions and the box for instructions in the real VS Code, on what its own TypeScript checker reports.

A service on loopback that speaks OpenAI's protocol is the model, so that its answers are known; one test asks a real one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from endpoints.script import Script
from service import service
from workbench import Window, until

EXTENSION = Path(__file__).parents[3] / "clients" / "vscode"
CODE = """export function area(width: number, height: number): number {
  const unused = 1;
  return width * height;
}
"""
FIXED = CODE.replace("  const unused = 1;\n", "")
REWRITTEN = CODE.replace("width * height", "height * width")


@pytest.fixture
def script(window: Window, package: Path) -> Iterator[Script]:
    """What the service answers; the window has it as its only engine, and a TypeScript project that can be checked."""
    script = Script()
    machine = window.server.machine()
    workspace = window.server.workspace
    (workspace / "tsconfig.json").write_text('{"compilerOptions": {"strict": true, "noUnusedLocals": true}}')
    programs = workspace / "node_modules" / ".bin"
    programs.mkdir(parents=True)
    (programs / "tsc").symlink_to(EXTENSION / "node_modules" / "typescript" / "bin" / "tsc")
    with service(script) as url:
        window.restart_with(
            {
                "foretype.endpoints": {"mine": {"kind": "openai-chat", "url": f"{url}/v1", "model": "m"}},
                "foretype.route.engines": ["mine"],
                "foretype.actions.allow_executing": True,
            }
        )
        yield script
        window.restart_with(machine)
    shutil.rmtree(workspace / "node_modules")
    (workspace / "tsconfig.json").unlink()


def test_explore(window: Window, script: Script, tmp_path) -> None:
    script.text = "```typescript\n```"
    window.open("shapes.ts", CODE)
    window.press("Control+Home", "ArrowDown", "End")
    window.page.locator(".squiggly-error").first.wait_for(timeout=60_000)
    window.page.screenshot(path="/tmp/log/shot1.png")
    window.press("Control+.")
    window.page.locator(".action-widget .monaco-list-row").first.wait_for(timeout=60_000)
    window.page.wait_for_timeout(2000)
    window.page.screenshot(path="/tmp/log/shot2.png")
    print([each.inner_text() for each in window.page.locator(".action-widget .monaco-list-row").all()])
    assert 0
