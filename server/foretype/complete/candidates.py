"""Several ends for a line, for whoever asks: found in one batch, filtered, ranked, distinct."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from foretype.complete import filters
from foretype.complete.filters import Candidate
from foretype.complete.prompts import hole_at
from foretype.complete.results import CompletionResult
from foretype.complete.run import Run
from foretype.complete.stream import Stream, plain
from foretype.engines.base import Alternative, Engine, EngineInfo, Explored, ExploreRequest, FinishReason
from foretype.syntax.closes import adds_error
from foretype.syntax.languages import Languages

LINES = 8
"""Lines to weigh against each other."""

AFTER_CHARACTERS = 240


async def candidates(
    engine: Engine, info: EngineInfo, languages: Languages, run: Run, begun: Stream, max_tokens: int
) -> tuple[CompletionResult | None, tuple[Stream, ...]]:
    """The result with distinct suggestions, best first, and each one's text as a stream that typing can follow.

    How well a line fits is asked twice: how likely it is to a model that was shown what follows the cursor, and how
    likely it is together with what follows, read on from the text before. The product of both decides; a model
    without FIM knows the latter only. A line that adds a syntax error comes last. No result if the request was
    superseded meanwhile. Raises EngineError.
    """
    after = plain(begun.anchor.suffix)[:AFTER_CHARACTERS]
    after = after if after.strip() else ""
    request = ExploreRequest(hole_at(begun.anchor, begun.middle), LINES, max_tokens, after)
    found = await _unless_superseded(run, engine, request)
    if run.superseded:
        return None, ()
    run.account(found.usage)
    ranked = sorted(found.alternatives, key=lambda line: _fit(line, bool(info.family)), reverse=True)
    kept, streams, rejected = _filtered(run, begun, ranked)
    if not kept:
        return run.nothing(rejected or "the model has nothing to add"), ()
    kept.sort(key=lambda candidate: _breaks(languages, run, candidate))
    return run.offer(kept), streams


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


def _filtered(
    run: Run, begun: Stream, lines: list[Alternative]
) -> tuple[list[Candidate], tuple[Stream, ...], str | None]:
    kept: dict[str, Candidate] = {}
    streams: list[Stream] = []
    rejected: str | None = None
    for line in lines:
        filtered = filters.run(Candidate(line.text), run.surroundings)
        if filtered.candidate is None:
            rejected = rejected or f"rejected: {filtered.rejected}"
        elif filtered.candidate.text not in kept:
            kept[filtered.candidate.text] = filtered.candidate
            streams.append(replace(begun, text=line.text, finish=FinishReason.END))
    return list(kept.values()), tuple(streams), rejected


def _breaks(languages: Languages, run: Run, candidate: Candidate) -> bool:
    around = run.surroundings
    before = [*(f"{line}\n" for line in around.above), around.before]
    after = [around.after[candidate.replaces :] + "\n", *(f"{line}\n" for line in around.below)]
    return adds_error(languages, run.request.snapshot.language, before, candidate.text, after)
