"""Streams of HTTP/2 and their end: a cancel has to reach the service, and the HTTP library sends no reset for it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Protocol

MOST_RESETS = 50
"""So many streams are reset on a connection before another is opened: the library still counts them as open, and
services allow a hundred or more at a time."""

_RST_STREAM, _CANCEL = 3, 8
"""RFC 9113, sections 6.4 and 7."""

_WRITE_SECONDS = 1.0
_ATTEMPTS = 20


class NetworkStream(Protocol):
    """A connection, as far as it is needed here."""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends bytes, within so many seconds."""
        ...


class Streams:
    """Knows the connection that was opened last, which is the one that HTTP/2 uses, and counts its resets."""

    def __init__(self) -> None:
        self.latest: NetworkStream | None = None
        self.resets = 0

    @property
    def worn(self) -> bool:
        """Whether another connection should be opened."""
        return self.resets >= MOST_RESETS


class Trace:
    """Follows one request, as the extension ``trace`` of httpcore, to know its stream before there is a response."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._id = 0
        self._network: NetworkStream | None = None

    @property
    def is_http2(self) -> bool:
        """Whether the request went over HTTP/2."""
        return bool(self._id)

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Takes note of an event."""
        if event.endswith(".start_tls.complete"):
            self._streams.latest, self._streams.resets = info["return_value"], 0
        elif event == "http2.send_request_headers.started":
            self._id, self._network = info["stream_id"], self._streams.latest

    async def reset(self) -> None:
        """Has the service end the stream. Does nothing for HTTP/1, where closing the connection does that."""
        import anyio

        if not self._id or self._network is None:
            return
        self._streams.resets += 1
        payload = _CANCEL.to_bytes(4, "big")
        head = len(payload).to_bytes(3, "big") + bytes((_RST_STREAM, 0)) + self._id.to_bytes(4, "big")
        with anyio.CancelScope(shield=True), contextlib.suppress(Exception):
            for _ in range(_ATTEMPTS):
                with contextlib.suppress(anyio.BusyResourceError):  # another request's frame is being written
                    await self._network.write(head + payload, _WRITE_SECONDS)
                    return
                await anyio.sleep(0.001)
