"""Reports for people: tables of figures, and the conditions that they hold under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

Rows = Sequence[tuple[str, Sequence[str]]]


def print_table(console: Console, title: str, columns: Sequence[str], rows: Rows) -> None:
    """A table with a name for each row, its figures to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    for name, cells in rows:
        table.add_row(name, *cells)
    console.print(table)


def print_conditions(console: Console, conditions: Mapping[str, object]) -> None:
    """The conditions, indented by their groups."""
    console.print("Conditions", style="bold")
    for name, value in flat(conditions):
        console.print(f"  {name}: {value}", style="dim", soft_wrap=True, highlight=False, markup=False)


def flat(conditions: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Names and values of nested conditions, a group's name before each of its own."""
    for name, value in conditions.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}, ")
        else:
            yield f"{prefix}{name}", str(value)


def typing_rows(engines: Mapping[str, Mapping[str, Any]]) -> Rows:
    """The typing benchmark's figures, a column for each engine."""
    code = [engine["code"] for engine in engines.values()]
    return [
        ("keys in code", [str(c["keys"]) for c in code]),
        ("keys with a suggestion in time", [share(c["share_of_keys"]) for c in code]),
        ("  of those with text left on the line", [share(c["share_where_text_is_left"]) for c in code]),
        ("pauses of 0.4 s and more", [str(c["pauses"]) for c in code]),
        ("pauses with a suggestion in time", [share(c["share_of_pauses"]) for c in code]),
        ("  of those with text left on the line", [share(c["share_of_pauses_where_text_is_left"]) for c in code]),
        ("on screen after, p50 / p95 / p99", [times(c["latency_ms"]) for c in code]),
        ("  of those not there already", [times(c["fresh_latency_ms"]) for c in code]),
        ("right lines", [share(c["right_lines"]) for c in code]),
        ("precision (right of those shown)", [share(c["precision"]) for c in code]),
        ("characters offered per key", [number(c["offered_characters_per_key"]) for c in code]),
        ("characters offered and right per key", [number(c["right_characters_per_key"]) for c in code]),
        ("flicker", [str(e["everywhere"]["flickers"]) for e in engines.values()]),
        ("suggestions accepted", [str(e["accepted_suggestions"]) for e in engines.values()]),
        ("keys in strings, with a suggestion in time", [part(e["strings"]) for e in engines.values()]),
        ("keys in comments, with a suggestion in time", [part(e["comments"]) for e in engines.values()]),
        *_work_rows([engine["tokens"] for engine in engines.values()]),
        ("CPU seconds per key", [number(e["cpu_seconds_per_key"]) for e in engines.values()]),
        ("energy, whole package", [number(e["energy_joules"], " J") for e in engines.values()]),
    ]


def _work_rows(tokens: Sequence[Mapping[str, Any]]) -> Rows:
    return [
        ("tokens evaluated per key", [number(t["evaluated_per_key"]) for t in tokens]),
        ("  known of so many keys", [count(t["evaluated_is_known_of"]) for t in tokens]),
        ("  most for one key / on a new line", [most(t) for t in tokens]),
        ("tokens evaluated in idle time", [count(t["idle_evaluated_tokens"]) for t in tokens]),
        ("tokens generated", [count(t["generated_tokens"]) for t in tokens]),
        ("  never shown", [count(t["unshown_tokens"]) for t in tokens]),
        ("drafts accepted", [share(t["drafts_accepted"]) for t in tokens]),
        ("requests / cancelled", [f"{t['requests']} / {t['cancelled']}" for t in tokens]),
    ]


def share(value: float | None) -> str:
    """As per cent."""
    return "–" if value is None else f"{value:.0%}" if value in (0, 1) else f"{value:.1%}"


def number(value: float | None, unit: str = "") -> str:
    """To two places."""
    return "–" if value is None else f"{value:.2f}{unit}"


def count(value: int | None) -> str:
    """A whole number, or a dash."""
    return "–" if value is None else f"{value:,}"


def times(values: Mapping[str, float | None]) -> str:
    """Percentiles in milliseconds."""
    if values["p50"] is None:
        return "–"
    return " / ".join(f"{value:.0f}" for value in values.values() if value is not None) + " ms"


def part(summary: Mapping[str, Any]) -> str:
    """How many keys, and how many of them had a suggestion."""
    return f"{summary['keys']}, {share(summary['share_of_keys'])}" if summary["keys"] else "none"


def most(tokens: Mapping[str, Any]) -> str:
    """The most tokens that a key cost, and a key that began a line."""
    return f"{count(tokens['evaluated_per_key_max'])} / {count(tokens['evaluated_on_a_new_line_max'])}"
