"""A minimal LSP editor: starts a server as its child, opens and changes documents, asks for inline completions."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foretype import __version__
from foretype.bench.buffer import Buffer
from foretype.bench.jsonrpc import Call, Connection, RequestFailed, ServerGone
from foretype.errors import ForetypeError
from foretype.lsp.uris import from_path
from foretype.text.edits import locate
from foretype.text.positions import Encoding, Point

STANDARD = "textDocument/inlineCompletion"
STREAMING = "foretype/inlineCompletion"
_PATIENCE_SECONDS = 10.0


def serve_command(model: str | None = None, *arguments: str) -> list[str]:
    """The command that runs this installation's own server over stdio."""
    chosen = ["--model", model] if model else []
    return [sys.executable, "-m", "foretype", "serve", *chosen, *arguments]


@dataclass(frozen=True, slots=True)
class Item:
    """A suggestion: ``text`` replaces ``start`` to ``end``, in points of the buffer it was asked for.

    ``raw`` is the item as the server sent it.
    """

    text: str
    start: Point
    end: Point
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says to one request, so far or at last. ``at`` is the event loop's time in seconds."""

    items: tuple[Item, ...]
    done: bool
    at: float


@dataclass(frozen=True, slots=True)
class Status:
    """What the server tells of itself: ``kind`` is ``Normal``, ``Warning``, ``Error`` or ``Inactive``."""

    kind: str = ""
    message: str = ""
    busy: bool = False


class ServerUnable(ForetypeError):
    """The server says that it can't work: no model, or one that doesn't load."""


AnswerListener = Callable[[Answer], None]


class Asked:
    """One inline completion request under way."""

    def __init__(self, call: Call, buffer: Buffer, listener: AnswerListener) -> None:
        self.call, self.version = call, buffer.version
        self._buffer, self._listener = buffer, listener
        self.done = asyncio.get_running_loop().create_future()
        call.answer.add_done_callback(self._answered)

    @property
    def current(self) -> bool:
        """Whether the document is still as it was asked for."""
        return self._buffer.version == self.version

    def progress(self, value: Mapping[str, Any]) -> None:
        """Take a part of a streamed answer; one for another version is dropped."""
        if not self.done.done() and value.get("version", self.version) == self.version:
            self._tell(value, False)

    def _answered(self, answer: asyncio.Future[Any]) -> None:
        failed = answer.cancelled() or answer.exception() is not None
        told = self._tell([] if failed else answer.result(), True)
        if not self.done.done():
            self.done.set_result(told)

    def _tell(self, result: Any, done: bool) -> Answer:
        items = result.get("items", []) if isinstance(result, Mapping) else result
        # Points of items make sense only in the text they are for.
        found = tuple(_item(item, self._buffer) for item in items or []) if self.current else ()
        answer = Answer(found, done, asyncio.get_running_loop().time())
        if self.current:
            self._listener(answer)
        return answer


