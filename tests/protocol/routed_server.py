"""The real server with the settings of a file, and on this machine an engine that knows its text by heart.

Run as ``python routed_server.py SETTINGS TEXT``; an empty TEXT is an engine that fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

from foretype.app import run_server
from foretype.bench.scripted import ScriptedEngine
from foretype.config.load import load
from foretype.config.schema import Settings
from foretype.engines.base import EngineInfo, ModelMissing, Speeds, StatusListener


class LocalEngine(ScriptedEngine):
    """Says its text at once."""

    async def info(self) -> EngineInfo:
        if not self._text:
            raise ModelMissing("There is no model here; pull one.")
        return EngineInfo("local", "scripted", "qwen", 8192, Speeds(2000.0, 200.0, 20.0))


def make_engine(settings: Settings, on_status: StatusListener) -> LocalEngine:
    return LocalEngine(on_status, sys.argv[2])


if __name__ == "__main__":
    sys.exit(run_server(load(Path(sys.argv[1])), make_engine=make_engine))
