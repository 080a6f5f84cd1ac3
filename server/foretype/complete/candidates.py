"""Several ends for a line, for whoever asks: found in one batch, filtered, ranked, distinct."""

from __future__ import annotations

from dataclasses import dataclass, replace

from foretype.complete import filters
from foretype.complete.filters import Candidate
from foretype.complete.prompts import hole_at
from foretype.complete.run import Run
from foretype.complete.stream import Stream, plain
from foretype.engines.base import Alternative, Engine, EngineInfo, ExploreRequest, FinishReason, Usage
from foretype.syntax.closes import adds_error
from foretype.syntax.languages import Languages

WITH_SUFFIX, WITHOUT_SUFFIX = 3, 8
"""Lines to weigh: for models that have read the suffix, and for those whose lines have yet to be held against it."""

AFTER_CHARACTERS = 240


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct suggestions, best first, and each one's text as a stream that typing can follow; why, if none."""

    kept: tuple[Candidate, ...]
    streams: tuple[Stream, ...]
    rejected: str | None
    usage: Usage


async def candidates(
    engine: Engine, info: EngineInfo, languages: Languages, run: Run, begun: Stream, max_tokens: int
) -> Candidates:
    """What an engine finds for the end of a line.

    A model without FIM has not seen what comes after the cursor: its lines are ranked by the probability of line and
    following text together. Otherwise the likeliest line leads. One that adds a syntax error comes last. Raises
    EngineError.
    """
    after = "" if info.family else plain(begun.anchor.suffix)[:AFTER_CHARACTERS]
    count = WITH_SUFFIX if info.family else WITHOUT_SUFFIX
    found = await engine.explore(ExploreRequest(hole_at(begun.anchor, begun.middle), count, max_tokens, after))
    ranked = sorted(found.alternatives, key=_joint, reverse=True) if after.strip() else list(found.alternatives)
    kept, streams, rejected = _filtered(run, begun, ranked)
    kept.sort(key=lambda candidate: _breaks(languages, run, begun.prose, candidate))
    return Candidates(tuple(kept), streams, rejected, found.usage)


def _joint(line: Alternative) -> float:
    return line.logprob + (line.after if line.after is not None else float("-inf"))


def _filtered(
    run: Run, begun: Stream, lines: list[Alternative]
) -> tuple[list[Candidate], tuple[Stream, ...], str | None]:
    kept: dict[str, Candidate] = {}
    streams: list[Stream] = []
    rejected: str | None = None
    for line in lines:
        filtered = filters.run(Candidate(line.text), run.surroundings(begun.prose))
        if filtered.candidate is None:
            rejected = rejected or f"rejected: {filtered.rejected}"
        elif filtered.candidate.text not in kept:
            kept[filtered.candidate.text] = filtered.candidate
            streams.append(replace(begun, text=line.text, finish=FinishReason.END))
    return list(kept.values()), tuple(streams), rejected


def _breaks(languages: Languages, run: Run, prose: bool, candidate: Candidate) -> bool:
    around = run.surroundings(prose)
    before = [*(f"{line}\n" for line in around.above), around.before]
    after = [around.after[candidate.replaces :] + "\n", *(f"{line}\n" for line in around.below)]
    return adds_error(languages, run.request.snapshot.language, before, candidate.text, after)
