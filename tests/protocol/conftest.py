"""A client that speaks LSP byte by byte, so that a test decides what is sent together and what is read when."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from acting import FULL, Bench

ACTIONS_SERVER = Path(__file__).parent / "actions_server.py"
SCRIPTED_SERVER = Path(__file__).parent / "scripted_server.py"
PATIENCE = 60.0  # seconds; a hang guard


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']} {error['message']}")
        self.code = error["code"]


class Client:
    """One session with a scripted server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Condition()
        self.reading = asyncio.Event()
        self.reading.set()
        self.process: asyncio.subprocess.Process | None = None
        self.received: list[dict[str, Any]] = []
        self.log: list[str] = []
        self.answers: dict[str, Callable[[Any], Any]] = {}
        self.tasks = [asyncio.create_task(self._read())]

    @staticmethod
    def framed(*messages: dict[str, Any]) -> bytes:
        bodies = (json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages)
        return b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)

    def send_bytes(self, data: bytes) -> None:
        self._writer.write(data)

    def send(self, *messages: dict[str, Any]) -> None:
        """All in one write, which the server reads at once while it is small."""
        self.send_bytes(self.framed(*messages))

    def new_request(self, method: str, params: Any = None) -> tuple[dict[str, Any], asyncio.Future[Any]]:
        id_ = next(self._ids)
        self._waiting[id_] = asyncio.get_running_loop().create_future()
        return {"id": id_, "method": method, "params": params}, self._waiting[id_]

    async def request(self, method: str, params: Any = None) -> Any:
        message, answer = self.new_request(method, params)
        self.send(message)
        return await asyncio.wait_for(answer, PATIENCE)

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"method": method, "params": params})

    def all(self, method: str) -> list[Any]:
        """The parameters of what was received of a method so far."""
        return [message.get("params") for message in self.received if message.get("method") == method]

    async def until(self, true: Callable[[], Any]) -> Any:
        """Wait until something received makes it true; returns what it gives."""
        async with self._news:
            return await asyncio.wait_for(self._news.wait_for(true), PATIENCE)

    async def received_of(self, method: str, count: int = 1) -> list[Any]:
        """The parameters of all received of a method, once there are ``count``."""
        await self.until(lambda: len(self.all(method)) >= count)
        return self.all(method)

    async def logged(self, part: str) -> list[str]:
        """The log's lines with ``part``, once there are any."""
        return await self.until(lambda: [line for line in self.log if part in line])  # type: ignore[no-any-return]

    async def initialize(self, capabilities: dict[str, Any] | None = None, **params: Any) -> Any:
        given = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **params}
        answer = await self.request("initialize", given)
        self.notify("initialized", {})
        return answer

    def open(self, uri: str, text: str, language: str = "python", version: int = 1) -> None:
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    @staticmethod
    def change(uri: str, version: int, *changes: dict[str, Any]) -> dict[str, Any]:
        params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)}
        return {"method": "textDocument/didChange", "params": params}

    @staticmethod
    def at(uri: str, line: int, character: int, trigger: int = 2, **more: Any) -> dict[str, Any]:
        """The parameters of a completion request."""
        return {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": character},
            "context": {"triggerKind": trigger},
            **more,
        }

    async def exit_code(self) -> int:
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        self._writer.close()
        if self.process is not None:
            # Whatever is still running or unread; asyncio has no public name for it.
            self.process._transport.close()  # type: ignore[attr-defined]
            await asyncio.sleep(0)

    async def read_log(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            async with self._news:
                self.log.append(line.decode().rstrip())
                self._news.notify_all()

    async def _read(self) -> None:
        while header := await self._reader.readline():
            await self.reading.wait()
            length = int(header.removeprefix(b"Content-Length: "))
            while (await self._reader.readline()).strip():
                pass
            await self._take(json.loads(await self._reader.readexactly(length)))

    async def _take(self, message: dict[str, Any]) -> None:
        async with self._news:
            self.received.append(message)
            self._news.notify_all()
        if "method" in message and "id" in message:
            self._answer(message)
        elif "method" not in message and (waiting := self._waiting.pop(message["id"], None)):
            if "error" in message:
                waiting.set_exception(Refused(message["error"]))
            else:
                waiting.set_result(message["result"])

    def _answer(self, message: dict[str, Any]) -> None:
        if answer := self.answers.get(message["method"]):
            self.send({"id": message["id"], "result": answer(message["params"])})
        else:
            self.send({"id": message["id"], "error": {"code": -32601, "message": "not here"}})


Connect = Callable[..., Awaitable[Client]]


async def started(*command: str, **environment: str) -> Client:
    """A client of a server that is started with a command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
    )
    assert process.stdin and process.stdout and process.stderr
    client = Client(process.stdout, process.stdin)
    client.process = process
    client.tasks.append(asyncio.create_task(client.read_log(process.stderr)))
    return client


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Starts a scripted server with options and connects to it over standard input and output."""
    clients: list[Client] = []

    async def start(
        initialize: bool = True,
        capabilities: dict[str, Any] | None = None,
        program: Path = SCRIPTED_SERVER,
        **options: Any,
    ) -> Client:
        client = await started(str(program), json.dumps(options))
        clients.append(client)
        if initialize:
            await client.initialize(capabilities)
        return client

    yield start
    for client in clients:
        await client.end()


@pytest.fixture
async def serve(tmp_path: Path, shared_cache: dict[str, str]) -> AsyncIterator[Connect]:
    """Starts the real server, with a user's settings file (its text) and a home of its own."""
    clients: list[Client] = []
    home = tmp_path / "home"

    async def start(settings: str, **environment: str) -> Client:
        file = tmp_path / "foretype-of-the-user.toml"
        file.write_text(settings)
        own = {name: str(home / name.lower()) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
        client = await started(
            "-m", "foretype", "serve", "--config", str(file), **own, HOME=str(home), **shared_cache, **environment
        )
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.end()


@pytest.fixture
async def client_over() -> AsyncIterator[Callable[[asyncio.StreamReader, asyncio.StreamWriter], Client]]:
    """Makes a client that speaks over streams which the test has opened."""
    clients: list[Client] = []

    def make(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Client:
        clients.append(Client(reader, writer))
        return clients[-1]

    yield make
    for client in clients:
        await client.end()


@pytest.fixture
async def client(connect: Connect) -> Client:
    """A client in an initialized session."""
    return await connect()


@pytest.fixture
async def bench(connect: Connect, tmp_path: Path) -> Callable[..., Awaitable[Bench]]:
    """Starts a bench; ``capabilities`` and ``options`` as the client gives them, the rest for the engine."""
    answers = tmp_path / "answers.json"
    answers.write_text("[]")

    async def start(capabilities: dict[str, Any] = FULL, options: dict[str, Any] | None = None, **engine: str) -> Bench:
        folder = tmp_path / "workspace"
        folder.mkdir(exist_ok=True)
        given = {"answers": str(answers), **engine}
        client = await connect(program=ACTIONS_SERVER, initialize=False, **given)
        client.answers["window/workDoneProgress/create"] = lambda params: None
        told = await client.initialize(
            capabilities,
            workspaceFolders=[{"uri": folder.as_uri(), "name": folder.name}],
            initializationOptions={"trusted": True, **(options or {})},
        )
        return Bench(client, folder, answers, told["capabilities"])

    return start
