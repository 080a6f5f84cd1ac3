"""Several ends for a line, for whoever asks: found in one batch, ranked, filtered, distinct."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from foretype.complete import filters, stop
from foretype.complete.filters import Candidate
from foretype.complete.prompts import hole_at
from foretype.complete.results import CompletionResult
from foretype.complete.run import Run
from foretype.complete.stream import Stream, plain
from foretype.engines.base import Alternative, Engine, EngineInfo, Explored, ExploreRequest, FinishReason
from foretype.syntax.closes import adds_error
from foretype.syntax.cursor import Intent
from foretype.syntax.languages import Languages

LINES = 8
"""Lines to weigh against each other."""

AFTER_CHARACTERS = 240


@dataclass(frozen=True, slots=True)
class Way:
    """One way to go on: the suggestion, and its text as a stream that typing, or more text, can follow."""

    candidate: Candidate
    stream: Stream


@dataclass(frozen=True, slots=True)
class Ways:
    """Distinct ways to go on, best first; without any, ``rejected`` says why."""

    ways: tuple[Way, ...]
    rejected: str = ""


async def ways(
    engine: Engine, info: EngineInfo, languages: Languages, run: Run, begun: Stream, max_tokens: int
) -> Ways | None:
    """How the line at the cursor may go on; None if the request was superseded meanwhile. Raises EngineError.

    How well a line fits is asked twice: how likely it is to a model that was shown what follows the cursor, and how
    likely it is together with what follows, read on from the text before. The product of both decides; a model
    without FIM knows the latter only. A line that adds a syntax error comes last.
    """
    after = plain(begun.anchor.suffix)[:AFTER_CHARACTERS]
    after = after if after.strip() else ""
    request = ExploreRequest(hole_at(begun.anchor, begun.middle), LINES, max_tokens, after)
    found = await _unless_superseded(run, engine, request)
    if run.superseded:
        return None
    run.account(found.usage)
    ranked = sorted(found.alternatives, key=lambda line: _fit(line, bool(info.family)), reverse=True)
    kept: dict[str, Way] = {}
    rejected = ""
    for line in ranked:
        filtered = filters.run(Candidate(_of_line(line.text, run, begun)), run.surroundings)
        if filtered.candidate is None:
            rejected = rejected or f"rejected: {filtered.rejected}"
        elif filtered.candidate.text not in kept:
            stream = replace(begun, text=line.text, usage=found.usage, finish=FinishReason.END)
            kept[filtered.candidate.text] = Way(filtered.candidate, stream)
    sound = sorted(kept.values(), key=lambda way: _breaks(languages, run, way.candidate))
    return Ways(tuple(sound), rejected or "the model has nothing to add")


def offered(found: Ways, run: Run) -> CompletionResult:
    """The result that offers all ways to end the line."""
    return run.offer([way.candidate for way in found.ways]) if found.ways else run.nothing(found.rejected)


def begun_with(found: Ways, run: Run, begun: Stream) -> Stream:
    """The stream of a block that begins with the best line, beside which the others are offered."""
    if not found.ways:
        return begun
    run.others = [way.candidate for way in found.ways[1:]]
    return replace(found.ways[0].stream, finish=None)


def _of_line(text: str, run: Run, begun: Stream) -> str:
    """What of a line's end belongs to the cursor's line."""
    return text if begun.intent is Intent.BLOCK else stop.cut(text, Intent.LINE, run.surroundings, True, 1).text


async def _unless_superseded(run: Run, engine: Engine, request: ExploreRequest) -> Explored:
    work = asyncio.ensure_future(engine.explore(request))
    superseded = asyncio.ensure_future(run.ticket.wait())
    try:
        await asyncio.wait((work, superseded), return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else Explored()
    finally:
        superseded.cancel()
        work.cancel()


def _fit(line: Alternative, saw_suffix: bool) -> float:
    """The logarithm of how well a line fits where it stands."""
    if line.together is None:
        return line.logprob
    return line.together + (line.logprob if saw_suffix else 0.0)


def _breaks(languages: Languages, run: Run, candidate: Candidate) -> bool:
    around = run.surroundings
    before = [*(f"{line}\n" for line in around.above), around.before]
    after = [around.after[candidate.replaces :] + "\n", *(f"{line}\n" for line in around.below)]
    return adds_error(languages, run.request.snapshot.language, before, candidate.text, after)
