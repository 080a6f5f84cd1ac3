"""One request to a service over HTTP and the stream that answers it; closing it closes the stream."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from foretype.engines.base import FinishReason
from foretype.engines.remote.asking import Outgoing
from foretype.engines.remote.events import Complaint, Ended, Event, Json, Text
from foretype.engines.remote.failures import broken_off, complained, from_status, from_transport, not_the_protocol
from foretype.engines.remote.protocols import Peer
from foretype.engines.remote.streams import Trace

if TYPE_CHECKING:
    import httpx2

LONGEST_EVENT = 1 << 20
"""Bytes; an answer's events have a few hundred."""

LONGEST_ERROR = 1 << 16
DONE = "[DONE]"


class Exchange(Protocol):
    """A request under way."""

    async def read(self) -> Sequence[Event]:
        """The next events; none after an `Ended`. Raises Failed."""
        ...

    async def aclose(self) -> None:
        """Ends it; a service that is still generating sees that at once."""
        ...


class HttpExchange:
    """A response that streams events."""

    def __init__(self, peer: Peer, response: httpx2.Response, trace: Trace, closed: Callable[[bool], None]) -> None:
        """``closed`` is told whether the connection is free for other requests."""
        self._peer = peer
        self._trace = trace
        self._response = response
        self._closed = closed
        self._objects = _objects(response, peer.spoken.framing)
        self._ended = False

    @property
    def is_http2(self) -> bool:
        """Whether ending it early leaves the connection to others."""
        return self._trace.is_http2

    async def read(self) -> Sequence[Event]:
        """The next events; none after an `Ended`. Raises Failed."""
        import httpx2

        while True:
            try:
                data = await anext(self._objects, None)
            except httpx2.SSEError:
                raise not_the_protocol(self._peer, "one event has over a megabyte") from None
            except httpx2.RemoteProtocolError:
                raise broken_off(self._peer.name) from None
            except httpx2.TransportError as error:
                raise from_transport(self._peer, error) from None
            except _NotJsonError as error:
                raise not_the_protocol(self._peer, str(error)) from None
            if data is None:
                if self._ended:
                    return ()
                raise broken_off(self._peer.name)
            if data == DONE:
                events: Sequence[Event] = () if self._ended else (Ended(FinishReason.END),)
            else:
                events = parsed(self._peer, data)
            self._ended = self._ended or any(isinstance(event, Ended) for event in events)
            if events:
                return events

    async def aclose(self) -> None:
        """Closes the stream."""
        complete = self._response.is_closed
        self._closed(complete or self.is_http2)
        if not complete:
            await self._trace.reset()
        with contextlib.suppress(Exception):
            await self._objects.aclose()
        await self._response.aclose()


def parsed(peer: Peer, data: Json | str) -> Sequence[Event]:
    """The events of an object. Raises Failed for what isn't the protocol, and for a complaint."""
    try:
        assert isinstance(data, Mapping)
        events = tuple(peer.spoken.parse(data))
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError) as error:
        what = f"an event lacks {error}" if isinstance(error, KeyError) else "an event has another shape"
        raise not_the_protocol(peer, what) from None
    for event in events:
        if isinstance(event, Complaint):
            raise complained(peer.name, event)
        if isinstance(event, Text) and "\N{REPLACEMENT CHARACTER}" in event.text:
            raise not_the_protocol(peer, "its text is no valid UTF-8")
    return events


async def opened(
    client: httpx2.AsyncClient,
    peer: Peer,
    sent: Outgoing,
    key: str,
    extensions: dict[str, Any],
    trace: Trace,
    closed: Callable[[bool], None],
) -> HttpExchange:
    """Sends a request and waits for the response's head; for ``closed`` see `HttpExchange`. Raises Failed."""
    import httpx2

    request = client.build_request(
        sent.method,
        sent.url,
        headers=authorized(sent.headers, key),
        content=sent.content,
        extensions={**extensions, "trace": trace},
    )
    try:
        response = await client.send(request, stream=True, follow_redirects=False)
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise from_transport(peer, error) from None
    except BaseException:
        await trace.reset()
        raise
    try:
        if response.status_code != 200:
            body = await beginning(response)
            raise from_status(peer, response.status_code, response.headers, body, frozenset(sent.body))
        kind = response.headers.get("content-type", "no type").partition(";")[0].strip().lower()
        if kind not in peer.spoken.types:
            raise not_the_protocol(peer, f"it answers with {kind[:60]}")
    except BaseException:
        await response.aclose()
        raise
    response.encoding = "utf-8"
    return HttpExchange(peer, response, trace, closed)


def authorized(headers: Mapping[str, str], key: str) -> dict[str, str]:
    """The headers with the key."""
    return {**headers, "Authorization": f"Bearer {key}"} if key else dict(headers)


async def beginning(response: httpx2.Response) -> bytes:
    """As much of a response's body as an error has."""
    import httpx2

    body = b""
    with contextlib.suppress(httpx2.TransportError, httpx2.DecodingError):
        async for part in response.aiter_bytes():
            body += part
            if len(body) > LONGEST_ERROR:
                break
    return body


class _NotJsonError(ValueError):
    pass


async def _objects(response: httpx2.Response, framing: str) -> AsyncGenerator[Json | str, None]:
    """The JSON objects of a stream, and ``[DONE]`` where that ends it. What follows it is passed over."""
    import msgspec

    texts = _sent(response) if framing == "sse" else _lines(response)
    async for text in texts:
        if not text.strip():
            continue
        if text == DONE:
            yield DONE
            break
        try:
            data = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _NotJsonError("an event is no JSON") from None
        yield data
    async for _ in texts:
        continue  # a response that was read to its end leaves its connection open


async def _sent(response: httpx2.Response) -> AsyncGenerator[str, None]:
    import httpx2

    async for event in httpx2.EventSource(response, LONGEST_EVENT):
        yield event.data


async def _lines(response: httpx2.Response) -> AsyncGenerator[str, None]:
    held = b""
    async for part in response.aiter_bytes():
        *lines, held = (held + part).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")
        if len(held) > LONGEST_EVENT:
            raise _NotJsonError("one line has over a megabyte")
    if held:
        yield held.decode(errors="replace")
