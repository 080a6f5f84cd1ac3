"""The real server with the settings of a file, and on this machine an engine that knows its text by heart.

Run as ``python routed_server.py SETTINGS TEXT [SECONDS]``; an empty TEXT is an engine that fails. It takes so many
SECONDS to its first text.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from foretype.app import run_server
from foretype.bench.scripted import ScriptedEngine
from foretype.config.load import load
from foretype.config.schema import Settings
from foretype.engines.base import Chunk, EngineInfo, Finish, GenerateRequest, ModelMissing, Speeds, StatusListener


class LocalEngine(ScriptedEngine):
    """Says its text."""

    async def info(self) -> EngineInfo:
        if not self._text:
            raise ModelMissing("There is no model here; pull one.")
        return EngineInfo("local", "scripted", "qwen", 8192, Speeds(2000.0, 200.0, 20.0))

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        await asyncio.sleep(float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
        async for part in super().generate(request):
            yield part


def make_engine(settings: Settings, on_status: StatusListener) -> LocalEngine:
    return LocalEngine(on_status, sys.argv[2])


if __name__ == "__main__":
    sys.exit(run_server(load(Path(sys.argv[1])), make_engine=make_engine))
