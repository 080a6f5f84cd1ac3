"""What the client has sent and the server has not yet handled."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from foretype.lsp.framing import Malformed


@dataclass(frozen=True, slots=True)
class Incoming:
    """A decoded message; ``cancelled`` when it is a request that the client took back before it was handled."""

    content: object
    cancelled: bool = False


class Inbox:
    """Messages in the order they came, handed out one at a time.

    A ``$/cancelRequest`` for a request that still waits here marks that request and is not handed out itself.
    Used from the event loop only.
    """

    def __init__(self) -> None:
        self._waiting: deque[object | Malformed] = deque()
        self._requests: set[int | str] = set()
        self._cancelled: set[int | str] = set()
        self._ended = False
        self._arrived = asyncio.Event()

    def put(self, messages: Iterable[object | Malformed]) -> None:
        """Take up decoded messages."""
        for message in messages:
            if (taken_back := _taken_back(message)) is not None and taken_back in self._requests:
                self._cancelled.add(taken_back)
                continue
            if (request := _request(message)) is not None:
                self._requests.add(request)
            self._waiting.append(message)
        self._arrived.set()

    def end(self, *, at_once: bool = False) -> None:
        """Nothing more comes: `get` gives None after what waits, or ``at_once``."""
        if at_once:
            self._waiting.clear()
        self._ended = True
        self._arrived.set()

    async def get(self) -> Incoming | Malformed | None:
        """The next message; None at the end."""
        while not self._waiting:
            if self._ended:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        message = self._waiting.popleft()
        if isinstance(message, Malformed):
            return message
        request = _request(message)
        if request is None:
            return Incoming(message)
        cancelled = request in self._cancelled
        self._requests.discard(request)
        self._cancelled.discard(request)
        return Incoming(message, cancelled)


def _request(message: object) -> int | str | None:
    if isinstance(message, dict) and "method" in message and isinstance(message.get("id"), (int, str)):
        return message["id"]  # type: ignore[no-any-return]
    return None


def _taken_back(message: object) -> int | str | None:
    if not isinstance(message, dict) or message.get("method") != "$/cancelRequest":
        return None
    params = message.get("params")
    request = params.get("id") if isinstance(params, dict) else None
    return request if isinstance(request, (int, str)) else None
