"""The load benchmark: more and more typists at one endpoint, until they no longer get what one alone would get."""

from __future__ import annotations

import asyncio
import random
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from foretype.bench.load_typist import Got, LoadTypist
from foretype.bench.marks import Marker
from foretype.bench.score import percentiles
from foretype.bench.trace import Trace
from foretype.bench.typing import RegionError, Source, make_trace
from foretype.complete.pipeline import Completer

KNEE_SHARE = 0.9
"""Of what one typist gets."""

LATE_MS = 20.0
"""Keys that are pressed so late (at p95) mean that this machine, not the endpoint, was at its limit."""

_FILES = ("argparse.py", "configparser.py", "shutil.py", "statistics.py", "tarfile.py", "textwrap.py", "zipfile.py")
_LINES = 30
_TRACES = 6


def steps(most: int) -> list[int]:
    """1, 2, 4 and so on, up to ``most``."""
    numbers = []
    number = 1
    while number < most:
        numbers.append(number)
        number *= 2
    return [*numbers, most]


def traces_of(number: int) -> list[Trace]:
    """What one typist types: lines of the standard library, other ones for each."""
    seed = random.Random(f"load:{number}")
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = [folder / name for name in _FILES if (folder / name).is_file()]
    marker = Marker()
    made: list[Trace] = []
    while len(made) < _TRACES:
        path = seed.choice(files)
        text = path.read_text(encoding="utf-8")
        source = Source(path.name, "python", text, marker.places(text, "python"))
        first = seed.randrange(20, text.count("\n") - _LINES)
        try:
            made.append(make_trace(source, first, first + _LINES, number))
        except RegionError:
            continue
    return made


async def run(
    make: Callable[[], Completer], most: int, seconds: float, tell: Callable[[Mapping[str, Any]], None]
) -> list[dict[str, Any]]:
    """The figures for each number of typists, each for so many seconds; ``tell`` hears of each when it is there.

    ``make`` makes a typist's pipeline. Raises what making it raises.
    """
    completers = [make() for _ in range(most)]
    plans = [traces_of(number) for number in range(most)]
    measured: list[dict[str, Any]] = []
    try:
        await _warm_up(completers[0], plans[0])
        for number in steps(most):
            measured.append(await _measure(completers[:number], plans, seconds))
            tell(measured[-1])
    finally:
        await asyncio.gather(*(each.aclose() for each in completers))
    return measured


def knee(measured: Sequence[Mapping[str, Any]]) -> int | None:
    """The first number of typists who got clearly less than one alone; None if all got what one gets."""
    alone = measured[0]["served_share"]
    return next((each["typists"] for each in measured if each["served_share"] < KNEE_SHARE * alone), None)


def rows(measured: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The figures as a table, a column for each number of typists."""

    def times(values: Mapping[str, float | None]) -> str:
        return " / ".join("–" if value is None else f"{value:.0f}" for value in values.values()) + " ms"

    return [
        ("keys", [str(each["keys"]) for each in measured]),
        ("keys with a suggestion before the next", [f"{each['served_share']:.0%}" for each in measured]),
        ("first text, p50 / p95 / p99", [times(each["first_text_ms"]) for each in measured]),
        ("tokens per second, in all", [f"{each['tokens_per_second']:.0f}" for each in measured]),
        ("requests that the endpoint failed", [str(sum(each["errors"].values())) for each in measured]),
        ("keys pressed too late by, p95", [f"{each['late_ms']['p95'] or 0.0:.0f} ms" for each in measured]),
    ]


async def _warm_up(completer: Completer, traces: Sequence[Trace]) -> None:
    """The first uses of everything are no keystrokes like others."""
    await LoadTypist(completer, -1, traces).type(2.0, 0.0)


async def _measure(completers: Sequence[Completer], plans: Sequence[Sequence[Trace]], seconds: float) -> dict[str, Any]:
    before = [each.totals().decode_tokens for each in completers]
    typists = [
        LoadTypist(completer, number, traces)
        for number, (completer, traces) in enumerate(zip(completers, plans, strict=False))
    ]
    delays = random.Random(len(completers))
    all_got = await asyncio.gather(
        *(each.type(seconds, delays.uniform(0.0, min(1.0, seconds / 4))) for each in typists)
    )
    tokens = sum(each.totals().decode_tokens for each in completers) - sum(before)
    got = Got()
    for each in all_got:
        got.add(each)
    return {
        "typists": len(completers),
        "keys": got.keys,
        "served_share": got.served / got.keys if got.keys else 0.0,
        "first_text_ms": asdict(percentiles(got.first_text_ms)),
        "tokens_per_second": tokens / seconds,
        "errors": got.errors,
        "late_ms": asdict(percentiles(got.late_ms)),
    }
