"""Writing without ever waiting for whoever reads: a thread over a file descriptor, a socket's own buffer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

# A client that has not read so much of what it asked for will not read at all.
MOST_WAITING = 64 * 1024 * 1024


class ThreadWriter:
    """Writes to a file descriptor from a thread of its own.

    ``write`` never blocks. What comes while ``most_waiting`` bytes wait already is dropped, and ``on_lost`` called,
    as it is when the other end is gone: from any thread, perhaps more than once.
    """

    def __init__(
        self, descriptor: int, on_lost: Callable[[str], None] = lambda _: None, most_waiting: int = MOST_WAITING
    ) -> None:
        self._descriptor = descriptor
        self._on_lost = on_lost
        self._most_waiting = most_waiting
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        # Two counters, each changed by one side only, need no lock.
        self._accepted = 0
        self._done = 0
        self._thread = threading.Thread(target=self._run, name="foretype-writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Hand over what is to be written after all that was handed over before."""
        if self._accepted - self._done > self._most_waiting:
            self._on_lost("it has stopped reading")
            return
        self._accepted += len(data)
        self._queue.put(data)

    def close(self, timeout: float = 1.0) -> None:
        """Write what waits, for at most ``timeout`` seconds."""
        self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            while (data := self._queue.get()) is not None:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
                self._done += len(data)
        except OSError:
            self._on_lost("it is gone")


class StreamWriter:
    """Writes to a socket; the same promises."""

    def __init__(self, stream: asyncio.StreamWriter, on_lost: Callable[[str], None]) -> None:
        self._stream = stream
        self._on_lost = on_lost

    def write(self, data: bytes) -> None:
        """Hand over what is to be written after all that was handed over before."""
        if self._stream.transport.get_write_buffer_size() > MOST_WAITING:
            self._on_lost("it has stopped reading")
        elif not self._stream.is_closing():
            self._stream.write(data)

    def close(self) -> None:
        """Take nothing more; what waits is written still."""
        self._stream.close()

    async def closed(self, timeout: float = 1.0) -> None:
        """Wait until all is written, for at most ``timeout`` seconds."""
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await asyncio.wait_for(self._stream.wait_closed(), timeout)
