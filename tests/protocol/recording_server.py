"""The real server with an engine that answers nothing and writes each prompt to stderr, as a line of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator

from foretype.app import run_server
from foretype.complete import contexts
from foretype.config.load import defaults
from foretype.config.schema import Settings
from foretype.engines.base import (
    Chunk,
    EngineInfo,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    Speeds,
    StatusListener,
    Usage,
)
from foretype.prompt.families import find
from foretype.prompt.hole import Chat, Input, laid_out


def tell(kind: str, given: Input) -> None:
    assert not isinstance(given, Chat)
    prompt = laid_out(given, find("qwen"))
    text = "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in prompt.pieces)
    print(f"{kind} {json.dumps(text)}", file=sys.stderr, flush=True)


class RecordingEngine:
    """Reads at 2,000 tokens a second and has nothing to say."""

    async def info(self) -> EngineInfo:
        return EngineInfo("recording", "recording", "qwen", 8192, Speeds(2000, 50, 20))

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        tell("ASKED", request.prompt)
        yield Chunk("§§§§\n", Usage())
        yield Finish(FinishReason.END, Usage())

    async def explore(self, request: ExploreRequest) -> Explored:
        tell("ASKED", request.prompt)
        return Explored()

    async def warm(self, prompt: Input) -> bool:
        tell("READ", prompt)
        return True

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(len(text) // 3 for text in texts)

    async def aclose(self) -> None:
        pass


def make_engine(settings: Settings, on_status: StatusListener) -> RecordingEngine:
    return RecordingEngine()


if __name__ == "__main__":
    contexts.ASK_EVERY_SECONDS = 0.0
    sys.exit(run_server(defaults(), make_engine=make_engine))
