"""Splitting and splicing lines, against a model that holds the text as one string."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.text import edits
from foretype.text.edits import Edit, apply, clamp, split_lines
from foretype.text.positions import Point

PIECES = [
    "a",
    "bc",
    "é",
    "e\u0301",
    "😀",
    "\ud800",
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
POINTS = st.builds(Point, st.integers(0, 12), st.integers(0, 12))


def reference_lines(text: str) -> list[str]:
    return re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)


def offset(lines: list[str], point: Point) -> int:
    return sum(map(len, lines[: point.line])) + point.column


@given(TEXTS)
def test_split_lines_joined_is_the_text_and_breaks_where_the_specification_does(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert lines == reference_lines(text)


def test_only_three_endings_end_a_line() -> None:
    assert split_lines("") == [""]
    assert split_lines("a\r\n\rb\n\n\x0c\x85\u2028c\r") == ["a\r\n", "\r", "b\n", "\n", "\x0c\x85\u2028c\r", ""]


@given(TEXTS, st.lists(st.tuples(POINTS, POINTS, TEXTS), max_size=6))
def test_any_sequence_of_edits_gives_the_text_of_the_string_model(
    text: str, steps: list[tuple[Point, Point, str]]
) -> None:
    lines = split_lines(text)
    for one, other, new in steps:
        start, end = sorted((clamp(lines, one), clamp(lines, other)))
        text = text[: offset(lines, start)] + new + text[offset(lines, end) :]
        before = list(lines)

        assert apply(lines, Edit(one, other, new)) == Edit(start, end, new)

        assert lines == reference_lines(text)
        untouched = len(before) - end.line - 1
        assert [id(line) for line in lines[len(lines) - untouched :]] == [id(line) for line in before[end.line + 1 :]]
        # The line before the edit is touched too where a "\r" at its end meets a "\n".
        assert all(now is then for now, then in zip(lines, before[: max(start.line - 1, 0)], strict=False))


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("a\rb\n", Edit(Point(1, 0), Point(1, 1), ""), ["a\r\n", ""]),
        ("a\rb", Edit(Point(1, 0), Point(1, 0), "\n"), ["a\r\n", "b"]),
        ("a\nb", Edit(Point(0, 1), Point(0, 1), "\r"), ["a\r\n", "b"]),
        ("\nb", Edit(Point(0, 0), Point(0, 0), "x\r"), ["x\r\n", "b"]),
        ("a\r\nb", Edit(Point(0, 1), Point(0, 1), "\r"), ["a\r", "\r\n", "b"]),
        ("a\r\nb", Edit(Point(0, 2), Point(0, 2), "x"), ["ax\r\n", "b"]),
        ("a\r\nb", Edit(Point(0, 1), Point(1, 0), "\n"), ["a\n", "b"]),
        ("a\nb", Edit(Point(0, 0), Point(9, 9), ""), [""]),
        ("a\nb", Edit(Point(9, 0), Point(9, 0), "\n"), ["a\n", "b\n", ""]),
        ("a\nb", Edit(Point(-1, 3), Point(0, 1), "c"), ["c\n", "b"]),
    ],
)
def test_edits_at_line_endings(before: str, edit: Edit, after: list[str]) -> None:
    lines = split_lines(before)
    apply(lines, edit)
    assert lines == after


def test_an_edit_amid_a_long_document_works_on_its_own_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = split_lines("".join(f"line number {number}, and what follows it\n" for number in range(50_000)))
    before = set(map(id, lines))
    kept = list(lines)  # So that no new line takes an old one's id.
    split: list[str] = []

    def counted(text: str) -> list[str]:
        split.append(text)
        return split_lines(text)

    monkeypatch.setattr(edits, "split_lines", counted)

    apply(lines, Edit(Point(25_000, 4), Point(25_000, 4), "x"))
    apply(lines, Edit(Point(25_000, 5), Point(25_003, 2), "one\ntwo\nthree"))
    apply(lines, Edit(Point(25_000, 0), Point(25_000, 0), "\n"))

    assert sum(id(line) not in before for line in lines) <= 4
    assert len(lines) == len(kept)
    assert sum(map(len, split)) < 300
