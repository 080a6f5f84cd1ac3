"""A child process that exchanges frames on its pipes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable

from foretype.engines.llama_cpp import frames

logger = logging.getLogger(__name__)

LONGEST_LOG_LINE = 2_000

# OpenMP's threads spin while they wait for each other. With another busy process on the machine, spinning made a token
# take five times as long at the median and fifteen at the 90th percentile (two threads on two cores); sleeping doesn't.
WAITING = {"OMP_WAIT_POLICY": "passive"}


class WorkerProcess:
    """The process, its reader and its log. ``killed`` says that we ended it ourselves."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._tasks: list[asyncio.Task[None]] = []
        self.killed = False

    @classmethod
    async def start(
        cls,
        module: str,
        on_message: Callable[[frames.FromWorker], None],
        on_end: Callable[[WorkerProcess, str], None],
    ) -> WorkerProcess:
        """Runs the module as ``-m`` does; ``on_end`` is told how it ended (``signal 9``, ``exit code 1``)."""
        # The current folder is the editor's. `-m`, or the "" that `-c` puts on the path, would import what lies there.
        script = (
            "import sys; sys.path[:] = filter(None, sys.path); "
            "import runpy; runpy.run_module(sys.argv[1], run_name='__main__')"
        )
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, module, stdin=pipe, stdout=pipe, stderr=pipe, env=WAITING | os.environ
        )
        worker = cls(process)
        worker._tasks = [
            asyncio.create_task(worker._read(on_message, on_end)),
            asyncio.create_task(worker._log()),
        ]
        return worker

    @property
    def alive(self) -> bool:
        """Whether it still runs and nobody has told it to end."""
        return self._process.returncode is None and not self.killed

    def send(self, message: frames.ToWorker) -> None:
        """Writes one frame; a process that is gone swallows it and is noticed by the reader."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, RuntimeError):
            self._process.stdin.write(frames.encode(message))

    async def kill(self) -> None:
        """Ends the process and waits for it."""
        self.killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        for task in self._tasks:
            task.cancel()

    async def _read(
        self, on_message: Callable[[frames.FromWorker], None], on_end: Callable[[WorkerProcess, str], None]
    ) -> None:
        assert self._process.stdout is not None
        source = self._process.stdout
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                header = await source.readexactly(frames.LENGTH_BYTES)
                on_message(frames.from_worker(await source.readexactly(frames.body_length(header))))
        code = await self._process.wait()
        on_end(self, f"signal {-code}" if code < 0 else f"exit code {code}")

    async def _log(self) -> None:
        assert self._process.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            while line := await self._process.stderr.readline():
                logger.info("worker: %s", line.decode(errors="replace").rstrip()[:LONGEST_LOG_LINE])
