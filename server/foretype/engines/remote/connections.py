"""The connections to a service: opened before they are needed, with a spare one where a cancel costs one."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Outgoing
from foretype.engines.remote.exchange import CLEARANCE, HttpExchange, authorized, opened
from foretype.engines.remote.failures import Failed, from_status, from_transport
from foretype.engines.remote.gate import Gate
from foretype.engines.remote.protocols import Protocol

if TYPE_CHECKING:
    import httpx2

FRESH_SECONDS = 4.0
"""A connection that was used so recently is open still: uvicorn, which closes idle ones soonest, waits 5 seconds."""


class Connections:
    """Opens, keeps and warms. One client serves all requests to the service."""

    def __init__(self, name: str, endpoint: Endpoint, gate: Gate, spoken: Protocol) -> None:
        self._name = name
        self._endpoint = endpoint
        self._gate = gate
        self._spoken = spoken
        self._client: httpx2.AsyncClient | None = None
        self._idle: list[float] = []
        self._probing: asyncio.Task[None] | None = None

    @property
    def warm(self) -> bool:
        """Whether a connection is open and free."""
        oldest = time.monotonic() - FRESH_SECONDS
        self._idle = [since for since in self._idle if since > oldest]
        return bool(self._idle)

    async def open(self, sent: Outgoing, key: str, clearance: object) -> HttpExchange:
        """Sends a request. Raises Failed."""
        if self._idle:
            self._idle.pop()
        exchange = await opened(
            self._opened(), self._name, self._endpoint, self._spoken, sent, key, {CLEARANCE: clearance}
        )
        if exchange.costs_connection:
            self.warm_up(key)
        return exchange

    def freed(self) -> None:
        """A connection is free again: its response was read to the end."""
        self._idle.append(time.monotonic())

    def warm_up(self, key: str) -> None:
        """Opens a connection in the background unless a free one is there."""
        if not self.warm and (self._probing is None or self._probing.done()):
            self._probing = asyncio.create_task(self._quietly(key))

    async def probe(self, key: str) -> None:
        """Asks the service for something that costs nothing. Raises Failed if it can't be reached or fails."""
        import httpx2

        headers = authorized({name: value for name, value in self._endpoint.headers.items() if "{" not in value}, key)
        try:
            response = await self._opened().get(
                self._spoken.probe(self._endpoint.url),
                headers=headers,
                extensions={CLEARANCE: self._gate.probe(self._name)},
                follow_redirects=False,
            )
        except httpx2.TransportError as error:
            raise from_transport(self._name, self._endpoint, error) from None
        if response.status_code >= 500 or response.status_code in (401, 403, 429):
            raise from_status(self._name, self._endpoint, response.status_code, response.headers, b"", frozenset())
        self.freed()

    async def aclose(self) -> None:
        """Closes all of them."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _quietly(self, key: str) -> None:
        with contextlib.suppress(Failed):
            await self.probe(key)

    def _opened(self) -> Any:
        if self._client is None:
            self._client = self._gate.client(self._name, self._endpoint)
        return self._client
