"""An editor that asks a server for fixes: one workspace at a time, with one document in it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from foretype.bench.buffer import Buffer
from foretype.bench.editor import Editor
from foretype.bench.jsonrpc import RequestFailed
from foretype.lsp.uris import from_path
from foretype.text.edits import Edit, apply, locate, split_lines
from foretype.text.positions import Encoding

ABILITIES: Mapping[str, Any] = {
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
            "dataSupport": True,
            "isPreferredSupport": True,
            "disabledSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        }
    },
    "workspace": {"workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}}},
}
"""What this editor can do besides what every bench's editor can."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What a server made of a document: its text after the edit, what it says of it, and how long that took.

    ``without_imports`` is the text without the imports that the edit brings in, as any edit may that needs some.
    """

    text: str
    without_imports: str
    title: str = ""
    standing: str = "failed"
    verdict: str = ""
    seconds: float = 0.0
    ledger: Mapping[str, Any] = field(default_factory=dict)


class FixSession:
    """One server for many documents."""

    def __init__(self, command: Sequence[str], options: Mapping[str, Any], home: Path) -> None:
        self._command = command
        self._options = options
        self._home = home
        self._editor: Editor | None = None

    async def begin(self) -> None:
        """Starts the server, in an empty folder."""
        self._editor = await Editor.start(self._command, self._home, self._options, ABILITIES)

    async def end(self) -> None:
        """Ends the server."""
        if self._editor is not None:
            await self._editor.aclose()

    async def fix(
        self,
        folder: Path,
        file: Path,
        text: str,
        title: str,
        place: Mapping[str, Any],
        diagnostics: Sequence[Mapping[str, Any]],
    ) -> Fixed:
        """Asks for the quick fixes at a range of a file that lies alone in a folder, and takes the one of a title.

        ``text`` is the file's.

        Raises `ServerUnable` and `ServerGone`.
        """
        editor = self._editor
        assert editor is not None
        buffer = Buffer(from_path(file), "python", text)
        here = {"uri": from_path(folder), "name": folder.name}
        editor.connection.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [here], "removed": []}})
        await editor.open(buffer)
        started = time.monotonic()
        try:
            fixed = await self._ask(editor, buffer, text, title, place, diagnostics)
        finally:
            editor.close(buffer)
            gone = {"event": {"added": [], "removed": [here]}}
            editor.connection.notify("workspace/didChangeWorkspaceFolders", gone)
        return replace(fixed, seconds=time.monotonic() - started)

    async def _ask(
        self, editor: Editor, buffer: Buffer, text: str, title: str, place: Any, diagnostics: Sequence[Any]
    ) -> Fixed:
        params = {
            "textDocument": {"uri": buffer.uri},
            "range": place,
            "context": {"diagnostics": list(diagnostics), "only": ["quickfix"]},
        }
        offered = await editor.connection.request("textDocument/codeAction", params).answer
        chosen = next((each for each in offered or [] if each["title"].startswith(title)), None)
        editor.check()
        if chosen is None or "disabled" in chosen:
            reason = chosen["disabled"]["reason"] if chosen else f"no action is called {title}"
            return Fixed(text, text, verdict=reason)
        try:
            resolved = await editor.connection.request("codeAction/resolve", chosen).answer
        except RequestFailed as failed:
            editor.check()
            return Fixed(text, text, chosen["title"], "failed", str(failed), ledger=await self._ledger(editor))
        told = await self._last(editor)
        edit = resolved.get("edit") or {}
        return Fixed(
            apply_edit(text, buffer.uri, edit),
            apply_edit(text, buffer.uri, edit, imports=False),
            resolved["title"],
            told.get("standing", ""),
            told.get("verdict", ""),
            ledger=told.get("ledger", {}),
        )

    async def _ledger(self, editor: Editor) -> Mapping[str, Any]:
        ledger = (await self._last(editor)).get("ledger", {})
        return ledger if isinstance(ledger, Mapping) else {}

    async def _last(self, editor: Editor) -> Mapping[str, Any]:
        try:
            told = await editor.execute("foretype.lastAction")
        except (RequestFailed, asyncio.TimeoutError):
            return {}
        return told if isinstance(told, Mapping) else {}


def apply_edit(text: str, uri: str, edit: Mapping[str, Any], imports: bool = True) -> str:
    """A document's text after a workspace edit, as an editor applies it; perhaps without the imports it brings in."""
    changes = [
        change
        for document in edit.get("documentChanges", ())
        if document.get("textDocument", {}).get("uri") == uri
        for change in document["edits"]
    ]
    lines = split_lines(text)
    places = []
    for change in changes:
        if not imports and _is_import(lines, change):
            continue
        start, end = (change["range"][name] for name in ("start", "end"))
        first, last = (locate(lines, each["line"], each["character"], Encoding.UTF16) for each in (start, end))
        places.append(Edit(first, last, change["newText"]))
    for each in sorted(places, key=lambda each: each.start, reverse=True):
        apply(lines, each)
    return "".join(lines)


def _is_import(lines: Sequence[str], change: Mapping[str, Any]) -> bool:
    """Whether a change only adds lines that import something, or a name to those that a line imports."""
    start, end = change["range"]["start"], change["range"]["end"]
    if start != end:
        return False
    added = [line for line in change["newText"].splitlines() if line.strip()]
    if start["character"] == 0:
        return all(re.match(r"(?:import|from) ", line) for line in added)
    return bool(re.match(r"from \S+ import ", lines[start["line"]]) and re.fullmatch(r"[\w, ]*", change["newText"]))


def changed_outside(before: str, after: str, first: int, last: int) -> int:
    """How many bytes differ outside of the lines ``first`` to ``last`` (both included) of the text before."""
    lines = split_lines(before)
    head, tail = "".join(lines[:first]).encode(), "".join(lines[last + 1 :]).encode()
    new = after.encode()
    in_head = _differing(head, new[: len(head)])
    end = new[len(new) - len(tail) :] if tail else b""
    return in_head + _differing(tail[::-1], end[::-1])


def _differing(left: bytes, right: bytes) -> int:
    return sum(a != b for a, b in zip(left, right, strict=False)) + abs(len(left) - len(right))
