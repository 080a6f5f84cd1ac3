"""A child process that runs one of our modules and exchanges frames on its pipes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

from foretype.child.framing import LENGTH_BYTES, Message, body_length, encode

logger = logging.getLogger(__name__)

LONGEST_LOG_LINE = 2_000

_T = TypeVar("_T")


class ChildProcess:
    """The process, its reader and its log. ``killed`` says that we ended it ourselves."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._tasks: list[asyncio.Task[None]] = []
        self.killed = False

    @classmethod
    async def start(
        cls,
        module: str,
        decode: Callable[[bytes], _T],
        on_message: Callable[[_T], None],
        on_end: Callable[[ChildProcess, str], None],
        environment: Mapping[str, str] | None = None,
    ) -> ChildProcess:
        """Runs the module as ``-m`` does; ``on_end`` is told how it ended (``signal 9``, ``exit code 1``).

        ``environment`` are variables for it, where the user has not set them.
        """
        # The current folder is the editor's. `-m`, or the "" that `-c` puts on the path, would import what lies there.
        script = (
            "import sys; sys.path[:] = filter(None, sys.path); "
            "import runpy; runpy.run_module(sys.argv[1], run_name='__main__')"
        )
        pipe = asyncio.subprocess.PIPE
        variables = {**(environment or {}), **os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, module, stdin=pipe, stdout=pipe, stderr=pipe, env=variables
        )
        child = cls(process)
        child._tasks = [
            asyncio.create_task(child._read(decode, on_message, on_end)),
            asyncio.create_task(child._log(module.rpartition(".")[2])),
        ]
        return child

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs and nobody has told it to end."""
        return self._process.returncode is None and not self.killed

    def send(self, message: Message) -> None:
        """Writes one frame; a process that is gone swallows it and is noticed by the reader."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, RuntimeError):
            self._process.stdin.write(encode(message))

    async def kill(self) -> None:
        """Ends the process and waits for it."""
        self.killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        for task in self._tasks:
            task.cancel()

    async def _read(
        self,
        decode: Callable[[bytes], _T],
        on_message: Callable[[_T], None],
        on_end: Callable[[ChildProcess, str], None],
    ) -> None:
        assert self._process.stdout is not None
        source = self._process.stdout
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                header = await source.readexactly(LENGTH_BYTES)
                on_message(decode(await source.readexactly(body_length(header))))
        code = await self._process.wait()
        on_end(self, f"signal {-code}" if code < 0 else f"exit code {code}")

    async def _log(self, name: str) -> None:
        assert self._process.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            while line := await self._process.stderr.readline():
                logger.info("%s: %s", name, line.decode(errors="replace").rstrip()[:LONGEST_LOG_LINE])
