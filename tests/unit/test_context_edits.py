"""Recent edits, followed through later ones."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from foretype.context.edits import MOST_EDITS, NEAR, EditedLines, RecentEdits, changed_lines

LINES = st.lists(st.sampled_from("abc"), max_size=12)


@given(LINES, LINES)
def test_the_change_between_two_texts_makes_one_of_the_other(old: list[str], new: list[str]) -> None:
    changed = changed_lines(old, new)
    if changed is None:
        assert old == new
    else:
        first, old_end, new_end = changed
        assert old[:first] + new[first:new_end] + old[old_end:] == new
        assert first <= old_end and first <= new_end


def text(lines: int) -> list[str]:
    return [f"line {n}\n" for n in range(lines)]


def test_a_place_moves_with_lines_added_and_removed_above() -> None:
    edits, before = RecentEdits(), text(60)
    edited = [*before[:30], "new\n", *before[31:]]
    edits.note("a", before, edited)
    assert edits.edits == (EditedLines("a", 30, 30),)
    longer = ["import x\n", "import y\n", *edited]
    edits.note("a", edited, longer)
    assert edits.edits == (EditedLines("a", 0, 1), EditedLines("a", 32, 32))
    edits.note("a", longer, longer[1:])
    assert EditedLines("a", 31, 31) in edits.edits


def test_edits_close_together_are_one_and_the_latest_is_first() -> None:
    edits, before = RecentEdits(), text(100)
    for line in (10, 50, 10 + NEAR, 90):
        after = list(before)
        after[line] = f"edit {line}\n"
        edits.note("a", before, after)
        before = after
    assert edits.edits == (EditedLines("a", 90, 90), EditedLines("a", 10, 10 + NEAR), EditedLines("a", 50, 50))


def test_a_removal_is_where_it_was_and_other_files_stay() -> None:
    edits = RecentEdits()
    edits.note("b", text(3), [*text(3), "more\n"])
    edits.note("a", text(20), text(20)[:5] + text(20)[15:])
    assert edits.edits == (EditedLines("a", 5, 5), EditedLines("b", 3, 3))
    edits.forget("a")
    assert edits.edits == (EditedLines("b", 3, 3),)


def test_only_so_many_are_kept() -> None:
    edits, before = RecentEdits(), text(400)
    for line in range(0, 400, NEAR + 2):
        after = list(before)
        after[line] = "edit\n"
        edits.note("a", before, after)
        before = after
    assert len(edits.edits) == MOST_EDITS
    assert edits.edits[0].first > edits.edits[-1].first


@given(st.lists(LINES, min_size=2, max_size=8))
def test_places_lie_in_the_file(texts: list[list[str]]) -> None:
    edits = RecentEdits()
    for old, new in itertools.pairwise(texts):
        edits.note("a", old, new)
        for edit in edits.edits:
            assert 0 <= edit.first <= edit.last
            assert edit.last <= max(len(new), 1)
