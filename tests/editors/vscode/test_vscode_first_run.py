"""The first run, as somebody has it who has nothing yet: the server installed, a model fetched, the first suggestion.

The tests of this file are one way, in this order. The server goes into a real environment; the model comes whole, from
a hub on loopback.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub import Hub, hub
from playwright.sync_api import Browser, Error, Locator
from stub_python import stub_python
from workbench import CodeServer, Window, until

from foretype.models.registry import find

MODEL = find("qwen2.5-coder-0.5b")
PYTHON = Path(sys.base_prefix) / "bin" / "python3"
TOOLS = ("sh", "uname", "env", "unshare", "mount")


@pytest.fixture(scope="module")
def slow_hub(qwen_coder: Path) -> Iterator[Hub]:
    """A hub that has one model."""
    with hub(f"/{MODEL.repository}/resolve/main/{MODEL.file}", qwen_coder, MODEL.sha256 or "") as server:
        yield server


@pytest.fixture(scope="module")
def newcomer(
    tools: Path,
    package: Path,
    pip_settings: dict[str, str],
    slow_hub: Hub,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Window]:
    """A window of somebody with a Python on the PATH, the extension and Python's extension, and nothing else."""
    root = tmp_path_factory.mktemp("newcomer")
    programs = root / "programs"
    programs.mkdir()
    for name, program in [("python3", str(PYTHON)), *((name, shutil.which(name)) for name in TOOLS)]:
        if program:
            (programs / name).symlink_to(program)
    own = {name: str(root / name.split("_")[1].lower()) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    there = {"PATH": str(programs), "FORETYPE_MODELS": str(root / "models"), "HF_ENDPOINT": slow_hub.url}
    without = {"PYTHONPATH", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in without}
    server = CodeServer(tools, root / "vscode", environment | pip_settings | own | there)
    try:
        server.install(stub_python(root / "python.vsix", [str(PYTHON), sys.executable]))
        server.install(package)
        server.start()
        window = Window(browser, server)
        yield window
        window.close()
    finally:
        server.stop()


def ticked(window: Window, step: str) -> bool:
    """Whether a step of the walkthrough is ticked off."""
    return bool(window.page.locator(f"[data-done-step-id$='#{step}'].codicon-getting-started-step-checked").count())


def environment_of(window: Window) -> Path:
    """Where the extension makes its own environment."""
    return window.server.root / "data" / "User" / "globalStorage" / "foretype.foretype" / "environment"


def ask(window: Window, command: str) -> Locator:
    """Run a command that asks something first, again if the question doesn't come."""
    dialog = window.page.locator(".monaco-dialog-box")

    def asked() -> bool:
        window.run_command(command)
        try:
            dialog.wait_for(timeout=10_000)
        except Error:
            return False
        return True

    until(asked, "the question appears")
    return dialog


def choose(window: Window, label: str) -> None:
    """Choose a model from the list."""
    window.run_command("Foretype: Choose the Model...")
    window.page.locator(".quick-input-title", has_text="the model on this machine").wait_for(timeout=60_000)
    window.fill(label)
    until(lambda: window.take(label), f"{label} is in the list")


def test_who_has_no_server_gets_the_walkthrough(newcomer: Window) -> None:
    newcomer.status("set up")
    page = newcomer.page.locator(".gettingStartedContainer")
    until(lambda: "Set up Foretype" in page.inner_text(), "the walkthrough appears")
    newcomer.page.locator("[data-done-step-id$='#server']").first.wait_for(timeout=60_000)
    assert not any(ticked(newcomer, step) for step in ("server", "model", "try"))


def test_a_python_that_is_chosen_later_is_where_the_server_is_taken_from(newcomer: Window) -> None:
    newcomer.run_command("Stub: Choose the Next Python")
    until(newcomer.server.language_servers, "the server of that Python runs", newcomer.status_text)
    (running,) = newcomer.server.language_servers()
    assert Path(running.cmdline()[0]) == Path(sys.executable)
    until(lambda: ticked(newcomer, "server"), "the first step is ticked off")
    newcomer.run_command("Stub: Choose the Next Python")
    newcomer.run_command("Foretype: Restart the Server")
    newcomer.status("set up")


def test_the_server_is_installed_once_the_user_agrees(newcomer: Window) -> None:
    dialog = ask(newcomer, "Foretype: Install the Server...")
    assert "Nothing else is changed" in dialog.inner_text()
    newcomer.press("Escape")
    dialog.wait_for(state="hidden", timeout=60_000)
    assert not environment_of(newcomer).exists()
    ask(newcomer, "Foretype: Install the Server...")
    newcomer.page.get_by_role("button", name="Models on this machine").click()
    newcomer.notice("Making a Python environment with Python 3")
    newcomer.notice("Fetching")
    until(newcomer.server.language_servers, "the server runs", newcomer.status_text, 240)
    (running,) = newcomer.server.language_servers()
    assert Path(running.cmdline()[0]).is_relative_to(environment_of(newcomer))
    # The model that is set by default isn't there, and the status says so.
    newcomer.status("There is no model on this machine yet")
    assert not ticked(newcomer, "model")


def test_a_download_shows_its_progress_is_cancelled_and_goes_on(newcomer: Window, slow_hub: Hub) -> None:
    model = Path(newcomer.server.root.parent / "models" / f"{MODEL.name}.gguf")
    choose(newcomer, MODEL.name)
    newcomer.notice("MB of 491 MB")
    toast = newcomer.page.locator(".notification-list-item", has_text=f"Downloading {MODEL.name}").first
    toast.hover()
    toast.get_by_role("button", name="Cancel").click()
    toast.wait_for(state="detached", timeout=60_000)
    assert not model.exists()
    choose(newcomer, MODEL.name)
    until(lambda: len(slow_hub.begun) > 1, "the download is begun again")
    assert slow_hub.begun[0] == 0
    assert slow_hub.begun[1] > 0  # from where it had come to
    slow_hub.hurry.set()
    newcomer.notice(f"Foretype now uses {MODEL.name}")
    newcomer.status("zap")
    assert model.stat().st_size == slow_hub.file.stat().st_size
    newcomer.run_command("Foretype: Open the Walkthrough")
    until(lambda: ticked(newcomer, "model"), "the second step is ticked off")


def test_the_first_suggestion_appears_in_the_file_to_try(newcomer: Window) -> None:
    assert not ticked(newcomer, "try")
    newcomer.run_command("Foretype: Open a File to Try Suggestions In")
    newcomer.page.locator(".tab.active[data-resource-name^='Untitled']").wait_for(timeout=60_000)
    newcomer.focus()
    newcomer.press("Control+End")
    newcomer.type("best = ")
    ghost = newcomer.wait_for_ghost()
    newcomer.press("Tab")
    first = f"best = {ghost}".split("\n")[0]
    until(lambda: newcomer.ghost() != ghost and first in newcomer.text(), "it is accepted", newcomer.text)
    newcomer.run_command("Foretype: Open the Walkthrough")
    until(lambda: ticked(newcomer, "try"), "the third step is ticked off")


def test_the_server_is_removed_with_all_of_its_environment(newcomer: Window) -> None:
    ask(newcomer, "Foretype: Remove the Server...")
    newcomer.page.get_by_role("button", name="Remove", exact=True).click()
    newcomer.status("set up")
    assert not environment_of(newcomer).exists()
    assert not newcomer.server.language_servers()
