"""WebSockets to a service that stay open: each answers one request at a time, and a spare one is opened early."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from foretype.engines.remote.asking import Memory, Outgoing, Parameters
from foretype.engines.remote.connections import make_client
from foretype.engines.remote.events import Ended, Event, Identified
from foretype.engines.remote.exchange import LONGEST_EVENT, Exchange, authorized, parsed
from foretype.engines.remote.failures import Failed, broken_off, from_status, from_transport, not_the_protocol
from foretype.engines.remote.protocols import Peer, outgoing
from foretype.errors import ForetypeError
from foretype.prompt.hole import Chat
from foretype.trust.egress import CLEARANCE, Cleared, Gate, Recipient

if TYPE_CHECKING:
    import httpx2
    from httpx2.websockets import AsyncWebSocketSession

LONGEST_LIFE_SECONDS = 55 * 60.0
"""OpenAI closes a WebSocket after an hour; an older one isn't used any more."""


class Socket:
    """One WebSocket, and what the service remembers for it."""

    def __init__(self, session: AsyncWebSocketSession, leave: asyncio.Event, task: asyncio.Task[None]) -> None:
        """The task opened the session, and closes it when it is told to leave."""
        self.session = session
        self.memory = Memory()
        self._leave = leave
        self._task = task
        self._opened = time.monotonic()

    @property
    def usable(self) -> bool:
        """Whether it is open and young enough."""
        return not self._task.done() and time.monotonic() - self._opened < LONGEST_LIFE_SECONDS

    async def close(self) -> None:
        """Closes it; the service sees that at once."""
        self._leave.set()
        await asyncio.wait((self._task,))


class SocketExchange:
    """A message and the messages that answer it."""

    def __init__(self, peer: Peer, socket: Socket, sent: Outgoing, freed: Callable[[Socket], None]) -> None:
        self._peer = peer
        self._socket = socket
        self._sent = sent
        self._freed = freed
        self._ended = False

    async def read(self) -> Sequence[Event]:
        """The next events; none after an `Ended`. Raises Failed."""
        import msgspec
        from httpx2.websockets import HTTPXWSException, WebSocketInvalidTypeReceived

        while not self._ended:
            try:
                data = msgspec.json.decode(await self._socket.session.receive_text())
            except (msgspec.DecodeError, WebSocketInvalidTypeReceived):
                raise not_the_protocol(self._peer, "a message is no JSON") from None
            except (HTTPXWSException, OSError):
                raise broken_off(self._peer.name) from None
            events = parsed(self._peer, data)
            for event in events:
                self._ended = self._ended or isinstance(event, Ended)
                if isinstance(event, Identified):
                    remembers = self._sent.remembers
                    self._socket.memory = Memory(event.id, remembers) if remembers else Memory()
            if events:
                return events
        return ()

    async def aclose(self) -> None:
        """Gives the socket back, or closes it if the answer isn't complete."""
        if self._ended:
            self._freed(self._socket)
        else:
            await self._socket.close()


class Sockets:
    """A few WebSockets, one for each request under way and a spare one."""

    def __init__(self, peer: Peer, gate: Gate) -> None:
        self._peer = peer
        self._gate = gate
        self._recipient = Recipient(peer.name, peer.endpoint.url)
        self._client: httpx2.AsyncClient | None = None
        self._idle: list[Socket] = []
        self._opening: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def warm(self) -> bool:
        """Whether one is open and free."""
        self._idle = [socket for socket in self._idle if socket.usable]
        return bool(self._idle)

    @property
    def memory(self) -> Memory:
        """What the service remembers for the one that the next request takes."""
        return self._idle[-1].memory if self.warm else Memory()

    async def open(self, sent: Outgoing, key: str, cleared: Cleared) -> Exchange:
        """Sends a message. Raises Failed."""
        socket = self._idle.pop() if self.warm else await self._connected(sent, key)
        self._spare(key)
        try:
            self._gate.passing(cleared, sent.content, url=sent.url)
            await socket.session.send_text(sent.content.decode())
        except Exception as error:
            await socket.close()
            if type(error).__module__.startswith("httpx2"):
                raise broken_off(self._peer.name) from None
            raise
        socket.memory = Memory()
        return SocketExchange(self._peer, socket, sent, self._idle.append)

    async def probe(self, key: str, lightly: bool = False) -> None:
        """Has one open. Raises Failed if the service can't be reached or is in trouble."""
        empty = outgoing(self._peer, Chat(()), Parameters(1))
        self._idle.insert(0, await self._connected(empty, key))

    async def aclose(self) -> None:
        """Closes all of them."""
        for task in (*self._tasks, *((self._opening,) if self._opening else ())):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _connected(self, sent: Outgoing, key: str) -> Socket:
        ready: asyncio.Future[AsyncWebSocketSession] = asyncio.get_running_loop().create_future()
        leave = asyncio.Event()
        task = asyncio.create_task(self._hold(sent, key, ready, leave))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return Socket(await ready, leave, task)
        except asyncio.CancelledError:
            task.cancel()
            raise

    async def _hold(
        self, sent: Outgoing, key: str, ready: asyncio.Future[AsyncWebSocketSession], leave: asyncio.Event
    ) -> None:
        """Opens a WebSocket and closes it: its library wants both done by one task."""
        import httpx2
        from httpx2.websockets import HTTPXWSException, WebSocketUpgradeError

        if self._client is None:
            self._client = make_client(self._gate, self._peer, self._recipient)
        headers = {name: value for name, value in authorized(sent.headers, key).items() if name != "Content-Type"}
        failed: Failed
        try:
            clearance = {CLEARANCE: self._gate.probe(self._recipient)}
            async with self._client.websocket(
                sent.url, headers=headers, extensions=clearance, max_message_size_bytes=LONGEST_EVENT
            ) as session:
                ready.set_result(session)
                await leave.wait()
            return
        except WebSocketUpgradeError as error:
            failed = from_status(self._peer, error.response.status_code, error.response.headers, b"", frozenset())
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            failed = from_transport(self._peer, error)
        except ForetypeError as error:
            failed = Failed(str(error))
        except Exception as error:
            # The library's own errors, alone or in a group when they come while the WebSocket is open.
            if not isinstance(error, HTTPXWSException) and not hasattr(error, "exceptions"):
                raise
            failed = broken_off(self._peer.name)
        if not ready.done():
            ready.set_exception(failed)

    def _spare(self, key: str) -> None:
        if not self.warm and (self._opening is None or self._opening.done()):
            self._opening = asyncio.create_task(self._quietly(key))

    async def _quietly(self, key: str) -> None:
        with contextlib.suppress(ForetypeError):
            await self.probe(key)
