"""The real server with a completer that the test scripts; run as a program, with options as JSON in its argument.

``test/...`` requests, registered only here, tell what the completer was asked and decide when and what it answers.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from foretype.complete.ledger import Ledger
from foretype.complete.results import CompletionRequest, CompletionResult, Suggestion
from foretype.config.load import Resolved, defaults, load, with_initialization_options
from foretype.config.schema import Settings
from foretype.engines.base import EngineState, EngineStatus, StatusListener, Totals
from foretype.errors import ForetypeError
from foretype.lsp import logs
from foretype.lsp.parts import ServerOptions, ServerParts
from foretype.lsp.serve import run
from foretype.lsp.server import ForetypeServer
from foretype.text.documents import Snapshot
from foretype.text.positions import Point
from foretype.workspace.folders import Folder

OnUpdate = Callable[[CompletionResult], None]


@dataclass
class Asked:
    """One call of ``complete``."""

    request: CompletionRequest
    on_update: OnUpdate | None
    answer: asyncio.Future[CompletionResult] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    cancelled: bool = False


class RecordedFiles:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[list[Any]] = []

    def set_folders(self, folders: Iterable[Folder], watched: bool) -> None:
        self.told.append(["folders", [[str(folder.path), folder.name] for folder in folders], watched])

    def files_changed(self, uris: Iterable[str]) -> None:
        self.told.append(["files", list(uris)])


class ScriptedCompleter:
    """Remembers what it is asked; answers when the test says so, and an older request when a newer comes."""

    def __init__(self, settings: Settings, on_status: StatusListener, closing_takes: float) -> None:
        self.files = RecordedFiles()
        self.on_status = on_status
        self.calls: list[list[Any]] = [["made", settings.completion.max_lines]]
        self.asked: list[Asked] = []
        self.more = asyncio.Condition()
        self.texts: dict[str, str] = {}
        self.fail: str | None = None
        self.closing_takes = closing_takes
        self.updates_at_once: list[str] = []
        self.last_results: dict[str | None, CompletionResult] = {}

    async def complete(self, request: CompletionRequest, on_update: OnUpdate | None = None) -> CompletionResult:
        asked = Asked(request, on_update)
        for older in self.asked:
            if older.request.snapshot.uri == request.snapshot.uri and not older.answer.done():
                older.answer.set_result(nothing())
        self.asked.append(asked)
        for text in self.updates_at_once:
            assert on_update is not None
            on_update(result(asked, text, done=False))
        async with self.more:
            self.more.notify_all()
        try:
            answer = await asked.answer
            self.last_results.update({None: answer, request.snapshot.uri: answer})
            return answer
        except asyncio.CancelledError:
            asked.cancelled = True
            raise

    def opened(self, snapshot: Snapshot) -> None:
        self._saw("opened", snapshot)

    def changed(self, snapshot: Snapshot) -> None:
        self._saw("changed", snapshot)

    def closed(self, uri: str) -> None:
        self.calls.append(["closed", uri])

    def shown(self, id: str) -> None:
        self.calls.append(["shown", id])

    def accepted(self, id: str) -> None:
        self.calls.append(["accepted", id])

    def partially_accepted(self, id: str, length: int) -> None:
        self.calls.append(["partially_accepted", id, length])

    def explain_last(self, uri: str | None = None) -> str:
        return f"explained {uri or 'the last'}"

    def totals(self) -> Totals:
        return Totals(prefill_tokens=7)

    def last(self, uri: str | None = None) -> CompletionResult | None:
        return self.last_results.get(uri)

    def apply_settings(self, settings: Settings) -> None:
        self.calls.append(["settings", settings.completion.max_lines])

    async def aclose(self) -> None:
        await asyncio.sleep(self.closing_takes)

    def _saw(self, what: str, snapshot: Snapshot) -> None:
        if self.fail:
            raise RuntimeError(self.fail)
        self.texts[snapshot.uri] = snapshot.text
        self.calls.append([what, snapshot.uri, snapshot.version])


def nothing() -> CompletionResult:
    return CompletionResult((), "superseded", "scripted", Ledger())


def result(
    asked: Asked, text: str | list[str], id: str = "1", replace: int = 0, done: bool = True, back: int = 0
) -> CompletionResult:
    """Suggestions at the cursor; each further one has a longer id."""
    cursor = asked.request.cursor
    start, end = Point(cursor.line, cursor.column - back), Point(cursor.line, cursor.column + replace)
    texts = [text] if isinstance(text, str) else text
    suggestions = tuple(Suggestion(id * n, each, start, end) for n, each in enumerate(texts, 1) if each)
    ledger = Ledger(total_ms=12.5, source="model", filters=("echo",))
    return CompletionResult(suggestions, None if suggestions else "nothing to add", "scripted", ledger, done)


def described(asked: Asked) -> dict[str, Any]:
    request = asked.request
    return {
        "uri": request.snapshot.uri,
        "version": request.snapshot.version,
        "cursor": [request.cursor.line, request.cursor.column],
        "before": request.snapshot.before(request.cursor),
        "text": request.snapshot.text,
        "explicit": request.explicit,
        "selected": request.selected,
        "selectedStart": request.selected_start and [request.selected_start.line, request.selected_start.column],
        "selectedEnd": request.selected_end and [request.selected_end.line, request.selected_end.column],
        "cancelled": asked.cancelled,
        "answered": asked.answer.done(),
    }


def script(server: ForetypeServer, made: list[ScriptedCompleter]) -> None:
    """Register what the test steers by."""

    @server.feature("test/asked")
    async def asked(params: dict[str, int]) -> list[dict[str, Any]]:
        completer = made[0]
        async with completer.more:
            await completer.more.wait_for(lambda: len(completer.asked) >= params["atLeast"])
        return [described(each) for each in completer.asked]

    @server.feature("test/answer")
    def answer(params: dict[str, Any]) -> None:
        asked = made[0].asked[params.pop("number")]
        asked.answer.set_result(result(asked, **params))

    @server.feature("test/update")
    def update(params: dict[str, Any]) -> None:
        asked = made[0].asked[params.pop("number")]
        assert asked.on_update is not None
        asked.on_update(result(asked, **params, done=False))

    @server.feature("test/updateAtOnce")
    def update_at_once(params: dict[str, list[str]]) -> None:
        made[0].updates_at_once = params["texts"]

    @server.feature("test/fail")
    def fail(params: dict[str, Any]) -> None:
        kind = ForetypeError if params["expected"] else RuntimeError
        made[0].asked[params["number"]].answer.set_exception(kind(params["message"]))

    @server.feature("test/failDocuments")
    def fail_documents(params: dict[str, Any]) -> None:
        made[0].fail = params["message"]

    @server.feature("test/calls")
    def calls(params: object) -> list[list[Any]]:
        return made[0].calls

    @server.feature("test/workspace")
    def workspace(params: object) -> list[list[Any]]:
        return made[0].files.told

    @server.feature("test/text")
    def text(params: dict[str, str]) -> str:
        return made[0].texts[params["uri"]]

    @server.feature("test/status")
    def status(params: dict[str, Any]) -> None:
        made[0].on_status(EngineStatus(**{**params, "state": EngineState(params["state"])}))

    @server.feature("test/state")
    def state(params: object) -> dict[str, Any]:
        resolved = server.configuration.resolved
        return {
            "folders": [[folder.uri, folder.name, folder.path and str(folder.path)] for folder in server.folders],
            "trusted": resolved.trusted,
            "settings": {"model": resolved.settings.model, "max_lines": resolved.settings.completion.max_lines},
            "encoding": server.documents.encoding.value,
        }

    @server.feature("test/print")
    def stray_print(params: dict[str, str]) -> None:
        print(params["text"], flush=True)

    @server.feature("test/touch")
    def touch(params: dict[str, str]) -> None:
        Path(params["path"]).touch()

    @server.feature("test/block")
    def block(params: dict[str, str]) -> None:
        while not Path(params["until"]).exists():
            time.sleep(0.01)

    @server.command("test.wait")
    async def wait(path: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            touch({"path": path})


def main(options: dict[str, Any]) -> int:
    """Serve with the options of the test."""
    made: list[ScriptedCompleter] = []
    file = options.get("config")

    def make_completer(settings: Settings, on_status: StatusListener) -> ScriptedCompleter:
        made.append(ScriptedCompleter(settings, on_status, options.get("closing_takes", 0.0)))
        return made[0]

    def users() -> Resolved:
        try:
            return load(Path(file)) if file else defaults()
        except ForetypeError as error:
            return defaults(Path(file or ""), warning=str(error))

    resolved = users()

    def resolve_settings(given: object) -> Resolved:
        return with_initialization_options(resolved, given)

    times = asdict(ServerOptions(client_check=0.05, progress_after=0.0)) | options.get("times", {})
    logs.configure(None)
    server = ForetypeServer(ServerParts(make_completer, resolve_settings), ServerOptions(**times))
    script(server, made)
    return run(server, tcp_port=options.get("tcp_port"))


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}))
