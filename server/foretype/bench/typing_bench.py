"""The typing benchmark: the same traces, typed with one engine after the other, and all that was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

from foretype.bench.marks import CODE, COMMENT, STRING, Marker
from foretype.bench.play import Sight, play
from foretype.bench.resources import Meter, Spent
from foretype.bench.score import Verdict, first_line, judge, percentiles, summarize
from foretype.bench.seat import Session, Work
from foretype.bench.trace import Kind, Trace
from foretype.bench.typing import RegionError, Source, make_trace

_LARGEST_VISITED = 200_000
WHERE = {CODE: "code", STRING: "strings", COMMENT: "comments"}


class Bench(Session, Protocol):
    """A session whose process is known, if it is on this machine."""

    @property
    def pid(self) -> int | None:
        """The engine's process while a trace is typed."""
        ...


@dataclass(frozen=True, slots=True)
class Region:
    """Lines ``first`` to ``last`` of a file, from 1."""

    path: Path
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Typed:
    """One trace as typed with one engine."""

    engine: str
    trace: Trace
    sights: tuple[Sight, ...]
    verdicts: tuple[Verdict, ...]
    work: Work
    spent: Spent


def parse_region(text: str) -> Region:
    """``FILE:FIRST-LAST``. Raises `RegionError`."""
    path, _, lines = text.rpartition(":")
    first, dash, last = lines.partition("-")
    if not (path and dash and first.isdecimal() and last.isdecimal()):
        raise RegionError(f"{text!r} names no lines to type; write FILE:FIRST-LAST, such as main.py:120-140.")
    return Region(Path(path).absolute(), int(first), int(last))


def make_traces(regions: Sequence[Region], seed: int) -> list[Trace]:
    """A trace for each region, with a visit to another region's file, or to a neighbour. Raises `RegionError`."""
    marker, traces = Marker(), []
    sources = {region.path: _source(region.path, marker) for region in regions}
    for region in regions:
        others = [path for path in sources if path != region.path] or _neighbours(region.path)
        visited = sources.get(others[0]) or _source(others[0], marker) if others else None
        traces.append(make_trace(sources[region.path], region.first, region.last, seed, visited))
    return traces


async def run(
    traces: Sequence[Trace],
    engines: Mapping[str, Bench],
    folder: Path,
    limit: int | None,
    tell: Callable[[str, Trace, Sight | None], None],
) -> list[Typed]:
    """Type every trace with each engine in turn, one at a time. Raises what the engines raise."""
    typed = []
    for trace in traces:
        for name, session in engines.items():
            tell(name, trace, None)
            await session.begin(trace, folder)
            try:
                meter = Meter(session.pid)
                sights = await play(trace, session, limit, lambda sight, n=name, t=trace: tell(n, t, sight))  # type: ignore[misc]
                spent = meter.read()
            finally:
                work = await session.end()
            verdicts = tuple(judge(sight, trace) for sight in sights)
            typed.append(Typed(name, trace, tuple(sights), verdicts, work, spent))
    return typed


def results(typed: Sequence[Typed]) -> dict[str, dict[str, Any]]:
    """The figures of each engine over all its traces."""
    names = dict.fromkeys(each.engine for each in typed)
    return {name: _engine([each for each in typed if each.engine == name]) for name in names}


def compared(engines: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float | None]]:
    """How many times as much the first engine has of a share as each other one; None where the other has nothing."""
    first, *others = engines
    shares = ("share_of_keys", "share_of_pauses", "right_lines")
    return {
        other: {name: _per(engines[first]["code"][name], engines[other]["code"][name]) for name in shares}
        for other in others
    }


def keys(typed: Sequence[Typed]) -> list[dict[str, Any]]:
    """Every key of every trace and engine, with what was seen."""
    return [
        _key(each, sight, verdict) for each in typed for sight, verdict in zip(each.sights, each.verdicts, strict=True)
    ]


