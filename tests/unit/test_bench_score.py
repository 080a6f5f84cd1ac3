"""What counts as seen in time, as right, and the sums."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foretype.bench.play import Sight
from foretype.bench.score import Percentiles, judge, percentiles, summarize
from foretype.bench.screen import Ghost, View
from foretype.bench.trace import Key, Kind, Trace

KEY = Key(0.0, Kind.TYPE, "x", 0, 0, 0, "x", "", 1, 0, 0, "c")


def sight(*views: tuple[float, str | Ghost | None], after: str = "", gap: float = 0.2, key: Key = KEY) -> Sight:
    seen = tuple(View(at, Ghost(ghost) if isinstance(ghost, str) else ghost) for at, ghost in views)
    return Sight(0, key, 0.0, 0.0, after, gap, seen)


def trace(rest: str) -> Trace:
    return Trace("t", (), (rest,), (), ())


@pytest.mark.parametrize(
    ("rest", "ghost", "after", "shown", "right", "characters"),
    [
        ("return x\n", "return x", "", True, True, 8),
        ("return x\n", "return y", "", True, False, 7),
        ("return x\n", "ret", "", False, False, 0),  # too little to be worth a look
        ("x:\n", "x:", "", True, True, 2),  # all that is left of the line
        ("\nreturn x\n", "x:", "", False, False, 0),
        ("a, b)\n", Ghost("a, b)", ")"), ")", True, True, 4),
        ("a, b)\n", "a, b", ")", True, True, 4),  # the bracket is there
        ("a, b)\n", "a, b)", ")", True, False, 5),  # two brackets
        ("a) -> int:\n", Ghost("a) -> int:", ")"), ")", True, True, 9),
        ("\n    return x\n", "\n    return x", "", True, True, 9),  # the line below, at the end of this one
        ("\n    return x\n", " # done", "", True, False, 0),
        ("a = 1\r\nb\r\n", "a = 1\r\nb", "", True, True, 7),
        ("a = 1\n  b\n", "a = 1\n  c = 2", "", True, True, 5),  # the first line counts
    ],
)
def test_verdicts(rest: str, ghost: str | Ghost, after: str, shown: bool, right: bool, characters: int) -> None:
    verdict = judge(sight((0.05, ghost), after=after), trace(rest))
    assert (verdict.shown_ms is not None, verdict.right) == (shown, right)
    assert verdict.right_characters == characters


def test_it_counts_from_when_it_is_enough_and_stays() -> None:
    verdict = judge(sight((0.0, None), (0.03, "ret"), (0.07, "return"), (0.1, "return x")), trace("return x\n"))
    assert verdict.shown_ms == pytest.approx(70)
    assert not verdict.kept
    kept = judge(sight((0.0, "return"), (0.1, "return x")), trace("return x\n"))
    assert (kept.shown_ms, kept.kept) == (0.0, True)
    gone = judge(sight((0.0, "return"), (0.1, None)), trace("return x\n"))
    assert gone.shown_ms is None


def test_after_a_slip_nothing_is_right() -> None:
    slipped = replace(KEY, offset=None)
    verdict = judge(sight((0.0, "return x"), key=slipped), trace("return x\n"))
    assert verdict.shown_ms == 0.0
    assert not verdict.right


def test_sums() -> None:
    sights = [
        sight((0.0, None), (0.1, "return x"), gap=0.5),
        sight((0.0, "return x"), gap=0.1),
        sight((0.0, None), gap=0.6),
        sight((0.0, "return y"), gap=0.1),
    ]
    sights[0].flickers = 1
    summary = summarize(sights, [judge(each, trace("return x\n")) for each in sights])
    assert (summary.keys, summary.shown, summary.share_of_keys) == (4, 3, 0.75)
    assert (summary.pauses, summary.share_of_pauses) == (2, 0.5)
    assert (summary.right_lines, summary.precision) == (0.5, pytest.approx(2 / 3))
    assert summary.latency_ms == Percentiles(0.0, 100.0, 100.0)
    assert summary.fresh_latency_ms == Percentiles(100.0, 100.0, 100.0)
    assert summary.right_characters_per_key == pytest.approx((8 + 8 + 0 + 7) / 4)
    assert summary.flickers == 1


def test_percentiles_are_by_nearest_rank() -> None:
    assert percentiles(range(1, 101)) == Percentiles(50, 95, 99)
    assert percentiles([7]) == Percentiles(7, 7, 7)
    assert percentiles([]) == Percentiles(None, None, None)


def test_no_keys_give_no_shares() -> None:
    summary = summarize([], [])
    assert summary.share_of_keys is None
    assert summary.right_characters_per_key is None