class Editor:
    """One server and the documents open in it. Make it with `Editor.start`, end it with `aclose`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None and process.stdout is not None
        self.process = process
        self.capabilities: Mapping[str, Any] = {}
        self.status = Status()
        self.on_status: Callable[[Status], None] | None = None
        self._streams: dict[str, Asked] = {}
        self._complaint = ""
        self._logs = asyncio.ensure_future(self._read_logs())
        self.connection = Connection(process.stdout, process.stdin, self._notified, self._requested)

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        folder: Path | None = None,
        options: Mapping[str, Any] | None = None,
        abilities: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Editor:
        """Run a server and initialize it in ``folder`` (absolute); ``abilities`` are further client capabilities.

        Raises `RequestFailed`, and `ServerGone` with the last line of the server's stderr.
        """
        pipe = asyncio.subprocess.PIPE
        editor = cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe))
        try:
            await editor._initialize(folder, options, abilities or {})
        except ServerGone as gone:
            await editor.aclose()
            raise ServerGone(editor._complaint or str(gone)) from None
        except BaseException:
            await editor.aclose()
            raise
        return editor

    def check(self) -> None:
        """Raises `ServerUnable`, with the server's own words, when it has said that it can't work."""
        if self.status.kind == "Error":
            raise ServerUnable(self.status.message)

    async def open(self, buffer: Buffer) -> None:
        """Open a document."""
        document = {"uri": buffer.uri, "languageId": buffer.language, "version": buffer.version, "text": buffer.text}
        self.connection.notify("textDocument/didOpen", {"textDocument": document})
        await self.connection.drain()

    def close(self, buffer: Buffer) -> None:
        """Close a document."""
        self.connection.notify("textDocument/didClose", {"textDocument": {"uri": buffer.uri}})

    def change(self, buffer: Buffer, change: Mapping[str, object]) -> None:
        """Tell of a change that the buffer has made."""
        document = {"uri": buffer.uri, "version": buffer.version}
        self.connection.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def complete(
        self, buffer: Buffer, listener: AnswerListener, *, stream: bool = True, explicit: bool = False
    ) -> Asked:
        """Ask for a suggestion at the buffer's cursor; the listener hears of each longer part, and of the last.

        It hears nothing any more once the buffer has changed.
        """
        params: dict[str, Any] = {
            "textDocument": {"uri": buffer.uri, "version": buffer.version},
            "position": buffer.position(buffer.cursor),
            "context": {"triggerKind": 1 if explicit else 2},
        }
        token = ""
        if stream:
            token = f"{buffer.uri}#{buffer.version}"
            params["streamToken"] = token
        asked = Asked(self.connection.request(STREAMING if stream else STANDARD, params), buffer, listener)
        if token:
            self._streams[token] = asked
            asked.call.answer.add_done_callback(lambda _: self._streams.pop(token, None))
        return asked

    def cancel(self, asked: Asked) -> bool:
        """Cancel a request, as editors do at the next key; False if it was answered already."""
        if asked.call.answer.done():
            return False
        self.connection.notify("$/cancelRequest", {"id": asked.call.id})
        return True

    def shown(self, item: Item) -> None:
        """Tell that a suggestion is on screen."""
        self.connection.notify("textDocument/didShowCompletion", {"item": item.raw})

    def accepted(self, item: Item) -> None:
        """Do what an editor does when a suggestion was taken: run its command."""
        command = item.raw.get("command")
        if command:
            self.connection.request(
                "workspace/executeCommand",
                {"command": command["command"], "arguments": command.get("arguments", [])},
            )

    async def execute(self, command: str, *arguments: Any) -> Any:
        """Run one of the server's commands. Raises `RequestFailed` and `ServerGone`."""
        params = {"command": command, "arguments": list(arguments)}
        return await asyncio.wait_for(
            self.connection.request("workspace/executeCommand", params).answer, _PATIENCE_SECONDS
        )

    async def last_ledger(self, uri: str) -> Mapping[str, Any] | None:
        """What the server's `foretype.lastLedger` says of its last request for a document; None if it has nothing."""
        with contextlib.suppress(RequestFailed, ServerGone, asyncio.TimeoutError):
            told = await self.execute("foretype.lastLedger", uri)
            return told if isinstance(told, Mapping) else None
        return None

    async def aclose(self) -> None:
        """Shut the server down; end it if it doesn't."""
        with contextlib.suppress(RequestFailed, ServerGone, asyncio.TimeoutError):
            await asyncio.wait_for(self.connection.request("shutdown").answer, _PATIENCE_SECONDS)
            self.connection.notify("exit")
        await self.connection.aclose()
        try:
            await asyncio.wait_for(self.process.wait(), _PATIENCE_SECONDS)
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()
        await self._logs

    async def _read_logs(self) -> None:
        assert self.process.stderr is not None
        # By blocks: a line of any length is no reason to stop reading.
        while block := await self.process.stderr.read(1 << 16):
            lines = block.decode("utf-8", "replace").strip().splitlines()
            self._complaint = lines[-1] if lines else self._complaint

    async def _initialize(
        self,
        folder: Path | None,
        options: Mapping[str, Any] | None,
        abilities: Mapping[str, Mapping[str, Any]],
    ) -> None:
        uri = from_path(folder) if folder else None
        params = {
            "processId": None,
            "clientInfo": {"name": "foretype bench", "version": __version__},
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": folder.name}] if folder else None,
            "initializationOptions": options or {},
            "capabilities": {
                "general": {"positionEncodings": ["utf-16"]},
                "textDocument": {"synchronization": {}, "inlineCompletion": {}, **abilities.get("textDocument", {})},
                "window": {"workDoneProgress": True},
                "workspace": {"workspaceFolders": True, "executeCommand": {}, **abilities.get("workspace", {})},
            },
        }
        # Importing takes a while on a busy machine, and a first start compiles byte code.
        result = await asyncio.wait_for(self.connection.request("initialize", params).answer, 60)
        self.capabilities = result["capabilities"]
        self.connection.notify("initialized", {})

    def _notified(self, method: str, params: Any) -> None:
        if method == "$/progress":
            asked = self._streams.get(str(params["token"]))
            if asked is not None:
                asked.progress(params["value"])
        elif method == "didChangeStatus":
            self.status = Status(params.get("kind", ""), params.get("message") or "", bool(params.get("busy")))
            if self.on_status:
                self.on_status(self.status)

    def _requested(self, method: str, params: Any) -> Any:
        return [None] * len(params["items"]) if method == "workspace/configuration" else None


def _item(item: Mapping[str, Any], buffer: Buffer) -> Item:
    text = item["insertText"]
    if isinstance(text, Mapping):
        text = text["value"]
    where = item.get("range")
    if where is None:
        return Item(text, buffer.cursor, buffer.cursor, item)
    start, end = (
        locate(buffer.lines, place["line"], place["character"], Encoding.UTF16)
        for place in (where["start"], where["end"])
    )
    return Item(text, start, end, item)
