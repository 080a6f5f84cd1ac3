"""One typist of the load benchmark: types a trace at its pace into a pipeline of its own, and notes what it got."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from foretype.bench.buffer import Buffer
from foretype.bench.score import ENOUGH_VISIBLE
from foretype.bench.trace import Key, Trace
from foretype.complete.pipeline import Completer
from foretype.complete.results import CompletionRequest, CompletionResult
from foretype.text.documents import Snapshot

FROM_CACHE = "cache"


@dataclass(slots=True)
class Got:
    """What typists got: keys in all and those with a suggestion before the next, milliseconds to the first text of
    requests that an engine answered, how late keys were pressed, and the reasons of requests that an engine failed."""

    keys: int = 0
    served: int = 0
    first_text_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)

    def add(self, other: Got) -> None:
        """Takes in what another typist got."""
        self.keys += other.keys
        self.served += other.served
        self.first_text_ms += other.first_text_ms
        self.late_ms += other.late_ms
        for reason, count in other.errors.items():
            self.errors[reason] = self.errors.get(reason, 0) + count


class LoadTypist:
    """Types traces, one after the other and again, until the time is over."""

    def __init__(self, completer: Completer, number: int, traces: Sequence[Trace]) -> None:
        self._completer = completer
        self._number = number
        self._traces = traces

    async def type(self, seconds: float, delay: float) -> Got:
        """Types for so long, from ``delay`` seconds on."""
        got = Got()
        await asyncio.sleep(delay)
        end = asyncio.get_running_loop().time() + seconds - delay
        turn = 0
        while asyncio.get_running_loop().time() < end:
            await self._type(self._traces[turn % len(self._traces)], turn, end, got)
            turn += 1
        return got

    async def _type(self, trace: Trace, turn: int, end: float, got: Got) -> None:
        """Types a trace, or as much of it as there is time for."""
        file = trace.files[0]
        buffer = Buffer(f"file:///load/{self._number}/{turn}/{file.name}", file.language, file.text)
        buffer.move(buffer.point(file.cursor))
        loop = asyncio.get_running_loop()
        self._completer.opened(_snapshot(buffer))
        start = loop.time() - trace.keys[0].at
        asking: _Asking | None = None
        for key in trace.keys:
            due = start + key.at
            if due >= end:
                await asyncio.sleep(max(0.0, end - loop.time()))
                break
            await asyncio.sleep(max(0.0, due - loop.time()))
            if asking is not None:
                asking.end(got)
            got.late_ms.append((loop.time() - due) * 1000)
            asking = self._press(buffer, key)
        if asking is not None:
            asking.end(got)
        self._completer.closed(buffer.uri)

    def _press(self, buffer: Buffer, key: Key) -> _Asking | None:
        """One key, and the request that an editor sends after it."""
        if key.edits:
            buffer.replace(key.start, key.removed, key.inserted + key.behind)
        buffer.move(buffer.point(key.cursor))
        if not key.edits:
            return None
        snapshot = _snapshot(buffer)
        self._completer.changed(snapshot)
        return _Asking(self._completer, CompletionRequest(snapshot, buffer.cursor))


class _Asking:
    """A request, and what came of it until the next key."""

    def __init__(self, completer: Completer, request: CompletionRequest) -> None:
        loop = asyncio.get_running_loop()
        self._time = loop.time
        self._asked = loop.time()
        self._shown: float | None = None
        self._task = loop.create_task(completer.complete(request, self._show))

    def end(self, got: Got) -> None:
        """The next key is pressed: what is there now counts."""
        result = self._task.result() if self._task.done() and not self._task.cancelled() else None
        self._task.cancel()
        if result is not None:
            self._show(result)
            for name, reason in result.ledger.skipped:
                got.errors[f"{name}: {reason}"] = got.errors.get(f"{name}: {reason}", 0) + 1
        got.keys += 1
        got.served += self._shown is not None
        if self._shown is not None and (result is None or result.ledger.source != FROM_CACHE):
            got.first_text_ms.append((self._shown - self._asked) * 1000)

    def _show(self, result: CompletionResult) -> None:
        if self._shown is None and result.suggestions:
            text = result.suggestions[0].text
            if result.done or sum(not char.isspace() for char in text) >= ENOUGH_VISIBLE:
                self._shown = self._time()


def _snapshot(buffer: Buffer) -> Snapshot:
    return Snapshot(buffer.uri, buffer.version, buffer.language, tuple(buffer.lines))
