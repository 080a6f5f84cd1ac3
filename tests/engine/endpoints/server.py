"""A service over HTTP/1.1: asyncio for the bytes, which faults need to control, h11 for what they mean."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import h11

from endpoints.script import Fault, Request, Script
from endpoints.spoken import Answer, answer_to, line, refusal, sse

CONTROLS = ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"]
"""In the order of their ids."""


class Service:
    """Answers all protocols at their paths; ``url`` is its address without a path."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.connections = 0
        self.open = 0
        self.url = ""
        self._writers: set[asyncio.StreamWriter] = set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self.open += 1
        self._writers.add(writer)
        one = _Connection(self.script, reader, writer, self.connections)
        try:
            with contextlib.suppress(ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
                while await one.serve():
                    pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            writer.close()

    def drop(self) -> None:
        """Closes all connections, as a restart does."""
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def serving(script: Script, port: int = 0) -> AsyncIterator[Service]:
    """Runs a service on loopback."""
    service = Service(script)
    server = await asyncio.start_server(service.handle, "127.0.0.1", port)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        service.drop()
        server.close()


class _Connection:
    def __init__(self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self._script = script
        self._reader = reader
        self._writer = writer
        self._number = number
        self._http = h11.Connection(h11.SERVER)

    async def serve(self) -> bool:
        """One request; whether another may follow."""
        request = await self._request()
        if request is None:
            return False
        if request.method == "GET":
            self._script.probes.append(request)
            told = {"model_path": "/models/qwen2.5-coder-0.5b.gguf"} if request.path == "/props" else {"data": []}
            return await self._plain(self._script.probe_status, told)
        if request.path == "/tokenize":
            return await self._plain(200, {"tokens": tokenized(request.body["content"])})
        self._script.requests.append(request)
        watching = asyncio.create_task(self._watch(request))
        try:
            return await self._answer(request)
        except ConnectionError:
            request.gone()
            raise
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _request(self) -> Request | None:
        if self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        head: h11.Request | None = None
        raw = b""
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(65536))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                raw += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                headers = {name.decode(): value.decode() for name, value in head.headers}
                body = json.loads(raw) if raw else None
                path = head.target.decode()
                return Request(head.method.decode(), path, headers, body, raw, connection=self._number)
            else:
                return None

    async def _watch(self, request: Request) -> None:
        """Sees that the client goes."""
        with contextlib.suppress(ConnectionError):
            await self._reader.read(1)
        request.gone()

    async def _answer(self, request: Request) -> bool:
        script = self._script
        fault = script.next_fault()
        if fault is not None and fault.kind == "slow":
            await self._sleep(request, fault.seconds)
        if fault is not None and fault.kind == "status":
            return await self._plain(fault.status, {"error": {"message": fault.message}}, fault.headers)
        if fault is not None and fault.kind == "redirect":
            return await self._plain(307, {}, {"location": fault.location})
        if script.key and request.headers.get("authorization") != f"Bearer {script.key}":
            told = request.headers.get("authorization", "no key")
            return await self._plain(401, {"error": {"message": f"Incorrect API key provided: {told}"}})
        answer = answer_to(request.path, request.body, script)
        if answer is None:
            return await self._plain(404, {"error": {"message": "no such path"}})
        if fault is not None and fault.kind == "refused" and fault.field in request.body:
            message = f"Unsupported parameter: '{fault.field}' is not supported with this model."
            return await self._plain(400, {"error": {"message": message, "param": fault.field}})
        if reason := refusal(request.path, request.body, answer):
            return await self._plain(422, {"error": {"message": reason}})
        return await self._stream(request, answer, fault)

    async def _stream(self, request: Request, answer: Answer, fault: Fault | None) -> bool:
        kind = fault.kind if fault is not None else ""
        if kind == "type":
            return await self._plain(200, {}, {"content-type": "text/html"})
        self._send(h11.Response(status_code=200, headers=[("content-type", answer.type)]))
        for part in answer.begin:
            self._data(part)
        await self._sleep(request, self._script.first_token_seconds)
        answers = [self._script.tokens(answer.most, answer.stops, choice) for choice in range(answer.choices)]
        longest = max(len(pieces) for pieces, _ in answers)
        for at in range(longest):
            for choice, (pieces, _) in enumerate(answers):
                if at >= len(pieces) or request.closed.is_set():
                    continue
                if fault is not None and at == fault.after and await self._break(request, fault, kind):
                    return False
                await self._piece(answer.piece(pieces[at], choice), kind)
                request.sent += 1
            if self._script.tokens_per_second:
                await self._sleep(request, 1 / self._script.tokens_per_second)
        if request.closed.is_set():
            return False
        reasons = [(choice, reason) for choice, (_, reason) in enumerate(answers)]
        for part in answer.end(reasons, sum(len(pieces) for pieces, _ in answers)):
            self._data(part)
        if kind == "garbage":
            self._data(b"data: {]\n\n\xff\xfe\n\ndata: more\n\n")
        self._send(h11.EndOfMessage())
        await self._writer.drain()
        return True

    async def _break(self, request: Request, fault: Fault, kind: str) -> bool:
        """Has the stream go wrong; whether it ends with that."""
        if kind == "stall":
            await self._sleep(request, fault.seconds)
        elif kind == "cut":
            self._writer.transport.abort()
            return True
        elif kind == "fin":
            self._writer.write_eof()
            await self._sleep(request, 0.2)
            return True
        elif kind == "malformed":
            self._data(b"data: {not json\n\n" if answer_is_sse(request) else b"{not json\n")
        elif kind == "shape":
            self._data(b'data: ["a list"]\n\n' if answer_is_sse(request) else b'["a list"]\n')
        elif kind == "huge":
            self._data(b"data: " + b"x" * (2 << 20) + b"\n\n")
            await self._writer.drain()
        elif kind == "invalid":
            self._data(b'data: {"choices": [{"index": 0, "text": "a\xc3"}]}\n\n')
        elif kind == "told":
            error = {"message": fault.message, "code": 500}
            if request.path.endswith("/responses"):
                self._data(sse({"type": "error", **error}, "error"))
            else:
                self._data(sse({"error": error}) if answer_is_sse(request) else line({"error": fault.message}))
        return False

    async def _piece(self, data: bytes, kind: str) -> None:
        if kind != "torn":
            self._data(data)
            await self._writer.drain()
            return
        for byte in data:
            self._data(bytes((byte,)))
            await self._writer.drain()
            await asyncio.sleep(0)

    async def _sleep(self, request: Request, seconds: float) -> None:
        if seconds:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(request.closed.wait(), seconds)

    async def _plain(self, status: int, body: object, headers: dict[str, str] | None = None) -> bool:
        content = json.dumps(body).encode()
        named = {"content-type": "application/json", "content-length": str(len(content))} | (headers or {})
        self._send(h11.Response(status_code=status, headers=list(named.items())))
        self._data(content)
        self._send(h11.EndOfMessage())
        await self._writer.drain()
        return True

    def _data(self, data: bytes) -> None:
        self._send(h11.Data(data=data))

    def _send(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data and not self._writer.is_closing():
            self._writer.write(data)


def tokenized(text: str) -> list[int]:
    """Ids as llama-server's ``/tokenize`` gives them: one for a control token of Qwen's, one for any other byte."""
    return [151659 + CONTROLS.index(text)] if text in CONTROLS else list(text.encode())


def answer_is_sse(request: Request) -> bool:
    """Whether the service at a path streams server-sent events."""
    return not request.path.startswith("/api/")
