"""The server's life as the user sees it: killed, without its model, switched off and on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from test_vscode_typing import CODE, start_a_loop
from workbench import Window, until


@pytest.fixture
def settings_restored(window: Window) -> Iterator[None]:
    """What a test changes in the settings is taken back."""
    machine = window.server.machine()
    yield
    window.server.set_workspace({})
    window.server.set_machine(machine)
    window.status("zap")


def test_a_server_that_is_killed_is_started_again(window: Window) -> None:
    start_a_loop(window, "killed.py")
    (before,) = window.server.language_servers()
    before.kill()
    until(lambda: [each for each in window.server.language_servers() if each.pid != before.pid], "another server runs")
    window.status("zap")
    file, ghost = start_a_loop(window, "after.py")
    window.press("Tab")
    assert window.save(file).decode() == f"{CODE}for number in {ghost}"


def test_a_server_that_ends_again_and_again_is_given_up_with_a_button(window: Window) -> None:
    given_up = window.page.locator(".notification-list-item", has_text="several times in a row").first

    def killed() -> bool:
        if "zap" in window.status_text():
            for each in window.server.language_servers():
                each.kill()
        return given_up.is_visible()

    until(killed, "it is given up", window.status_text)
    window.status("error")
    assert not window.server.language_servers()
    given_up.get_by_role("button", name="Start again").click()
    window.status("zap")
    start_a_loop(window, "started-again.py")


def test_a_server_that_ends_at_once_is_given_up_with_a_message(
    window: Window, settings_restored: None, tmp_path
) -> None:
    program = tmp_path / "broken-foretype"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    window.server.set_machine({"foretype.server.path": str(program)})
    assert "the log says more" in window.notice("could not be started")
    window.status("error")
    window.page.locator(".notification-toast .codicon-notifications-clear").first.click()


def test_a_path_that_is_wrong_is_named(window: Window, settings_restored: None) -> None:
    window.server.set_machine({"foretype.server.path": "/nowhere/foretype"})
    assert "/nowhere/foretype" in window.notice("There is no program")
    window.page.locator(".notification-toast .codicon-notifications-clear").first.click()


def test_the_walkthrough_appears_where_the_model_is_missing(window: Window, settings_restored: None) -> None:
    window.server.set_machine({"foretype.model": "qwen2.5-coder-7b"})
    window.page.locator(".getting-started-step, .gettingStartedContainer").first.wait_for(timeout=60_000)
    until(lambda: "Set up Foretype" in window.page.locator(".gettingStartedContainer").inner_text(), "it is ours")


def test_settings_are_taken_up_while_it_runs(window: Window, settings_restored: None) -> None:
    window.open("live.py", CODE)
    window.server.set_workspace({"foretype.completion.enabled": False})
    window.status("circle-slash")
    window.record()
    window.type("for number in ")
    window.press("Control+s")
    assert not any(window.frames())
    window.server.set_workspace({})
    window.status("zap")
    start_a_loop(window, "again.py")


def test_a_language_is_switched_off_and_on(window: Window, settings_restored: None) -> None:
    window.open("switched.py", CODE)
    window.run_command("Foretype: Switch Suggestions for This Language On or Off")
    window.status("circle-slash")
    assert "Suggestions are off for python" in window.status_text()
    window.focus()
    window.press("Control+End")
    window.record()
    window.type("for number in ")
    window.press("Control+s")
    assert not any(window.frames())
    user = json.loads((window.server.root / "data" / "User" / "settings.json").read_text())
    assert user["foretype.completion.disabled_languages"] == ["python"]
    window.run_command("Foretype: Switch Suggestions for This Language On or Off")
    window.status("zap")
    start_a_loop(window, "switched-on.py")


def test_a_window_is_paused_and_resumed(window: Window) -> None:
    window.open("paused.py", CODE)
    window.run_command("Foretype: Pause or Resume Suggestions in This Window")
    window.status("debug-pause")
    window.focus()
    window.press("Control+End")
    window.record()
    window.type("for number in ")
    window.press("Control+s")
    assert not any(window.frames())
    window.run_command("Foretype: Pause or Resume Suggestions in This Window")
    window.status("zap")
    start_a_loop(window, "resumed.py")


def test_the_last_suggestion_is_explained(window: Window) -> None:
    start_a_loop(window, "explained.py")
    window.run_command("Foretype: Explain the Last Suggestion")
    assert " ms" in window.notice("smollm2")


def test_it_is_told_how_long_suggestions_take(window: Window) -> None:
    start_a_loop(window, "timed.py")
    until(lambda: " ms:" in window.status_text(), "the suggestion is timed")
    window.run_command("Foretype: Show How Long Suggestions Take")
    assert "ms at the median" in window.notice("The editor's side added")