def _engine(typed: Sequence[Typed]) -> dict[str, Any]:
    pairs = [pair for each in typed for pair in zip(each.sights, each.verdicts, strict=True) if pair[0].key.edits]
    by_place = {
        name: asdict(summarize(*_unzipped([pair for pair in pairs if pair[0].key.where == where])))
        for where, name in WHERE.items()
    }
    evaluated = [int(ledger["prefill_tokens"]) for sight, _ in pairs if (ledger := _ledger(sight))]
    on_new_lines = [
        int(ledger["prefill_tokens"]) for s, _ in pairs if s.key.kind is Kind.ENTER and (ledger := _ledger(s))
    ]
    work = {field.name: _sum(getattr(each.work, field.name) for each in typed) for field in fields(Work)[:-1]}
    by_key = percentiles(evaluated)
    counted = all(each.work.counts_everything for each in typed)
    return {
        **by_place,
        "everywhere": asdict(summarize(*_unzipped(pairs))),
        "accepted_suggestions": sum(sight.key.kind is Kind.ACCEPT for sight, _ in pairs),
        "tokens": {
            **work,
            # Counted over all, or over the keys whose request was answered and told.
            "evaluated_per_key": _per(work["evaluated_tokens"], len(pairs) if counted else len(evaluated)),
            "evaluated_is_known_of": len(pairs) if counted else len(evaluated),
            "evaluated_per_key_p95": by_key.p95,
            "evaluated_per_key_max": max(evaluated, default=None),
            "evaluated_on_a_new_line_max": max(on_new_lines, default=None),
            "drafts_accepted": _per(work["accepted_tokens"], work["drafted_tokens"]),
        },
        "cpu_seconds": _sum(each.spent.cpu_seconds for each in typed),
        "cpu_seconds_per_key": _per(_sum(each.spent.cpu_seconds for each in typed), len(pairs)),
        "energy_joules": _sum(each.spent.energy_joules for each in typed),
        "wall_seconds": sum(each.spent.wall_seconds for each in typed),
        "typist_late_ms": asdict(percentiles(max(0.0, sight.late) * 1000 for each in typed for sight in each.sights)),
    }


def _key(typed: Typed, sight: Sight, verdict: Verdict) -> dict[str, Any]:
    key, ghost = sight.key, sight.views[-1].ghost if sight.views else None
    rest = typed.trace.rest(key)
    return {
        "engine": typed.engine,
        "trace": typed.trace.name,
        "number": sight.number,
        "at_ms": round(sight.pressed * 1000, 1),
        "gap_ms": round(sight.gap * 1000, 1),
        "kind": key.kind.value,
        "char": key.char,
        "where": WHERE[key.where],
        "rest_of_line": None if rest is None else first_line(rest),
        "shown": ghost.seen if ghost else None,
        "shown_ms": None if verdict.shown_ms is None else round(verdict.shown_ms, 1),
        "kept": verdict.kept,
        "right": verdict.right,
        "right_characters": verdict.right_characters,
        "flickers": sight.flickers,
        "seen": [[round(view.at * 1000, 1), view.ghost.seen if view.ghost else None] for view in sight.views],
        "ledger": sight.ledger.get("ledger"),
        "rejected": sight.ledger.get("rejected"),
    }


def _ledger(sight: Sight) -> Mapping[str, Any] | None:
    ledger = sight.ledger.get("ledger")
    return ledger if isinstance(ledger, Mapping) and "prefill_tokens" in ledger else None


def _unzipped(pairs: Sequence[tuple[Sight, Verdict]]) -> tuple[list[Sight], list[Verdict]]:
    return [sight for sight, _ in pairs], [verdict for _, verdict in pairs]


def _sum(values: Any) -> Any:
    """The sum of what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _per(total: float | None, count: float | None) -> float | None:
    return total / count if total is not None and count else None


def _source(path: Path, marker: Marker) -> Source:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise RegionError(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise RegionError(f"{path} is not UTF-8 text.") from None
    language = marker.language(path.name)
    return Source(str(path), language, text, marker.places(text, language))


def _neighbours(path: Path) -> list[Path]:
    """Files of the same kind in the same folder."""
    beside = sorted(path.parent.glob(f"*{path.suffix}"))
    return [each for each in beside if each != path and 500 < each.stat().st_size < _LARGEST_VISITED][:1]
