"""Asks the whole pipeline, and the raw model beside it, to fill holes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from foretype.bench.infill import Hole
from foretype.bench.infill_judge import Judge, Verdict
from foretype.complete.pipeline import Completer
from foretype.complete.results import CompletionRequest
from foretype.engines.base import Chunk, Engine, GenerateRequest
from foretype.prompt.families import find
from foretype.prompt.hole import Hole as Gap
from foretype.prompt.hole import Input
from foretype.prompt.layout import lay_out

RAW_TOKENS = {"line": 64, "tail": 64, "block": 256}
NOTHING = "the model has nothing to add"


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` replaces ``replaces`` characters after the cursor; ``why_empty`` says why there is none."""

    text: str
    replaces: int
    why_empty: str | None
    latency_ms: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Filled:
    """A hole with both answers."""

    hole: Hole
    ours: Answer
    raw: Answer


async def fill(
    holes: Sequence[Hole], completer: Completer, engine: Engine, is_local: bool = True
) -> AsyncIterator[Filled]:
    """Asks for each hole, one after the other; ``engine`` is the one that ``completer`` uses. Raises EngineError.

    ``is_local`` says that the engine runs a model here, so that its prompts can be laid out for it.
    """
    judge = Judge()
    for hole in holes:
        ours = await _ours(hole, completer, judge)
        yield Filled(hole, ours, await _raw(hole, engine, judge, is_local))


async def _ours(hole: Hole, completer: Completer, judge: Judge) -> Answer:
    """An explicit request at the cursor of a document that was just opened, waited for to its end."""
    snapshot, cursor = hole.snapshot()
    completer.opened(snapshot)
    try:
        begun = time.perf_counter()
        # With a listener the soft deadline doesn't cut the answer.
        result = await completer.complete(CompletionRequest(snapshot, cursor, explicit=True), lambda _: None)
        latency = (time.perf_counter() - begun) * 1000
    finally:
        completer.closed(snapshot.uri)
    if not result.suggestions:
        return Answer("", 0, result.rejected, latency, judge.judge(hole, ""))
    best = result.suggestions[0]
    replaces = best.end.column - cursor.column
    return Answer(best.text, replaces, None, latency, judge.judge(hole, best.text, replaces))


async def _raw(hole: Hole, engine: Engine, judge: Judge, is_local: bool) -> Answer:
    """What the model continues the plain layout with: prefix up to the cursor, and suffix where it knows FIM.

    A service lays out prefix and suffix itself.
    """
    info = await engine.info()
    prompt: Input
    if is_local:
        prompt = replace(lay_out(find(info.family), hole.prefix, hole.suffix, ""), heal=False)
    else:
        prompt = Gap(hole.prefix, hole.suffix, "", uri=hole.snapshot()[0].uri, language=hole.language)
    text = ""
    begun = time.perf_counter()
    async with aclosing(engine.generate(GenerateRequest(prompt, RAW_TOKENS[hole.kind]))) as chunks:
        async for chunk in chunks:
            text += chunk.text if isinstance(chunk, Chunk) else ""
            if hole.kind != "block" and "\n" in text:
                text = text[: text.index("\n")]
                break
    latency = (time.perf_counter() - begun) * 1000
    return Answer(text, 0, None if text.strip() else NOTHING, latency, judge.judge(hole, text))
