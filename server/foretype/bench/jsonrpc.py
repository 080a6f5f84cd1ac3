"""JSON-RPC 2.0 over a pair of byte streams, with LSP's framing; the client's side, kept as thin as can be."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from foretype.errors import ForetypeError

NotificationListener = Callable[[str, Any], None]
RequestListener = Callable[[str, Any], Any]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class ServerGone(ForetypeError):
    """The server ended, or closed its output, while something was expected of it."""


class RequestFailed(ForetypeError):
    """The server answered a request with an error; ``code`` is JSON-RPC's."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__(f"The server refused {method}: {message} (code {code}).")
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    """A request under way; ``answer`` ends with the result, or with `RequestFailed` or `ServerGone`."""

    id: int
    method: str
    answer: asyncio.Future[Any]


class Connection:
    """One conversation. Listeners are called on the event loop as soon as a message has been read."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_notification: NotificationListener,
        on_request: RequestListener,
    ) -> None:
        self._reader, self._writer = reader, writer
        self._on_notification, self._on_request = on_notification, on_request
        self._calls: dict[int, Call] = {}
        self._ids = itertools.count(1)
        self._listening = asyncio.ensure_future(self._listen())

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any = None) -> Call:
        """Send a request; await the call's ``answer``."""
        call = Call(next(self._ids), method, asyncio.get_running_loop().create_future())
        # An answer that nobody waits for may be an error; that is no reason to complain at exit.
        call.answer.add_done_callback(lambda future: future.cancelled() or future.exception())
        if self._listening.done():
            call.answer.set_exception(ServerGone("The server is not running any more."))
            return call
        self._calls[call.id] = call
        self._send({"jsonrpc": "2.0", "id": call.id, "method": method, "params": params})
        return call

    async def drain(self) -> None:
        """Wait until the server has taken most of what was sent."""
        await self._writer.drain()

    async def aclose(self) -> None:
        """Close both directions; open calls end with `ServerGone`."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._writer.close()

    def _send(self, message: Mapping[str, Any]) -> None:
        body = _encode(message)
        self._writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def _listen(self) -> None:
        try:
            while True:
                self._take(_decode(await read_message(self._reader)))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            self._fail_calls()

    def _fail_calls(self) -> None:
        for call in self._calls.values():
            if not call.answer.done():
                call.answer.set_exception(ServerGone(f"The server ended before it answered {call.method}."))
        self._calls.clear()

    def _take(self, message: Any) -> None:
        method, id_ = message.get("method"), message.get("id")
        if method is None:
            self._answered(message)
        elif id_ is None:
            self._on_notification(method, message.get("params"))
        else:
            result = self._on_request(method, message.get("params"))
            self._send({"jsonrpc": "2.0", "id": id_, "result": result})

    def _answered(self, message: Any) -> None:
        call = self._calls.pop(message.get("id"), None)
        if call is None or call.answer.done():
            return
        error = message.get("error")
        if error is None:
            call.answer.set_result(message.get("result"))
        else:
            call.answer.set_exception(RequestFailed(call.method, error.get("code", 0), error.get("message", "")))


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """The body of the next message; raises IncompleteReadError at the end, ValueError when it isn't framed."""
    length = -1
    while (line := await reader.readline()) not in (b"\r\n", b"\n"):
        if not line:
            raise asyncio.IncompleteReadError(b"", None)
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    if length < 0:
        raise ValueError("A message came without its length.")
    return await reader.readexactly(length)
