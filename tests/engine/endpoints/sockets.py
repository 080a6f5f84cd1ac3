"""OpenAI's Responses over a WebSocket, as the service's guide describes it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Handshake
from websockets.http11 import Response

from endpoints.script import Request, Script
from endpoints.spoken import Answer, refusal, responses_events


class SocketService:
    """Answers ``response.create`` messages, one at a time on each connection; ``url`` is for HTTP, without a path."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.url = ""
        self.connections = 0
        self.open = 0

    def greet(self, connection: ServerConnection, handshake: Handshake) -> Response | None:
        """Refuses who has no key, or asks for another path."""
        if not handshake.path.endswith("/v1/responses"):
            return connection.respond(HTTPStatus.NOT_FOUND, "")
        if self.script.key and handshake.headers.get("Authorization") != f"Bearer {self.script.key}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "")
        return None

    async def handle(self, socket: ServerConnection) -> None:
        """One connection."""
        self.connections += 1
        self.open += 1
        remembered = ""
        try:
            async for message in socket:
                remembered = await self._answer(socket, json.loads(message), remembered)
        except ConnectionClosed:
            pass
        finally:
            self.open -= 1

    async def _answer(self, socket: ServerConnection, body: dict[str, object], remembered: str) -> str:
        headers = dict(socket.request.headers.raw_items()) if socket.request else {}
        request = Request("WEBSOCKET", "/v1/responses", headers, body, json.dumps(body).encode())
        self.script.requests.append(request)
        watching = asyncio.create_task(self._watch(socket, request))
        try:
            if body.get("previous_response_id", remembered) != remembered:
                await self._refuse(socket, 400, "previous_response_not_found", "Previous response not found.")
                return remembered
            answer = responses_events(body, self.script)
            if reason := refusal("/v1/responses", body, answer):
                await self._refuse(socket, 400, "invalid_request_error", reason)
                return remembered
            if body.get("type") != "response.create":
                await self._refuse(socket, 400, "invalid_request_error", "no such message")
                return remembered
            return await self._stream(socket, request, answer)
        except ConnectionClosed:
            request.gone()
            raise
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _stream(self, socket: ServerConnection, request: Request, answer: Answer) -> str:
        script = self.script
        fault = script.next_fault()
        kind = fault.kind if fault is not None else ""
        id = f"resp_{len(script.requests)}"
        if fault is not None and kind in ("slow", "status"):
            if kind == "status":
                await self._refuse(socket, fault.status, "error", fault.message)
                return ""
            await self._sleep(request, fault.seconds)
        for part in answer.begin:
            await self._send(socket, part, id)
        pieces, reason = script.tokens(answer.most, []) if request.body.get("generate", True) else ([], "stop")
        await self._sleep(request, script.first_token_seconds)
        for at, piece in enumerate(pieces):
            if fault is not None and at == fault.after and kind != "slow":
                if kind == "stall":
                    await self._sleep(request, fault.seconds)
                elif kind in ("cut", "fin"):
                    socket.transport.abort()
                    return ""
                elif kind in ("malformed", "invalid"):
                    await socket.send("{not json")
                elif kind == "shape":
                    await socket.send('["a list"]')
                elif kind == "huge":
                    await socket.send("x" * (2 << 20))
                elif kind == "told":
                    await self._refuse(socket, 500, "server_error", fault.message)
                    return ""
            await self._send(socket, answer.piece(piece, 0), id)
            request.sent += 1
            if script.tokens_per_second:
                await self._sleep(request, 1 / script.tokens_per_second)
        for part in answer.end([(0, reason)], len(pieces)):
            await self._send(socket, part, id)
        return id

    async def _send(self, socket: ServerConnection, event: bytes, id: str) -> None:
        data = json.loads(event.partition(b"data: ")[2])
        if "response" in data:
            data["response"]["id"] = id
        await socket.send(json.dumps(data))

    async def _refuse(self, socket: ServerConnection, status: int, code: str, message: str) -> None:
        await socket.send(json.dumps({"type": "error", "status": status, "error": {"code": code, "message": message}}))

    async def _watch(self, socket: ServerConnection, request: Request) -> None:
        await socket.wait_closed()
        request.gone()

    async def _sleep(self, request: Request, seconds: float) -> None:
        if seconds:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(request.closed.wait(), seconds)


@asynccontextmanager
async def serving_sockets(script: Script) -> AsyncIterator[SocketService]:
    """Runs the service on loopback."""
    service = SocketService(script)
    server: Server
    async with serve(service.handle, "127.0.0.1", 0, process_request=service.greet) as server:
        service.url = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield service
