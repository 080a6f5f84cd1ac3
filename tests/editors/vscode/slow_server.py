"""The real server with an engine that writes the body of one function, whatever it is asked; run as a program.

Its pauses between words are long, so that a test sees a suggestion grow.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncGenerator

from foretype.app import run_server
from foretype.bench.scripted import ScriptedEngine
from foretype.config.load import load
from foretype.config.schema import Settings
from foretype.engines.base import (
    Chunk,
    EngineInfo,
    EngineState,
    EngineStatus,
    Finish,
    FinishReason,
    GenerateRequest,
    Speeds,
    StatusListener,
    Usage,
)

TEXT = """result = 0
    for item in items:
        if item.price > 0:
            result += item.price
    return result
"""
PAUSE = 0.25


class SlowEngine(ScriptedEngine):
    """Ready at once, and then slow."""

    def __init__(self, on_status: StatusListener) -> None:
        super().__init__(on_status, TEXT)
        self._tell = on_status

    async def info(self) -> EngineInfo:
        """A model of a few words a second."""
        self._tell(EngineStatus("scripted", EngineState.READY, "Ready."))
        return EngineInfo("scripted", "scripted", "qwen", 8192, Speeds(20_000.0, 1 / PAUSE, 1.0))

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        """The function, a word at a time."""
        usage = Usage(prefill_tokens=1, decode_tokens=1)
        for word in re.findall(r"\s*\S+|\s+$", TEXT):
            yield Chunk(word, usage, 0.0)
            await asyncio.sleep(PAUSE)
        yield Finish(FinishReason.END, usage)


def make_engine(settings: Settings, on_status: StatusListener) -> SlowEngine:
    return SlowEngine(on_status)


if __name__ == "__main__":
    sys.exit(run_server(load(), make_engine=make_engine))
