"""One completion request on its way: what it asks, what it has found, and the result made of that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

from foretype.complete import filters, stop
from foretype.complete.filters import Candidate, Surroundings
from foretype.complete.ledger import Ledger
from foretype.complete.results import CompletionRequest, CompletionResult, Suggestion
from foretype.complete.stream import Stream
from foretype.complete.surroundings import survey
from foretype.engines.base import FinishReason, Usage
from foretype.syntax.cursor import Syntax, SyntaxAt
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

PATIENCE_SECONDS = 20.0

OnUpdate = Callable[[CompletionResult], None]


@dataclass(slots=True)
class Run:
    """A request's state. ``ticket`` is set when a newer request takes its place; times are monotonic seconds.

    ``others`` are offered below the first suggestion once that is whole.
    """

    request: CompletionRequest
    key: str
    engine: str
    max_lines: int
    ticket: asyncio.Event
    soft_deadline: float
    syntax: Syntax
    undone: str
    on_update: OnUpdate | None
    at: SyntaxAt | None = None
    reason: str = ""
    others: list[Candidate] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    queue_ms: float = 0.0
    _started: float = field(default_factory=time.perf_counter)
    _base: Usage = field(default_factory=Usage)
    _prose: bool = False
    _shown: CompletionResult | None = None
    _surroundings: Surroundings | None = None
    _ids: list[str] = field(default_factory=list)

    @property
    def surroundings(self) -> Surroundings:
        """The text around the cursor."""
        if self._surroundings is None:
            request = self.request
            unit = self.at.indent_unit if self.at else None
            self._surroundings = survey(request.snapshot, request.cursor, self.syntax, unit, self.undone, self._prose)
        return self._surroundings

    @property
    def superseded(self) -> bool:
        """Whether a newer request for the same document has come."""
        return self.ticket.is_set()

    def join(self, stream: Stream, source: str) -> None:
        """Names the stream that will answer; what it has cost so far is not this request's."""
        self._base = stream.usage
        self._prose = stream.prose
        self.ledger = replace(self.ledger, source=source)

    def rest(self, stream: Stream) -> str | None:
        """What a stream has left to say at the cursor; None if it disagrees with the text."""
        return stream.remainder(self.key, self.request.snapshot, self.request.cursor)

    def result(self, stream: Stream, rest: str) -> CompletionResult | None:
        """The answer in what is left of a stream; None while there is too little of it."""
        begun = time.perf_counter()
        around = self.surroundings
        ended = not stream.running and stream.finish is not None
        truncated = stream.finish is FinishReason.LENGTH
        cut = stop.cut(rest, stream.intent, around, ended, self.max_lines, truncated)
        complete = cut.complete or ended
        if complete:
            filtered = filters.run(Candidate(cut.text), around)
        else:
            part = stop.partial(cut.text)
            if part is None:
                return None
            filtered = filters.run_partial(Candidate(part), around)
            if filtered.candidate is None:
                return None
        self.account(stream.usage, filtered.changed_by, since(begun))
        if filtered.candidate is None:
            if self._shown is not None and filtered.rejected in filters.LATE:
                return replace(self._shown, ledger=self.ledger, done=True)
            return self.nothing(f"rejected: {filtered.rejected}")
        return self.offer([filtered.candidate, *(self.others if complete else ())], complete)

    async def wait(self, stream: Stream, due: bool) -> None:
        """Waits for more text or a newer request; until the soft deadline if what is there is ``due`` then."""
        changed = asyncio.ensure_future(stream.changed())
        superseded = asyncio.ensure_future(self.ticket.wait())
        timeout = max(0.0, self.soft_deadline - time.monotonic()) if due else PATIENCE_SECONDS
        try:
            await asyncio.wait((changed, superseded), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            superseded.cancel()

    def update(self, result: CompletionResult) -> None:
        """Tells the listener, if there is one, of a result longer than those before."""
        shown = self._shown.suggestions[0].text if self._shown else ""
        if self.on_update is not None and len(result.suggestions[0].text) > len(shown):
            self._shown = result
            self.on_update(result)

    def nothing(self, reason: str) -> CompletionResult:
        """The result without suggestions."""
        self.ledger = replace(self.ledger, total_ms=since(self._started))
        return CompletionResult((), reason, self.engine, self.ledger)

    def offer(self, candidates: list[Candidate], complete: bool = True) -> CompletionResult:
        """The result with these suggestions."""
        cursor = self.request.cursor
        ending = _line_ending(self.request.snapshot)
        while len(self._ids) < len(candidates):
            self._ids.append(uuid4().hex)
        suggestions = tuple(
            Suggestion(id, c.text.replace("\n", ending), cursor, Point(cursor.line, cursor.column + c.replaces))
            for id, c in zip(self._ids, candidates, strict=False)
        )
        self.ledger = replace(self.ledger, total_ms=since(self._started))
        return CompletionResult(suggestions, None, self.engine, self.ledger, complete)

    def account(self, usage: Usage, changed_by: tuple[str, ...] = (), filter_ms: float = 0.0) -> None:
        """Writes the work so far to the ledger, less what the stream had cost before this request."""
        base = self._base
        self.ledger = replace(
            self.ledger,
            total_ms=since(self._started),
            queue_ms=self.queue_ms + usage.queue_ms - base.queue_ms,
            prefill_ms=usage.prefill_ms - base.prefill_ms,
            prefill_tokens=usage.prefill_tokens - base.prefill_tokens,
            reused_tokens=usage.reused_tokens,
            decode_ms=min(usage.decode_ms - base.decode_ms, since(self._started)),
            decode_tokens=usage.decode_tokens - base.decode_tokens,
            drafted_tokens=usage.drafted_tokens - base.drafted_tokens,
            accepted_tokens=usage.accepted_tokens - base.accepted_tokens,
            filter_ms=self.ledger.filter_ms + filter_ms,
            filters=changed_by,
        )


def since(begun: float) -> float:
    """Milliseconds since a ``time.perf_counter`` value."""
    return (time.perf_counter() - begun) * 1000


def _line_ending(snapshot: Snapshot) -> str:
    first = snapshot.lines[0]
    return "\r\n" if first.endswith("\r\n") else "\r" if first.endswith("\r") else "\n"
