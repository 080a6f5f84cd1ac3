"""A service over TLS and HTTP/2, with a certificate of its own authority: hypercorn, and completions that stream."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trustme
from hypercorn.asyncio import serve
from hypercorn.config import Config

from endpoints.script import Request, Script
from endpoints.spoken import answer_to


class Http2Service:
    """``url`` is its address, ``ca_file`` its authority; ``versions`` are those of HTTP that were spoken."""

    def __init__(self, script: Script, folder: Path) -> None:
        self.script = script
        self.url = ""
        self.ca_file = str(folder / "ca.pem")
        self.versions: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One request, as ASGI has it."""
        if scope["type"] != "http":
            return
        self.versions.append(scope["http_version"])
        raw = b""
        while True:
            message = await receive()
            raw += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        request = Request(scope["method"], scope["path"], headers, json.loads(raw) if raw else {}, raw)
        if request.method == "GET":
            self.script.probes.append(request)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})
            return
        self.script.requests.append(request)
        watching = asyncio.create_task(self._watch(request, receive))
        try:
            await self._stream(request, send)
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _stream(self, request: Request, send: Any) -> None:
        answer = answer_to(request.path, request.body, self.script)
        assert answer is not None
        await self._sleep(request, self.script.first_token_seconds)
        if request.closed.is_set():
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", answer.type.encode())]})
        pieces, reason = self.script.tokens(answer.most, answer.stops)
        for piece in pieces:
            if request.closed.is_set():
                return
            await send({"type": "http.response.body", "body": answer.piece(piece, 0), "more_body": True})
            request.sent += 1
            if self.script.tokens_per_second:
                await self._sleep(request, 1 / self.script.tokens_per_second)
        for part in answer.end([(0, reason)], len(pieces)):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _watch(self, request: Request, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        request.gone()

    async def _sleep(self, request: Request, seconds: float) -> None:
        if seconds:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(request.closed.wait(), seconds)


@asynccontextmanager
async def serving_http2(script: Script, folder: Path, port: int) -> AsyncIterator[Http2Service]:
    """Runs the service on loopback."""
    service = Http2Service(script, folder)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(service.ca_file)
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.certfile = config.keyfile = str(folder / "server.pem")
    config.accesslog = config.errorlog = None
    config.alpn_protocols = ["h2", "http/1.1"]
    service.url = f"https://127.0.0.1:{port}"
    over = asyncio.Event()
    running = asyncio.create_task(serve(service, config, shutdown_trigger=over.wait))  # type: ignore[arg-type]
    await _listening(port)
    try:
        yield service
    finally:
        over.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _listening(port: int) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the service does not listen")
