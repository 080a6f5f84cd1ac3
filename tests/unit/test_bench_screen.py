"""Ghost text on screen: typed along, dropped, extended, replaced."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.bench.screen import Ghost, Screen, ghost_of, type_along


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        ("return x", "ret", "", Ghost("urn x")),
        ("a, b)", "", ")", Ghost("a, b)", ")")),
        ("a) -> int:", "", ")", Ghost("a) -> int:", ")")),
        ("return", "yield", "", None),  # changes what is typed
        ("a, b", "", ")", None),  # loses what is there
        (")", "", ")", None),  # adds nothing
    ],
)
def test_an_item_becomes_a_ghost_if_it_only_adds(text: str, before: str, after: str, expected: Ghost | None) -> None:
    assert ghost_of(text, before, after) == expected


@pytest.mark.parametrize(
    ("ghost", "removed", "inserted", "behind", "expected"),
    [
        (Ghost("abc"), "", "a", "", Ghost("bc")),
        (Ghost("abc"), "", "b", "", None),
        (Ghost("a"), "", "a", "", None),  # nothing is left
        (Ghost("\n    b"), "", "\n    ", "", Ghost("b")),  # the editor's indentation is the suggestion's
        (Ghost("\n  b"), "", "\n    ", "", None),
        (Ghost("(a, b)"), "", "(", ")", Ghost("a, b)", ")")),  # the editor's bracket, too
        (Ghost("(a"), "", "(", ")", Ghost("a")),
        (Ghost(") + 1", ")"), ")", ")", "", Ghost(" + 1")),  # typed over
        (Ghost(") + 1"), ")", ")", "", None),
        (Ghost("abc"), "", "", "", None),  # a backspace
    ],
)
def test_typing_along(ghost: Ghost, removed: str, inserted: str, behind: str, expected: Ghost | None) -> None:
    assert type_along(ghost, removed, inserted, behind) == expected


@given(st.text(min_size=1, max_size=20))
def test_what_is_typed_along_letter_by_letter_is_gone_at_its_end(text: str) -> None:
    ghost: Ghost | None = Ghost(text)
    for typed, letter in enumerate(text, 1):
        assert ghost is not None
        ghost = type_along(ghost, "", letter, "")
        assert ghost == (Ghost(text[typed:]) if text[typed:] else None)


def screen() -> Screen[str]:
    ticks = itertools.count()
    return Screen(lambda: float(next(ticks)))


def test_growing_is_no_flicker_and_replacing_is() -> None:
    shown = screen()
    assert shown.show(Ghost("re"), "one")
    assert shown.show(Ghost("return"), "one")
    assert not shown.show(Ghost("return"), "two")
    assert shown.flickers == 0
    shown.show(Ghost("yield"), "two")
    assert shown.flickers == 1
    assert [view.ghost.text if view.ghost else "" for view in shown.views] == ["", "re", "return", "yield"]


def test_the_same_text_with_or_without_the_closer_that_is_there_is_no_flicker() -> None:
    shown = screen()
    shown.show(Ghost("a, b)", ")"), "")
    shown.show(Ghost("a, b"), "")
    shown.show(Ghost("a, b, c)", ")"), "")
    assert shown.flickers == 0


def test_a_key_starts_afresh_with_what_is_typed_along() -> None:
    shown = screen()
    shown.show(Ghost("return"), "item")
    shown.key("", "r", "")
    assert [(view.ghost, view.source) for view in shown.views] == [(Ghost("eturn"), "item")]
    shown.key("", "x", "")
    assert shown.now.ghost is None
    assert (shown.flickers, shown.vanished) == (0, 0)
    shown.show(Ghost("y"), "item")
    shown.show(None)
    assert shown.vanished == 1
