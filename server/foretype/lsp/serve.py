"""Serving one session, over standard input and output or over TCP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from lsprotocol import types

from foretype.lsp import logs, stdio
from foretype.lsp.inbox import Inbox
from foretype.lsp.messages import Phase
from foretype.lsp.parts import ServerOptions, ServerParts
from foretype.lsp.reader import read_in_thread, read_stream
from foretype.lsp.server import ForetypeServer
from foretype.lsp.writer import StreamWriter, ThreadWriter

_LOOPBACK = "127.0.0.1"

logger = logging.getLogger(__name__)


def serve(
    parts: ServerParts,
    *,
    tcp_port: int | None = None,
    log_file: Path | None = None,
    options: ServerOptions | None = None,
) -> int:
    """Serve one client until it ends the session; returns the process's exit code.

    It speaks over standard input and output, which nothing else may use; with ``tcp_port`` (0 for any free one) it
    waits for one connection on loopback instead, for debugging.
    """
    logs.configure(log_file)
    return run(ForetypeServer(parts, options or ServerOptions()), tcp_port=tcp_port)


def run(server: ForetypeServer, *, tcp_port: int | None = None) -> int:
    """Serve one client with a server made elsewhere; as `serve`."""
    session = _over_standard_io(server) if tcp_port is None else _over_tcp(server, tcp_port)
    try:
        return asyncio.run(session)
    except KeyboardInterrupt:
        return 130


async def _over_standard_io(server: ForetypeServer) -> int:
    loop, inbox = asyncio.get_running_loop(), Inbox()

    def lost(reason: str) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_client_lost, inbox, reason)

    descriptor_in, descriptor_out = stdio.claim()
    writer = ThreadWriter(descriptor_out, lost)
    read_in_thread(descriptor_in, inbox)
    try:
        return await _session(server, inbox, writer)
    finally:
        writer.close()


async def _over_tcp(server: ForetypeServer, port: int) -> int:
    inbox = Inbox()
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    connected = asyncio.get_running_loop().create_future()

    def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(connect, _LOOPBACK, port)
    logger.info("Listening on %s:%d.", *listener.sockets[0].getsockname())
    stream_in, stream_out = await connected
    listener.close()
    writer = StreamWriter(stream_out, lambda reason: _client_lost(inbox, reason))
    reading = asyncio.ensure_future(read_stream(stream_in, inbox))
    try:
        return await _session(server, inbox, writer)
    finally:
        reading.cancel()
        writer.close()
        await writer.closed()


async def _session(server: ForetypeServer, inbox: Inbox, writer: StreamWriter | ThreadWriter) -> int:
    loop = asyncio.get_running_loop()
    server.protocol.set_writer(writer)

    def log(params: types.LogMessageParams) -> None:
        if server.protocol.phase is Phase.RUNNING:
            server.protocol.notify(types.WINDOW_LOG_MESSAGE, params)

    def log_soon(params: types.LogMessageParams) -> None:
        # Any thread may log, and so may what sends.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(log, params)

    handler = logs.ClientHandler(log_soon)
    logging.getLogger("foretype").addHandler(handler)
    try:
        return await server.run(inbox)
    finally:
        logging.getLogger("foretype").removeHandler(handler)


def _client_lost(inbox: Inbox, reason: str) -> None:
    logger.warning("The editor can't be answered: %s; ending.", reason)
    inbox.end(at_once=True)
