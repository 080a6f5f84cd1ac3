"""A suggestion that is on screen grows in place, without a blank and without taking anything back."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from workbench import Window, until

CODE = "def price_of(items):"
BODY = CODE + "\n    "
SCRIPT = Path(__file__).parent / "slow_server.py"


@pytest.fixture
def slow(window: Window, tmp_path: Path) -> Iterator[Window]:
    """The window with a server whose model takes its time; the path of that server is a setting."""
    program = tmp_path / "slow-foretype"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{SCRIPT}' \"$@\"\n")
    program.chmod(0o755)
    before = window.server.machine()
    window.server.set_machine({"foretype.server.path": str(program)})
    until(lambda: any(str(SCRIPT) in each.cmdline() for each in window.server.language_servers()), "it is started")
    window.status("zap")
    yield window
    window.server.set_machine(before)
    until(lambda: not any(str(SCRIPT) in each.cmdline() for each in window.server.language_servers()), "it is ended")
    window.status("zap")


def test_a_suggestion_grows_without_a_flicker(slow: Window) -> None:
    file = slow.open("grows.py", CODE)
    slow.record()
    slow.press("Enter")
    until(lambda: "return result" in slow.ghost(), "the whole function is suggested", slow.ghost)
    seen = slow.frames()
    shown = seen[next(number for number, text in enumerate(seen) if text) :]
    assert len(shown) > 3
    for before, after in itertools.pairwise(shown):
        assert after.startswith(before.rstrip()), shown
    slow.press("Tab")
    saved = slow.save(file).decode()
    assert saved.rstrip().endswith("result += item.price\n    return result")


def test_escape_ends_the_growth_with_the_suggestion(slow: Window) -> None:
    file = slow.open("dismissed.py", CODE)
    slow.press("Enter")
    until(slow.ghost, "the beginning is suggested")
    slow.press("Escape")
    until(lambda: not slow.ghost(), "the suggestion is gone")
    slow.record()
    time.sleep(2.0)  # the rest would have come by now
    assert not any(slow.frames())
    assert slow.save(file).decode() == BODY


def test_who_types_something_else_is_not_shown_the_old_answer(slow: Window) -> None:
    slow.open("diverged.py", CODE)
    slow.press("Enter")
    ghost = until(slow.ghost, "the beginning is suggested")
    slow.record()
    slow.type("total = 0")
    assert not any(frame.startswith(ghost) for frame in slow.frames()[1:])


def test_a_line_is_accepted_and_the_rest_stays(slow: Window) -> None:
    file = slow.open("line.py", CODE)
    slow.press("Enter")
    until(lambda: "return result" in slow.ghost(), "the whole function is suggested", slow.ghost)
    lines = slow.ghost().split("\n")
    slow.press("Control+Alt+l")
    until(lambda: slow.ghost() and lines[0] not in slow.ghost(), "the first line is accepted", slow.ghost)
    assert slow.ghost().strip().startswith(lines[1].strip())
    slow.press("Escape")
    assert slow.save(file).decode().rstrip() == BODY + lines[0]
