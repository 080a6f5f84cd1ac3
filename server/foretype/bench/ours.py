"""Foretype in an editor: a change and a request after each key, the request before it cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from foretype.bench.buffer import Buffer
from foretype.bench.editor import Answer, Asked, Editor, Item, ServerUnable
from foretype.bench.screen import Ghost, Screen, ghost_of
from foretype.bench.seat import Work, apply_ghost, apply_key, open_buffers
from foretype.bench.trace import Key, Trace

_READY_SECONDS = 180.0
_IDLE_SECONDS = 3.0


class ForetypeSession:
    """Runs the server given by ``command`` for each trace.

    ``stream`` asks with ``foretype/inlineCompletion``, else with LSP's own request. ``warm`` lets the server load its
    model, read the file and have some idle seconds before typing begins; without, only the model is loaded.
    """

    def __init__(self, command: Sequence[str], *, stream: bool = True, warm: bool = True) -> None:
        self._command, self._stream, self._warm = command, stream, warm
        self._loop = asyncio.get_running_loop()
        self._editor: Editor | None = None
        self._asked: Asked | None = None
        self._fetching: set[asyncio.Task[None]] = set()
        self._reset([])

    def _reset(self, buffers: list[Buffer]) -> None:
        self.screen: Screen[Item] = Screen(self._loop.time)
        self.buffers = buffers
        self._asked = None
        self._number = -1
        self._shown_in = buffers[0] if buffers else None
        self._work = Work()
        self._ledgers: dict[int, Mapping[str, Any]] = {}
        self._seen: set[int] = set()
        self._tells = True
        self._first_totals: Mapping[str, Any] = {}

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return self._editor.process.pid if self._editor else None

    async def begin(self, trace: Trace, folder: Path) -> None:
        """Start the server, open the files, and get it ready. Raises `ServerUnable` and `ServerGone`."""
        self._reset(open_buffers(trace, folder))
        self._editor = editor = await Editor.start(self._command, folder)
        if self._warm:
            await editor.open(self.buffers[0])
        try:
            await self._ready(self.buffers[0] if self._warm else _scratch(folder))
        except ServerUnable:
            await self._editor.aclose()
            self._editor = None
            raise
        if self._warm:
            await asyncio.sleep(_IDLE_SECONDS)
        else:
            await editor.open(self.buffers[0])
        for buffer in self.buffers[1:]:
            await editor.open(buffer)
        self._first_totals = await self._totals()

    async def _ready(self, buffer: Buffer) -> None:
        """Wait until the model answers; a scratch document is opened and closed for it if need be."""
        assert self._editor is not None
        if buffer not in self.buffers:
            await self._editor.open(buffer)
        with contextlib.suppress(asyncio.TimeoutError):
            asked = self._editor.complete(buffer, lambda _: None, explicit=True)
            await asyncio.wait_for(asked.done, _READY_SECONDS)
        self._editor.check()
        if buffer not in self.buffers:
            self._editor.close(buffer)

    def press(self, number: int, key: Key) -> None:
        """Cancel what is under way, change the document, and ask."""
        assert self._editor is not None
        self._cancel()
        buffer = self.buffers[key.file]
        change = apply_key(buffer, self.screen, key)
        if change is not None:
            self._ask(number, buffer, change)

    def accept(self, number: int, ghost: Ghost) -> None:
        """Take the suggestion, tell the server, and ask for the next."""
        assert self._editor is not None and self._shown_in is not None
        self._cancel()
        item, buffer = self.screen.now.source, self._shown_in
        change = apply_ghost(buffer, self.screen, ghost)
        if item is not None:
            self._editor.accepted(item)
        self._ask(number, buffer, change)

    def ledgers(self) -> Mapping[int, Mapping[str, Any]]:
        """The server's ledgers by key."""
        return self._ledgers

    async def end(self) -> Work:
        """Shut the server down."""
        if self._editor is None:
            return Work()
        await asyncio.gather(*self._fetching, return_exceptions=True)
        totals = await self._totals()
        await self._editor.aclose()
        self._editor = None
        return self._told(totals)

    def _cancel(self) -> None:
        if self._asked is not None and self._editor is not None and self._editor.cancel(self._asked):
            self._work.cancelled += 1

    def _ask(self, number: int, buffer: Buffer, change: Mapping[str, object]) -> None:
        assert self._editor is not None
        self._editor.change(buffer, change)
        self._number, self._shown_in = number, buffer
        self._work.requests += 1
        self._asked = self._editor.complete(
            buffer, lambda answer: self._answered(number, buffer, answer), stream=self._stream
        )

    def _answered(self, number: int, buffer: Buffer, answer: Answer) -> None:
        assert self._editor is not None
        for item in answer.items[:1]:
            before = buffer.line[item.start.column : buffer.cursor.column]
            ghost = ghost_of(item.text, before, buffer.line[buffer.cursor.column : item.end.column])
            shown = self.screen.now.ghost
            if ghost is None or (shown and not answer.done and shown.extends(ghost)):
                # The beginning of what is there already is no reason to take the rest away.
                continue
            if self.screen.show(ghost, item):
                self._seen.add(number)
                if shown is None:
                    self._editor.shown(item)
        if answer.done and self._tells:
            task = asyncio.ensure_future(self._fetch(number, buffer.uri))
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)

    async def _fetch(self, number: int, uri: str) -> None:
        assert self._editor is not None
        if self._number != number:
            # The next key was pressed already: it would be the next request's.
            return
        told = await self._editor.last_ledger(uri)
        if told is not None:
            self._ledgers[number] = told

    async def _totals(self) -> Mapping[str, Any]:
        assert self._editor is not None
        told = await self._editor.last_ledger(self.buffers[0].uri) if self._tells else None
        self._tells = told is not None
        totals = (told or {}).get("totals")
        return totals if isinstance(totals, Mapping) else {}

    def _told(self, totals: Mapping[str, Any]) -> Work:
        """The work since `begin`: by the server's own count, else added up from the ledgers that were caught."""
        work = self._work
        caught = [ledger.get("ledger") or {} for ledger in self._ledgers.values()]

        def count(name: str) -> int | None:
            if name in totals:
                return int(totals[name]) - int(self._first_totals.get(name, 0))
            return sum(int(ledger.get(name, 0)) for ledger in caught) if caught else None

        work.evaluated_tokens = count("prefill_tokens")
        work.generated_tokens = count("decode_tokens")
        work.drafted_tokens, work.accepted_tokens = count("drafted_tokens"), count("accepted_tokens")
        if "warm_tokens" in totals:
            work.idle_evaluated_tokens = count("warm_tokens")
        seen = (told.get("ledger") or {} for number, told in self._ledgers.items() if number in self._seen)
        if work.generated_tokens is not None:
            shown_tokens = sum(int(ledger.get("decode_tokens", 0)) for ledger in seen)
            work.unshown_tokens = max(0, work.generated_tokens - shown_tokens)
        work.counts_everything = "prefill_tokens" in totals
        return work


def _scratch(folder: Path) -> Buffer:
    buffer = Buffer((folder / "scratch-to-load-the-model.py").absolute().as_uri(), "python", "x = ")
    buffer.move(buffer.point(len("x = ")))
    return buffer
