"""Identifiers near a cursor, and texts compared by theirs."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.context.names import ABOVE, BELOW, Use, dice, identifiers, likeness, names_near, uses_near

BAGS = st.lists(st.sampled_from("abcdef"), max_size=12)


def test_nearest_first_and_members_told_from_names() -> None:
    lines = ["far = 1\n", "order.total(rate)\n", "    x\n"]
    assert uses_near(lines, 2) == (
        Use("x", 0, True, False),
        Use("order", 1, True, False),
        Use("total", 1, False, True),
        Use("rate", 1, True, False),
        Use("far", 2, True, False),
    )


@pytest.mark.parametrize("line", ["a.b", "a?.b", "a->b", "a::b", "f().b", "a[0] . b", "  .b"])
def test_what_owns_a_member(line: str) -> None:
    assert {use.name: use.owned for use in uses_near([line], 0)}["b"]


@pytest.mark.parametrize("line", ["b", "(b)", "...b", "a, b", "-b", "1 + b"])
def test_what_owns_nothing(line: str) -> None:
    assert not {use.name: use.owned for use in uses_near([line], 0)}["b"]


def test_a_name_that_is_used_both_ways() -> None:
    assert Use("rate", 0, True, True) in uses_near(["self.rate = rate\n"], 0)


def test_only_so_far_and_the_signatures_named() -> None:
    lines = [f"name_{n} = {n}\n" for n in range(100)]
    names = {use.name for use in uses_near(lines, 50, also=(3,))}
    assert names == {f"name_{n}" for n in (3, *range(50 - ABOVE, 50 + BELOW + 1))}
    assert names_near(lines, 50) == names - {"name_3"}


def test_identifiers_are_unicode() -> None:
    assert identifiers("größe = 1x + _y2  # naïve") == ["größe", "_y2", "naïve"]


@given(BAGS, BAGS)
def test_likeness_and_dice_are_shares(left: list[str], right: list[str]) -> None:
    bags = Counter(left), Counter(right)
    assert 0 <= dice(*bags) <= 1 and dice(*bags) == dice(*reversed(bags))
    assert 0 <= likeness(left, right, {"a": 3.0}) <= 1
    if left:
        assert dice(bags[0], bags[0]) == likeness(left, left, {}) == 1
