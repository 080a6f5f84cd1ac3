"""From verdicts to figures: shares with bootstrap intervals, by language and by kind, the raw model beside."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from foretype.bench.infill_run import Answer, Filled
from foretype.bench.quiet import Asked
from foretype.bench.score import percentiles

RESAMPLES = 1000
CONFIDENCE = 0.95

Figures = dict[str, Any]
Interval = tuple[float, float]


def results(filled: Sequence[Filled], quiet: Sequence[Asked], conditions: Mapping[str, object]) -> Figures:
    """All that ``--json`` writes. Shares of what is wrong with answers are of those that aren't empty."""
    by_language, by_kind = _groups(filled, _language), _groups(filled, _kind)
    first_lines = [one for one in filled if one.hole.kind != "block"]
    overall = _figures(filled)
    overall["raw"]["by_language"] = {name: _summary(_raw(some)) for name, some in by_language.items()}
    overall["raw"]["by_kind"] = {name: _summary(_raw(some)) for name, some in by_kind.items()}
    return {
        "benchmark": "infill",
        **overall,
        "quiet_rate": quiet_rate(quiet),
        "quiet_n": len(quiet),
        "by_language": {name: _figures(some) for name, some in by_language.items()},
        "by_kind": {name: _figures(some) for name, some in by_kind.items()},
        "line_and_tail": _figures(first_lines) if first_lines else None,
        "conditions": conditions,
        "items": [_item(one) for one in filled],
        "quiet_items": [asdict(one) for one in quiet],
    }


def quiet_rate(quiet: Sequence[Asked]) -> float | None:
    """The share of places that need nothing at which nothing was suggested."""
    return sum(one.suggested is None for one in quiet) / len(quiet) if quiet else None


def bootstrap(values: Sequence[Any], statistic: Callable[[Sequence[Any]], float | None]) -> Interval | None:
    """The statistic's percentile interval over values drawn with replacement (Efron 1979); None if it has no value."""
    draw = random.Random(0)
    found = (statistic(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    known = sorted(value for value in found if value is not None)
    if not known:
        return None
    outside = (1 - CONFIDENCE) / 2
    return known[int(outside * len(known))], known[min(len(known) - 1, int((1 - outside) * len(known)))]


def _groups(filled: Sequence[Filled], key: Callable[[Filled], str]) -> dict[str, list[Filled]]:
    groups: dict[str, list[Filled]] = {}
    for one in filled:
        groups.setdefault(key(one), []).append(one)
    return groups


def _language(one: Filled) -> str:
    return one.hole.language


def _kind(one: Filled) -> str:
    return one.hole.kind


def _raw(filled: Sequence[Filled]) -> list[Answer]:
    return [one.raw for one in filled]


def _figures(filled: Sequence[Filled]) -> Figures:
    pairs = [(one.ours.verdict.exact, one.raw.verdict.exact) for one in filled]
    return {
        **_summary([one.ours for one in filled]),
        "times_raw": _times(pairs),
        "times_raw_interval": bootstrap(pairs, _times),
        "raw": _summary(_raw(filled)),
    }


def _summary(answers: Sequence[Answer]) -> Figures:
    verdicts = [answer.verdict for answer in answers]
    shown = [verdict for verdict in verdicts if not verdict.empty]
    exact, similar = [verdict.exact for verdict in verdicts], [verdict.similarity for verdict in verdicts]
    return {
        "n": len(answers),
        "exact_match": _mean(exact),
        "exact_match_interval": bootstrap(exact, _mean),
        "edit_similarity": _mean(similar),
        "edit_similarity_interval": bootstrap(similar, _mean),
        "parses": _mean([verdict.parses for verdict in shown]),
        "adds_error": _mean([verdict.adds_error for verdict in shown]),
        "empty": _mean([verdict.empty for verdict in verdicts]),
        "why_empty": dict(Counter(answer.why_empty or "blank" for answer in answers if answer.verdict.empty)),
        "suffix_repeated": _mean([verdict.suffix_repeated for verdict in shown]),
        "unbalanced": _mean([verdict.unbalanced for verdict in shown]),
        "latency_ms": asdict(percentiles(answer.latency_ms for answer in answers)),
    }


def _times(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """How often the first of the pairs is true, by how often the second is."""
    by = sum(second for _, second in pairs)
    return sum(first for first, _ in pairs) / by if by else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _item(one: Filled) -> Figures:
    hole = one.hole
    return {
        "id": hole.id,
        "language": hole.language,
        "kind": hole.kind,
        "expected": hole.counted(hole.middle),
        **_answer(one.ours),
        "raw": _answer(one.raw),
    }


def _answer(answer: Answer) -> Figures:
    return {
        "answer": answer.text,
        "replaces": answer.replaces,
        "why_empty": answer.why_empty,
        "verdict": asdict(answer.verdict),
        "latency_ms": round(answer.latency_ms, 1),
    }
