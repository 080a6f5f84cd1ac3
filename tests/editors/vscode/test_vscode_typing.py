"""Typing in the real VS Code: ghost text from the real server with the embedded model."""

from __future__ import annotations

from workbench import Window, until

CODE = """import random


def mean(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)


def largest(numbers):
    best = numbers[0]
    """


def start_a_loop(window: Window, name: str, content: str | bytes = CODE):
    """Open a file, begin a line at its end, and wait for what is suggested."""
    file = window.open(name, content)
    window.type("for number in ")
    return file, window.wait_for_ghost()


def test_what_is_shown_is_what_tab_accepts_and_what_is_saved(window: Window) -> None:
    file, ghost = start_a_loop(window, "accepted.py")
    window.press("Tab")
    until(lambda: not window.ghost().startswith(ghost), "the suggestion is accepted")
    assert window.save(file).decode() == f"{CODE}for number in {ghost}"


def test_undo_after_accepting_restores_exactly(window: Window) -> None:
    file, ghost = start_a_loop(window, "undone.py")
    assert ghost
    before = window.save(file)
    window.press("Tab")
    assert window.save(file) != before
    window.press("Control+z")
    assert window.save(file) == before


def test_typing_through_keeps_the_suggestion(window: Window) -> None:
    file, ghost = start_a_loop(window, "through.py")
    window.record()
    window.type(ghost[:3])
    until(lambda: window.ghost() == ghost[3:], "what is left is shown", window.ghost)
    assert all(frame and (ghost.endswith(frame) or frame in ghost) for frame in window.frames())
    window.press("Tab")
    assert window.save(file).decode() == f"{CODE}for number in {ghost}"


def test_a_word_is_accepted(window: Window) -> None:
    file, ghost = start_a_loop(window, "word.py")
    window.press("Control+ArrowRight")
    saved = window.save(file).decode()
    accepted = saved.removeprefix(f"{CODE}for number in ")
    assert accepted
    assert ghost.startswith(accepted)
    assert accepted != ghost


def test_escape_takes_it_away(window: Window) -> None:
    file, ghost = start_a_loop(window, "escape.py")
    assert ghost
    window.press("Escape")
    until(lambda: not window.ghost(), "the suggestion is gone")
    assert window.save(file).decode() == f"{CODE}for number in "
