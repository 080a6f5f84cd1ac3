"""The connections to a service: opened before they are needed, with a spare one where a cancel costs one."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Protocol

from foretype.engines.remote.asking import Memory, Outgoing, origin
from foretype.engines.remote.events import Json
from foretype.engines.remote.exchange import Exchange, authorized, opened
from foretype.engines.remote.failures import from_status, from_transport, not_the_protocol
from foretype.engines.remote.protocols import Peer
from foretype.engines.remote.streams import Streams, Trace
from foretype.errors import ForetypeError
from foretype.trust.egress import CLEARANCE, Cleared, Gate, Recipient

if TYPE_CHECKING:
    import httpx2

FRESH_SECONDS = 4.0
"""A connection that was used so recently is open still: uvicorn, which closes idle ones soonest, waits 5 seconds."""


class Line(Protocol):
    """How requests reach a service."""

    @property
    def warm(self) -> bool:
        """Whether a connection is open and free."""
        ...

    @property
    def memory(self) -> Memory:
        """What the connection that the next request takes remembers."""
        ...

    async def open(self, sent: Outgoing, key: str, cleared: Cleared) -> Exchange:
        """Sends a request. Raises Failed."""
        ...

    async def probe(self, key: str, lightly: bool = False) -> None:
        """Has a connection open, and unless ``lightly`` the service say how it does. Raises Failed if it can't."""
        ...

    async def aclose(self) -> None:
        """Closes all connections."""
        ...


class Connections:
    """HTTP. One client serves all requests to the service, and keeps their connections alive."""

    memory = Memory()

    def __init__(self, peer: Peer, gate: Gate) -> None:
        self._peer = peer
        self._gate = gate
        self._recipient = Recipient(peer.name, peer.endpoint.url)
        self._client: httpx2.AsyncClient | None = None
        self._idle: list[float] = []
        self._streams = Streams()
        self._worn: list[httpx2.AsyncClient] = []
        self._renewing: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[None] | None = None

    @property
    def warm(self) -> bool:
        """Whether a connection is open and free."""
        oldest = time.monotonic() - FRESH_SECONDS
        self._idle = [since for since in self._idle if since > oldest]
        return bool(self._idle)

    @property
    def client(self) -> httpx2.AsyncClient:
        """The one client, made when it is first needed."""
        if self._client is None:
            self._client = make_client(self._gate, self._peer, self._recipient)
        return self._client

    async def open(self, sent: Outgoing, key: str, cleared: Cleared) -> Exchange:
        """Sends a request. Raises Failed."""
        self._take()
        self._renew()
        trace = Trace(self._streams)
        exchange = await opened(self.client, self._peer, sent, key, {CLEARANCE: cleared}, trace, self._closed)
        if not exchange.is_http2:
            self._spare(key)
        return exchange

    async def probe(self, key: str, lightly: bool = False) -> None:
        """Asks for something that costs nothing. Raises Failed if the service can't be reached or is in trouble.

        ``lightly`` is for while it answers: llama-cpp-python's server breaks an answer off when its models are asked
        for, but not for a path that doesn't exist.
        """
        url = self._peer.endpoint.url
        response = await self._asked("GET", origin(url) if lightly else self._peer.spoken.probe(url), None, key)
        if not lightly and (response.status_code >= 500 or response.status_code == 429):
            raise from_status(self._peer, response.status_code, response.headers, response.content, frozenset())

    async def ask(self, method: str, url: str, body: Json | None, key: str) -> Json:
        """Asks for a fact, with nothing of a buffer in the body. Raises Failed."""
        import msgspec

        response = await self._asked(method, url, msgspec.json.encode(body) if body is not None else None, key)
        if response.status_code != 200:
            raise from_status(self._peer, response.status_code, response.headers, response.content, frozenset())
        try:
            told = msgspec.json.decode(response.content)
        except msgspec.DecodeError:
            told = None
        if not isinstance(told, dict):
            raise not_the_protocol(self._peer, f"{url} has no JSON object")
        return told

    async def aclose(self) -> None:
        """Closes all of them."""
        for task in (self._probing, self._renewing):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        for client in (*self._worn, *((self._client,) if self._client else ())):
            await client.aclose()

    async def _asked(self, method: str, url: str, content: bytes | None, key: str) -> httpx2.Response:
        import httpx2

        headers = {name: value for name, value in self._peer.endpoint.headers.items() if "{session}" not in value}
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = self.client.build_request(
            method,
            url,
            content=content,
            headers=authorized(headers, key),
            extensions={CLEARANCE: self._gate.probe(self._recipient)},
        )
        self._take()
        try:
            response = await self.client.send(request, follow_redirects=False)
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise from_transport(self._peer, error) from None
        self._closed(True)
        return response

    def _renew(self) -> None:
        """Has other connections opened, beside what goes on, where too many streams were reset on the one in use."""
        if self._streams.worn and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renewed())

    async def _renewed(self) -> None:
        fresh = await asyncio.to_thread(make_client, self._gate, self._peer, self._recipient)
        worn, self._client = self._client, fresh
        self._streams = Streams()
        if worn is not None:
            self._worn.append(worn)
            await asyncio.sleep(self._peer.endpoint.answer_seconds)  # what still answers over it may end
            self._worn.remove(worn)
            await worn.aclose()

    def _take(self) -> None:
        if self._idle:
            self._idle.pop()

    def _closed(self, free: bool) -> None:
        if free:
            self._idle.append(time.monotonic())

    def _spare(self, key: str) -> None:
        """Opens a connection beside one that a cancel would cost, before that happens."""
        if not self.warm and (self._probing is None or self._probing.done()):
            self._probing = asyncio.create_task(self._quietly(key))

    async def _quietly(self, key: str) -> None:
        with contextlib.suppress(ForetypeError):
            await self.probe(key, lightly=True)


def make_client(gate: Gate, peer: Peer, recipient: Recipient) -> httpx2.AsyncClient:
    """The gate's client for an endpoint, with the endpoint's settings."""
    import httpx2

    endpoint = peer.endpoint
    return gate.client(
        recipient,
        timeout=httpx2.Timeout(endpoint.answer_seconds, connect=endpoint.connect_seconds),
        ca_file=endpoint.ca_file,
        proxy=endpoint.proxy,
        http2=not endpoint.websocket,
    )
