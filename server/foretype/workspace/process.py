"""Starts the helper process and exchanges frames with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable

from foretype.workspace import messages

logger = logging.getLogger(__name__)

LONGEST_LOG_LINE = 2_000


class HelperProcess:
    """The process, its reader and its log."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = False

    @classmethod
    async def start(
        cls, on_message: Callable[[messages.FromHelper], None], on_end: Callable[[str], None]
    ) -> HelperProcess:
        """Runs the helper; ``on_end`` is told how it ended, unless `kill` ended it."""
        # The current folder is the editor's. `-m`, or the "" that `-c` puts on the path, would import what lies there.
        script = (
            "import sys; sys.path[:] = filter(None, sys.path); "
            "import runpy; runpy.run_module(sys.argv[1], run_name='__main__')"
        )
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, "foretype.workspace.helper", stdin=pipe, stdout=pipe, stderr=pipe
        )
        helper = cls(process)
        helper._tasks = [asyncio.create_task(helper._read(on_message, on_end)), asyncio.create_task(helper._log())]
        return helper

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def send(self, message: messages.ToHelper) -> None:
        """Writes one frame; a process that is gone swallows it and is noticed by the reader."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, RuntimeError):
            self._process.stdin.write(messages.encode(message))

    async def kill(self) -> None:
        """Ends the process and waits for it."""
        self._ended = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        for task in self._tasks:
            task.cancel()

    async def _read(self, on_message: Callable[[messages.FromHelper], None], on_end: Callable[[str], None]) -> None:
        assert self._process.stdout is not None
        source = self._process.stdout
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                header = await source.readexactly(messages.LENGTH_BYTES)
                on_message(messages.from_helper(await source.readexactly(messages.body_length(header))))
        code = await self._process.wait()
        if not self._ended:
            on_end(f"signal {-code}" if code < 0 else f"exit code {code}")

    async def _log(self) -> None:
        assert self._process.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            while line := await self._process.stderr.readline():
                logger.info("workspace: %s", line.decode(errors="replace").rstrip()[:LONGEST_LOG_LINE])
