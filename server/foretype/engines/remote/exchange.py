"""One request to a service over HTTP and the stream that answers it; closing it closes the stream."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from foretype.config.endpoints import Endpoint
from foretype.engines.base import FinishReason
from foretype.engines.remote.asking import Outgoing
from foretype.engines.remote.events import Complaint, Ended, Event, Json
from foretype.engines.remote.failures import Failed, broken_off, from_status, from_transport, not_the_protocol
from foretype.engines.remote.protocols import Protocol as Spoken

if TYPE_CHECKING:
    import httpx2

LONGEST_EVENT = 1 << 20
"""Bytes; an answer's events have a few hundred."""

LONGEST_ERROR = 1 << 16
DONE = "[DONE]"
CLEARANCE = "foretype.clearance"


class Exchange(Protocol):
    """A request under way."""

    async def read(self) -> Sequence[Event]:
        """The next events, at least one; an `Ended` comes last. Raises Failed."""
        ...

    async def aclose(self) -> None:
        """Ends it; a service that is still generating sees that at once."""
        ...


class HttpExchange:
    """A response that streams events."""

    def __init__(self, name: str, endpoint: Endpoint, spoken: Spoken, response: httpx2.Response) -> None:
        self._name = name
        self._endpoint = endpoint
        self._spoken = spoken
        self._response = response
        self._objects = _objects(response, spoken.framing)
        self._ended = False

    @property
    def costs_connection(self) -> bool:
        """Whether closing it early closes its connection, as in HTTP/1."""
        return self._response.http_version != "HTTP/2"

    async def read(self) -> Sequence[Event]:
        """The next events, at least one; an `Ended` comes last. Raises Failed."""
        import httpx2

        while True:
            try:
                data = await anext(self._objects, None)
            except httpx2.SSEError:
                raise not_the_protocol(self._name, self._endpoint, "one event has over a megabyte") from None
            except httpx2.RemoteProtocolError:
                raise broken_off(self._name) from None
            except httpx2.TransportError as error:
                raise from_transport(self._name, self._endpoint, error) from None
            except _NotJsonError as error:
                raise not_the_protocol(self._name, self._endpoint, str(error)) from None
            if data is None:
                if self._ended:
                    return ()
                raise broken_off(self._name)
            if events := self._parsed(data):
                return events

    @property
    def complete(self) -> bool:
        """Whether it was read to its end, which leaves the connection to others."""
        return self._response.is_closed

    async def aclose(self) -> None:
        """Closes the stream."""
        with contextlib.suppress(Exception):
            await self._objects.aclose()
        await self._response.aclose()

    def _parsed(self, data: Json | str) -> Sequence[Event]:
        if data == DONE:
            told, self._ended = self._ended, True
            return () if told else (Ended(FinishReason.END),)
        try:
            assert isinstance(data, Mapping)
            events = tuple(self._spoken.parse(data))
        except (AssertionError, AttributeError, KeyError, TypeError, ValueError) as error:
            what = f"an event lacks {error}" if isinstance(error, KeyError) else "an event has another shape"
            raise not_the_protocol(self._name, self._endpoint, what) from None
        for event in events:
            if isinstance(event, Complaint):
                raise complained(self._name, event)
        self._ended = self._ended or any(isinstance(event, Ended) for event in events)
        return events


def complained(name: str, event: Complaint) -> Failed:
    """The failure that a service tells of inside its stream."""
    again = event.status in (0, 408, 429) or event.status >= 500
    return Failed(f"`{name}` gave up: {event.message[:160].rstrip('.')}.", again=again, status=event.status)


async def opened(
    client: httpx2.AsyncClient,
    name: str,
    endpoint: Endpoint,
    spoken: Spoken,
    sent: Outgoing,
    key: str,
    extensions: dict[str, Any],
) -> HttpExchange:
    """Sends a request and waits for the response's head. Raises Failed."""
    import httpx2

    request = client.build_request(
        sent.method, sent.url, headers=authorized(sent.headers, key), content=sent.content, extensions=extensions
    )
    try:
        response = await client.send(request, stream=True, follow_redirects=False)
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise from_transport(name, endpoint, error) from None
    try:
        if response.status_code != 200:
            body = await _beginning(response)
            raise from_status(name, endpoint, response.status_code, response.headers, body, frozenset(sent.body))
        kind = response.headers.get("content-type", "no type").partition(";")[0].strip().lower()
        if kind not in spoken.types:
            raise not_the_protocol(name, endpoint, f"it answers with {kind[:60]}")
    except BaseException:
        await response.aclose()
        raise
    response.encoding = "utf-8"
    return HttpExchange(name, endpoint, spoken, response)


def authorized(headers: Mapping[str, str], key: str) -> dict[str, str]:
    """The headers with the key."""
    return {**headers, "Authorization": f"Bearer {key}"} if key else dict(headers)


async def _beginning(response: httpx2.Response) -> bytes:
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
