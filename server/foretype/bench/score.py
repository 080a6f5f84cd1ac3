"""What a typist got: for each key whether a suggestion was there in time and right, and the sums over many keys."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from foretype.bench.cadence import PAUSE_SECONDS
from foretype.bench.play import Sight
from foretype.bench.screen import Ghost
from foretype.bench.trace import Trace

ENOUGH_VISIBLE = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """One key's outcome.

    ``shown_ms`` is when a suggestion worth the name (at least `ENOUGH_VISIBLE` visible characters, or all that is
    left of the line) came on screen to stay until the next key, counted from the key: 0 if it was there already, which
    ``kept`` says; None if there was none. ``right`` is whether its first line is what was then typed.
    ``right_characters`` are those at its beginning that were, of the ``offered_characters``; a new line with its
    indentation counts as one.
    """

    shown_ms: float | None
    kept: bool
    right: bool
    offered_characters: int
    right_characters: int
    pause: bool
    text_left: bool


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of some milliseconds; None where there are none."""

    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Sums over keys. Shares are of all ``keys`` but those named: ``share_of_pauses`` and ``precision``, which is the
    share right of those shown. ``*_where_text_is_left`` leaves out the keys after which a line is complete. Latencies
    are those of keys with a suggestion in time; ``fresh`` leaves out those that were on screen already.
    """

    keys: int
    shown: int
    share_of_keys: float | None
    pauses: int
    share_of_pauses: float | None
    pauses_where_text_is_left: int
    share_of_pauses_where_text_is_left: float | None
    keys_where_text_is_left: int
    share_where_text_is_left: float | None
    latency_ms: Percentiles
    fresh_latency_ms: Percentiles
    kept: int
    right_lines: float | None
    precision: float | None
    offered_characters_per_key: float | None
    right_characters_per_key: float | None
    flickers: int
    vanished: int


def judge(sight: Sight, trace: Trace) -> Verdict:
    """The outcome of one key."""
    rest = trace.rest(sight.key)
    since, kept, ghost = _in_time(sight, rest)
    return Verdict(
        shown_ms=since * 1000 if ghost is not None else None,
        kept=kept,
        right=ghost is not None and rest is not None and _line_is_right(ghost, rest, sight.after),
        offered_characters=_offered_characters(ghost) if ghost else 0,
        right_characters=_right_characters(ghost, rest) if ghost and rest else 0,
        pause=sight.gap >= PAUSE_SECONDS,
        text_left=bool(rest and first_line(rest).strip()),
    )


def summarize(sights: Sequence[Sight], verdicts: Sequence[Verdict]) -> Summary:
    """The sums over the given keys, which all change text."""
    shown = [verdict for verdict in verdicts if verdict.shown_ms is not None]
    pauses = [verdict for verdict in verdicts if verdict.pause]
    left = [verdict for verdict in verdicts if verdict.text_left]
    times = [verdict.shown_ms for verdict in shown if verdict.shown_ms is not None]
    fresh = [verdict.shown_ms for verdict in shown if verdict.shown_ms is not None and not verdict.kept]
    return Summary(
        keys=len(verdicts),
        shown=len(shown),
        share_of_keys=_share(verdicts, _is_shown),
        pauses=len(pauses),
        share_of_pauses=_share(pauses, _is_shown),
        pauses_where_text_is_left=sum(verdict.text_left for verdict in pauses),
        share_of_pauses_where_text_is_left=_share([v for v in pauses if v.text_left], _is_shown),
        keys_where_text_is_left=len(left),
        share_where_text_is_left=_share(left, _is_shown),
        latency_ms=percentiles(times),
        fresh_latency_ms=percentiles(fresh),
        kept=sum(verdict.kept for verdict in shown),
        right_lines=_share(verdicts, lambda verdict: verdict.right),
        precision=_share(shown, lambda verdict: verdict.right),
        offered_characters_per_key=_mean(verdict.offered_characters for verdict in verdicts),
        right_characters_per_key=_mean(verdict.right_characters for verdict in verdicts),
        flickers=sum(sight.flickers for sight in sights),
        vanished=sum(sight.vanished for sight in sights),
    )


def percentiles(values: Iterable[float]) -> Percentiles:
    """By nearest rank."""
    ordered = sorted(values)

    def rank(share: float) -> float | None:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None

    return Percentiles(rank(0.5), rank(0.95), rank(0.99))


def _in_time(sight: Sight, rest: str | None) -> tuple[float, bool, Ghost | None]:
    """Since when a suggestion worth the name stands, whether since before the key, and the last of it."""
    since = kept = None
    for index, view in enumerate(sight.views):
        if view.ghost is None or not _is_enough(view.ghost, rest, sight.after):
            since = kept = None
        elif since is None:
            since, kept = view.at, index == 0
    if since is None:
        return 0.0, False, None
    return since, bool(kept), sight.views[-1].ghost


def _is_enough(ghost: Ghost, rest: str | None, after: str) -> bool:
    if ghost.visible >= ENOUGH_VISIBLE:
        return True
    return rest is not None and bool(first_line(rest).strip()) and _line_is_right(ghost, rest, after)


def _line_is_right(ghost: Ghost, rest: str, after: str) -> bool:
    """Whether the line comes out as the typist will write it; of a suggestion that begins below, the first there."""
    written = ghost.text + after[len(ghost.replaced) :] if "\n" not in _plain(ghost.text) else ghost.text
    if not first_line(written).strip() or not first_line(rest).strip():
        if first_line(written).strip() != first_line(rest).strip():
            return False
        written, rest = written.lstrip(), rest.lstrip()
    return bool(first_line(written).strip()) and first_line(written).rstrip() == first_line(rest).rstrip()


def _offered_characters(ghost: Ghost) -> int:
    return max(0, len(_collapsed(ghost.text).rstrip("\n")) - len(ghost.replaced))


def _right_characters(ghost: Ghost, rest: str) -> int:
    offered, typed = _collapsed(ghost.text), _collapsed(rest)
    agree = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(offered, typed, strict=False))
    right = len("".join(char for char, _ in agree).rstrip("\n"))
    # What stands there already is not offered.
    return max(0, right - len(ghost.replaced)) if right == len(offered.rstrip("\n")) else right


def _collapsed(text: str) -> str:
    return re.sub(r"\n[ \t]*", "\n", _plain(text))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def first_line(text: str) -> str:
    """A text up to its first line ending."""
    return _plain(text).split("\n", 1)[0]


def _is_shown(verdict: Verdict) -> bool:
    return verdict.shown_ms is not None


def _share(verdicts: Sequence[Verdict], holds: Callable[[Verdict], bool]) -> float | None:
    return sum(map(holds, verdicts)) / len(verdicts) if verdicts else None


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return fmean(listed) if listed else None
