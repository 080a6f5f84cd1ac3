"""Several ends for a line, for whoever asks: found in one batch, ranked, filtered, distinct."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from foretype.complete import filters, stop
from foretype.complete.expected import expected_names
from foretype.complete.filters import Candidate, Surroundings
from foretype.complete.filters.candidate import Rejection
from foretype.complete.filters.comments import comments, unwanted
from foretype.complete.prompts import hole_at
from foretype.complete.run import Run
from foretype.complete.stream import Stream
from foretype.engines.base import Alternative, Engine, EngineInfo, ExploreRequest, FinishReason, Usage, sum_of_logs
from foretype.syntax.closes import adds_error
from foretype.syntax.cursor import Intent
from foretype.syntax.languages import Languages
from foretype.syntax.lexical import lex

_DOCSTRINGS = ('"""', "'''")

FEW_LINES, SEEN_LINES, BLIND_LINES = 3, 6, 8
"""Lines to ask for: of a service, paid for each; of a model here that is shown what follows; of one that guesses."""

AFTER_CHARACTERS = 240

EXPECTED = math.log(115)
"""What a name that the text below waits for adds to a line's log-probability, for each time that a model was asked: of
116 such names that were found around missing lines 115 stand on them."""


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
    """What an engine finds for the end of a line, or for the first line of a block.

    How well a line fits is asked twice: how likely it is to a model that was shown what follows the cursor, and how
    likely it is together with what follows, read on from the text before. The product of both decides; a model
    without FIM knows the latter only. A line gains by having a name that what follows waits for, and lines that are
    shown as one count together. One that adds a syntax error comes behind, one that is blank or only a comment last:
    comments are continued, not begun. Raises EngineError.
    """
    hole = hole_at(begun.anchor, begun.middle)
    after = hole.suffix[:AFTER_CHARACTERS]
    after = after if after.strip() else ""
    names = expected_names(languages, hole.language, hole.prefix + hole.middle, hole.suffix)
    around = run.surroundings(begun.prose)
    request = ExploreRequest(hole, _count(info), max_tokens, after, names, _unwanted(around))
    found = await engine.explore(request)
    ranked = sorted(found.alternatives, key=lambda line: _fit(line, bool(info.family), names), reverse=True)
    kept: dict[str, tuple[Candidate, Stream]] = {}
    fits: dict[str, float] = {}
    rejected: str | None = None
    for line in ranked:
        code = _without_comment(line.text, around)
        text = code if begun.intent is Intent.BLOCK else stop.cut(code, Intent.LINE, around, True, 1).text
        filtered = filters.run(Candidate(text), around)
        if filtered.candidate is None:
            rejected = rejected or f"rejected: {filtered.rejected}"
            continue
        fit, shown = _fit(line, bool(info.family), names), filtered.candidate.text
        if shown in kept:
            fits[shown] = sum_of_logs(fits[shown], fit)
        else:
            fits[shown] = fit
            # What ended before a comment goes on behind it.
            whole = code if code == line.text or begun.intent is Intent.LINE else code + "\n"
            stream = replace(begun, text=whole, usage=found.usage, finish=FinishReason.END)
            kept[shown] = filtered.candidate, stream
    ways = sorted(
        kept.values(),
        key=lambda way: (
            _is_idle(way[0].text, around),
            _breaks(languages, run, begun.prose, way[0]),
            -fits[way[0].text],
        ),
    )
    return Candidates(tuple(way[0] for way in ways), tuple(way[1] for way in ways), rejected, found.usage)


def _count(info: EngineInfo) -> int:
    if not info.keeps_work:
        return FEW_LINES
    return SEEN_LINES if info.family else BLIND_LINES


def _unwanted(around: Surroundings) -> tuple[str, ...]:
    """What begins comments and docstrings that nobody asks for here."""
    if around.prose or lex(around.spec, around.before).string is not None:
        return ()
    above = next((line.rstrip() for line in reversed(around.above) if line.strip()), ":")
    may_be_documented = around.spec.id == "python" and not around.before.strip() and above.endswith(":")
    return (*unwanted(around), *(_DOCSTRINGS if may_be_documented else ()))


def _without_comment(text: str, around: Surroundings) -> str:
    """A line's end without a comment behind its code, unless that is the file's habit."""
    outcome = comments(Candidate(text), around)
    return text if isinstance(outcome, Rejection) else outcome.text


def _is_idle(text: str, around: Surroundings) -> bool:
    """Whether a suggestion leaves a blank line blank, or begins a comment where there is none, with no code before."""
    if around.prose:
        return False
    if text.startswith("\n") and not around.before.strip():
        return True
    line = around.before + text.split("\n", 1)[0]
    return not line[: lex(around.spec, line).code_end].strip()


def _fit(line: Alternative, saw_suffix: bool, names: tuple[str, ...]) -> float:
    """The logarithm of how well a line fits where it stands."""
    expected = EXPECTED * len(set(names) & set(re.findall(r"\w+", line.text)))
    if line.together is None:
        return line.logprob + expected
    return line.together + expected + (line.logprob + expected if saw_suffix else 0.0)


def _breaks(languages: Languages, run: Run, prose: bool, candidate: Candidate) -> bool:
    around = run.surroundings(prose)
    before = [*(f"{line}\n" for line in around.above), around.before]
    after = [around.after[candidate.replaces :] + "\n", *(f"{line}\n" for line in around.below)]
    return adds_error(languages, run.request.snapshot.language, before, candidate.text, after)
