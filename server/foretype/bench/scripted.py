"""An engine that knows its text by heart: what is left of a request's time is the server's own work."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from foretype.engines.base import (
    Chunk,
    EngineInfo,
    EngineState,
    EngineStatus,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    Speeds,
    StatusListener,
    Totals,
    Usage,
)
from foretype.prompt.hole import Input

TEXT = "uantity * price + shipping\n"


class ScriptedEngine:
    """Always ready; continues everything with ``text`` at once."""

    def __init__(self, on_status: StatusListener, text: str = TEXT) -> None:
        self._text = text
        self._on_status = on_status

    async def info(self) -> EngineInfo:
        """A model that is fast enough never to be waited for."""
        self._on_status(EngineStatus("scripted", EngineState.READY))
        return EngineInfo("scripted", "scripted", "qwen", 8192, Speeds(20_000.0, 2_000.0, 1.0))

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        """The text, and the end."""
        usage = Usage(prefill_tokens=1, decode_tokens=1)
        yield Chunk(self._text, usage, 0.0)
        yield Finish(FinishReason.END, usage)

    async def explore(self, request: ExploreRequest) -> Explored:
        """None: the one text is all it knows."""
        return Explored(())

    async def warm(self, prompt: Input) -> bool:
        """Nothing to do."""
        return True

    def totals(self) -> Totals:
        """None: nothing is evaluated."""
        return Totals()

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """About a token for every four characters."""
        return tuple(len(text) // 4 + 1 for text in texts)

    async def aclose(self) -> None:
        """Nothing to end."""
