"""Lines compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.complete.filters.lines import distance, essence, repeats, similar, telling


def levenshtein(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        row, above = [i], row
        for j, wanted in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (char != wanted)))
    return row[-1]


@given(one=st.text("abc", max_size=9), other=st.text("abc", max_size=9), limit=st.integers(0, 5))
def test_the_distance_is_levenshteins_up_to_a_limit(one: str, other: str, limit: int) -> None:
    assert distance(one, other, limit) == min(levenshtein(one, other), limit + 1)


@given(one=st.text(max_size=20), other=st.text(max_size=20))
def test_similar_works_both_ways(one: str, other: str) -> None:
    assert similar(one, other) == similar(other, one)
    assert similar(one, one) == bool(essence(one))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("return add(a, b)", "    return add( a,b );", True),
        ("print('a')", 'print("a")', True),
        ("if (left < right) {", "if (left <= right) {", True),
        ("a[0] = compute(first)", "a[1] = compute(first)", False),
        ("left += 1", "right += 1", False),
        ("x < y", "x > y", False),
        ("", "", False),
    ],
)
def test_similar_lines(one: str, other: str, same: bool) -> None:
    assert similar(one, other) == same


def test_short_lines_repeat_only_at_the_same_depth() -> None:
    assert not repeats("    end", "end")
    assert repeats("end", "end")
    assert repeats("    return compute(x)", "return compute(x)")


def test_what_tells_something() -> None:
    assert telling("return x")
    assert not telling("    });")
    assert not telling("")
    assert not telling("i")
