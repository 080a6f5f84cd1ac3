"""Engines that say what the test says, when it says so, and a pipeline on them with one document."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace

from foretype.complete.pipeline import Completer
from foretype.complete.results import CompletionRequest, CompletionResult
from foretype.config.endpoints import LOCAL, Endpoint, Policy, Route
from foretype.config.schema import Settings
from foretype.engines.base import (
    Alternative,
    Chunk,
    EngineError,
    EngineInfo,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    Speeds,
    Totals,
    Usage,
)
from foretype.prompt.families import find
from foretype.prompt.fim import Prompt
from foretype.prompt.hole import Chat, Input, laid_out
from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.text.positions import Point

URI = "file:///a.py"
END = FinishReason.END
ENDPOINT = Endpoint("openai-completions", "http://127.0.0.1:9/v1", "some-model")

Event = str | tuple[str, float] | FinishReason | Exception


def as_prompt(given: Input, family: str) -> Prompt:
    """What a model of the family reads."""
    assert not isinstance(given, Chat)
    return laid_out(given, find(family))


@dataclass
class Generation:
    """One call of ``generate``; the test feeds it: text (with its log-probability), its end, or an error."""

    request: GenerateRequest
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    closed: bool = False

    def say(self, *events: Event) -> None:
        for event in events:
            self.events.put_nowait(event)


class ScriptedEngine:
    """Generates what the test says, when it says so. Clearing ``open`` or setting ``trouble`` keeps it from opening."""

    def __init__(self) -> None:
        self.generations: list[Generation] = []
        self.warmed: list[Prompt] = []
        self.family = "qwen"
        self.keeps_work = False
        self.explored: list[ExploreRequest] = []
        self.lines: tuple[Alternative, ...] | Exception = ()
        self.open = asyncio.Event()
        self.open.set()
        self.trouble: EngineError | None = None
        self.ended = False

    async def info(self) -> EngineInfo:
        await self.open.wait()
        if self.trouble is not None:
            raise self.trouble
        return EngineInfo("scripted", "scripted", self.family, 4096, Speeds(1000, 50, 20), keeps_work=self.keeps_work)

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        generation = Generation(request)
        self.generations.append(generation)
        usage = Usage(prefill_tokens=2)
        try:
            while True:
                event = await generation.events.get()
                if isinstance(event, Exception):
                    raise event
                if isinstance(event, FinishReason):
                    yield Finish(event, usage)
                    return
                usage = replace(usage, decode_tokens=usage.decode_tokens + 1)
                text, logprob = event if isinstance(event, tuple) else (event, None)
                yield Chunk(text, usage, logprob)
        finally:
            generation.closed = True

    async def explore(self, request: ExploreRequest) -> Explored:
        self.generations.append(Generation(GenerateRequest(request.prompt, request.max_tokens)))
        self.explored.append(request)
        await self.open.wait()
        if isinstance(self.lines, Exception):
            raise self.lines
        return Explored(self.lines, Usage(prefill_tokens=3, decode_tokens=9))

    async def warm(self, prompt: Input) -> bool:
        self.warmed.append(as_prompt(prompt, self.family))
        return True

    def totals(self) -> Totals:
        return Totals()

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(len(text) // 3 for text in texts)

    async def aclose(self) -> None:
        self.ended = True


@dataclass
class Bench:
    """A completer, its engines by name, and one document."""

    engines: dict[str, ScriptedEngine]
    completer: Completer
    version: int = 0

    @property
    def engine(self) -> ScriptedEngine:
        """The one on this machine."""
        return self.engines[LOCAL]

    def snapshot(self, text: str) -> tuple[Snapshot, Point]:
        before, after = text.split("$0")
        self.version += 1
        lines = split_lines(before)
        snapshot = Snapshot(URI, self.version, "python", tuple(split_lines(before + after)))
        return snapshot, Point(len(lines) - 1, len(lines[-1]))

    def change(self, text: str) -> None:
        self.completer.changed(self.snapshot(text)[0])

    def ask(self, text: str, explicit: bool = False, stream: list[str] | None = None) -> asyncio.Task[CompletionResult]:
        snapshot, cursor = self.snapshot(text)

        def update(result: CompletionResult) -> None:
            assert stream is not None
            stream.append(result.suggestions[0].text)

        request = CompletionRequest(snapshot, cursor, explicit)
        return asyncio.create_task(self.completer.complete(request, update if stream is not None else None))

    async def generation(self, number: int, name: str = LOCAL) -> Generation:
        engine = self.engines[name]
        await until(lambda: len(engine.generations) > number, f"there is no generation {number} of {name}")
        return engine.generations[number]


async def until(true: Callable[[], object], otherwise: str = "it never came to that") -> None:
    """Waits for something to hold."""
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(otherwise)


@contextlib.asynccontextmanager
async def bench(settings: Settings | None = None) -> AsyncGenerator[Bench, None]:
    """A pipeline by the settings, with an engine for each name in their route."""
    engines: dict[str, ScriptedEngine] = {}

    def make(name: str, settings: Settings) -> ScriptedEngine:
        engines[name] = ScriptedEngine()
        return engines[name]

    completer = Completer(make, Syntax(), settings or Settings())
    try:
        yield Bench(engines, completer)
    finally:
        await completer.aclose()


def routed(policy: Policy, *names: str) -> Settings:
    """Settings with that route, and an endpoint for each name in it but the local one."""
    return Settings(
        endpoints={name: ENDPOINT for name in names if name != LOCAL}, route=Route(engines=names, policy=policy)
    )


def text_of(result: CompletionResult) -> str:
    """The first suggestion, or why there is none."""
    return result.suggestions[0].text if result.suggestions else f"nothing: {result.rejected}"
