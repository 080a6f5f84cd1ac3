"""Reading messages: a thread over standard input, a coroutine over a socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading

from foretype.lsp.framing import Malformed, MessageSplitter, decode
from foretype.lsp.inbox import Inbox

_CHUNK = 64 * 1024

logger = logging.getLogger(__name__)


def read_in_thread(descriptor: int, inbox: Inbox) -> None:
    """Read messages from a file descriptor into ``inbox``, until its end, in a thread of its own.

    A thread, because Windows' event loop can't wait for standard input. It is a daemon that holds no lock while it
    reads, so a read that never returns can't keep the process alive.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        splitter = MessageSplitter()
        # The loop is closed when the server has ended before its client.
        with contextlib.suppress(RuntimeError):
            while data := _read(descriptor):
                if messages := _decoded(splitter.feed(data)):
                    loop.call_soon_threadsafe(inbox.put, messages)
            loop.call_soon_threadsafe(inbox.end)

    threading.Thread(target=read, name="foretype-reader", daemon=True).start()


async def read_stream(stream: asyncio.StreamReader, inbox: Inbox) -> None:
    """Read messages from a socket into ``inbox``, until its end, or until something is no message.

    Unlike a pipe's, its other end may be anything: a web page can post to a local port, and HTTP's headers look much
    like LSP's.
    """
    splitter = MessageSplitter()
    with contextlib.suppress(OSError):
        while data := await stream.read(_CHUNK):
            found = splitter.feed(data)
            if any(isinstance(part, Malformed) for part in found):
                logger.warning("What has connected doesn't speak LSP; ending the connection.")
                inbox.end(at_once=True)
                return
            inbox.put(_decoded(found))
    inbox.end()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except OSError:
        return b""


def _decoded(found: list[bytes | Malformed]) -> list[object | Malformed]:
    return [part if isinstance(part, Malformed) else decode(part) for part in found]
