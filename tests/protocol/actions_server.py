"""The real server with an engine that says what the test wrote into a file; run as a program with JSON options.

``answers`` is a file with a JSON list: each generation takes the next (the last again and again). A generation begins
when the file ``gate`` exists, where one is given. ``asked`` gets one line of JSON for each prompt.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from dataclasses import asdict
from pathlib import Path

from foretype.app import run_server
from foretype.bench.scripted import ScriptedEngine
from foretype.config.load import defaults
from foretype.engines.base import (
    Chunk,
    EngineInfo,
    EngineState,
    EngineStatus,
    Finish,
    FinishReason,
    GenerateRequest,
    ModelMissing,
    StatusListener,
    Usage,
)
from foretype.prompt.hole import Chat


class WrittenEngine(ScriptedEngine):
    """Answers conversations with what the test has written, and continues everything else with nothing."""

    def __init__(self, on_status: StatusListener, options: dict[str, str]) -> None:
        super().__init__(on_status, "")
        self._options = options
        self._number = 0
        self._on = on_status

    async def info(self) -> EngineInfo:
        if self._options.get("missing"):
            raise ModelMissing("There is no model; pull one.")
        self._on(EngineStatus("scripted", EngineState.READY))
        return EngineInfo(self._options.get("name", "scripted"), "scripted", chat="chatless" not in self._options)

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        if isinstance(request.prompt, Chat):
            if asked := self._options.get("asked"):
                note(Path(asked), asdict(request.prompt) | {"patient": request.patient})
            if gate := self._options.get("gate"):
                await opened(Path(gate))
            answers = read(Path(self._options["answers"]))
            text = answers[min(self._number, len(answers) - 1)]
            self._number += 1
            for piece in text.splitlines(keepends=True):
                yield Chunk(piece, Usage(decode_tokens=1), 0.0)
                await asyncio.sleep(0)
        yield Finish(FinishReason.END, Usage(decode_tokens=1))


def note(file: Path, asked: dict[str, object]) -> None:
    with file.open("a") as lines:
        lines.write(json.dumps(asked) + "\n")


def read(file: Path) -> list[str]:
    return json.loads(file.read_text())  # type: ignore[no-any-return]


async def opened(gate: Path) -> None:
    while not await asyncio.to_thread(gate.exists):  # noqa: ASYNC110 (a file tells no one that it is there)
        await asyncio.sleep(0.01)


def main() -> int:
    options = json.loads(sys.argv[1])
    return run_server(defaults(), make_engine=lambda settings, on_status: WrittenEngine(on_status, options))


if __name__ == "__main__":
    sys.exit(main())
