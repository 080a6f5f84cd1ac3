"""The infilling benchmark's figures as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foretype.bench.report import Rows, number, share, times


def rows(data: Mapping[str, Any]) -> tuple[list[str], Rows]:
    """The columns' names and the rows: a column for all holes, each kind, and each language."""
    groups = {
        "all": data,
        **({"line and tail": data["line_and_tail"]} if data["line_and_tail"] else {}),
        **data["by_kind"],
        **data["by_language"],
    }
    own, raw = list(groups.values()), [group["raw"] for group in groups.values()]
    table: Rows = [
        ("holes", [str(group["n"]) for group in own]),
        ("exact match", [share(group["exact_match"]) for group in own]),
        ("  95 %", [_interval(group["exact_match_interval"]) for group in own]),
        ("  the raw model", [share(group["exact_match"]) for group in raw]),
        ("  times raw", [number(group["times_raw"]) for group in own]),
        ("edit similarity", [number(group["edit_similarity"]) for group in own]),
        ("  the raw model", [number(group["edit_similarity"]) for group in raw]),
        ("parses as the file did (of those shown)", [share(group["parses"]) for group in own]),
        ("  the raw model", [share(group["parses"]) for group in raw]),
        ("adds a syntax error (of those shown)", [share(group["adds_error"]) for group in own]),
        ("repeats the suffix (of those shown)", [share(group["suffix_repeated"]) for group in own]),
        ("  the raw model", [share(group["suffix_repeated"]) for group in raw]),
        ("unbalances brackets (of those shown)", [share(group["unbalanced"]) for group in own]),
        ("  the raw model", [share(group["unbalanced"]) for group in raw]),
        ("empty", [share(group["empty"]) for group in own]),
        *(
            (f"  {reason}", [str(group["why_empty"].get(reason, 0)) for group in own])
            for reason in sorted(data["why_empty"], key=data["why_empty"].get, reverse=True)
        ),
        ("latency, p50 / p95 / p99", [times(group["latency_ms"]) for group in own]),
        (f"silent where nothing is needed ({data['quiet_n']} places)", [share(data["quiet_rate"])]),
    ]
    return list(groups), [(name, [*cells, *[""] * (len(groups) - len(cells))]) for name, cells in table]


def _interval(interval: tuple[float, float] | None) -> str:
    return "–" if interval is None else f"{interval[0]:.2f}-{interval[1]:.2f}"
