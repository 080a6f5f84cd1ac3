"""Fixes a finding without a model, where its rule has a repair, and proves the result like any other edit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from foretype.actions.candidates import Candidate, Judged
from foretype.actions.catalog import Diagnostic
from foretype.actions.prove import Prover
from foretype.actions.repairs.importing import with_import
from foretype.actions.repairs.rules import FORMATTED, has_repair, repairs
from foretype.actions.repairs.source import Change, Place, Repair, Source, applied
from foretype.actions.target import Target
from foretype.actions.verdict import Standing
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit, split_lines
from foretype.text.positions import Point

MOST_TRIED = 4


@dataclass(frozen=True, slots=True)
class Made:
    """A repair as an edit: the document's text after it, what it replaces with what, and what it imports."""

    text: str
    target: Target
    candidate: Candidate
    taken: str


async def repaired(snapshot: Snapshot, diagnostic: Diagnostic, prover: Prover) -> Judged | None:
    """The first repair that is proved, else the first that nothing speaks against; None if there is none."""
    best: Judged | None = None
    found = await asyncio.to_thread(made_for, snapshot, diagnostic)
    if diagnostic.code in FORMATTED and (text := await prover.formatted(diagnostic.start.line)) is not None:
        found += laid_out(snapshot, text)
    for made in found:
        verdict = await prover.prove(made.text, made.candidate.code, made.target, made.taken)
        if verdict.standing is Standing.FAILED:
            continue
        judged = Judged(made.candidate, verdict, made.target)
        if verdict.standing is Standing.PROVED:
            return judged
        best = best or judged
    return best


def made_for(snapshot: Snapshot, diagnostic: Diagnostic) -> list[Made]:
    """The repairs of a diagnostic; none where the file can't be read or the rule has none."""
    if not has_repair(snapshot.language, diagnostic.source, diagnostic.code):
        return []
    try:
        source = Source(snapshot.text)
        start, end = (snapshot.offset_at(each) for each in (diagnostic.start, diagnostic.end))
        found = _first(repairs(source, diagnostic.code, Place(start, end, diagnostic.message)))
        return [made for each in found if (made := _made(snapshot, source, diagnostic, each)) is not None]
    except (SyntaxError, ValueError, RecursionError):
        return []


def laid_out(snapshot: Snapshot, text: str) -> list[Made]:
    """A text that a formatter made of a document's, as a repair of the lines that it changed."""
    before, after = list(snapshot.lines), split_lines(text)
    if before == after:
        return []
    least = min(len(before), len(after))
    first = next((at for at in range(least) if before[at] != after[at]), least - 1)
    same = next((at for at in range(least - first) if before[-1 - at] != after[-1 - at]), least - first)
    last, stop = len(before) - 1 - same, len(after) - 1 - same
    if last < first or stop < first:
        return []
    end = Point(last, len(snapshot.body(last)))
    start = Point(first, 0)
    target = Target("lines", "", start, end, snapshot.text_between(start, end), "")
    code = "".join(after[first : stop + 1]).rstrip("\r\n")
    return [Made(text, target, Candidate(code, "the formatter", 0.0), "")]


def _first(found: Iterator[Repair]) -> list[Repair]:
    return [each for each, _ in zip(found, range(MOST_TRIED), strict=False)]


def _made(snapshot: Snapshot, source: Source, diagnostic: Diagnostic, repair: Repair) -> Made | None:
    imports = [change for line in repair.imports if (change := with_import(source, line)) is not None]
    if not repair.changes and not imports:
        return None
    text = applied(source.text, (*repair.changes, *imports))
    target, code = _region(snapshot, source.text, diagnostic, repair.changes)
    edits = tuple(Edit(snapshot.point_at(each.start), snapshot.point_at(each.end), each.text) for each in imports)
    return Made(text, target, Candidate(code, "a repair", 0.0, edits), repair.taken)


def _region(snapshot: Snapshot, text: str, diagnostic: Diagnostic, changes: Sequence[Change]) -> tuple[Target, str]:
    """The lines that changes touch, and what they become."""
    first = min((each.start for each in changes), default=snapshot.offset_at(diagnostic.start))
    last = max((each.end for each in changes), default=first)
    begin = Point(snapshot.point_at(first).line, 0)
    stop = snapshot.point_at(last)
    stop = Point(stop.line, len(snapshot.body(stop.line)))
    low, high = snapshot.offset_at(begin), snapshot.offset_at(stop)
    inside = tuple(Change(each.start - low, each.end - low, each.text) for each in changes)
    before = text[low:high]
    return Target("lines", "", begin, stop, before, ""), applied(before, inside)
