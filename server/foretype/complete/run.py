"""One completion request on its way: what it asks, what it has found, and the result made of that."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

from foretype.complete import filters, stop
from foretype.complete.bell import Bell
from foretype.complete.closing import CUT_OFF, closed
from foretype.complete.entrant import Entrant
from foretype.complete.filters import Candidate, Surroundings
from foretype.complete.filters.candidate import nothing_is_secret
from foretype.complete.ledger import Ledger, since
from foretype.complete.results import CompletionRequest, CompletionResult, Suggestion
from foretype.complete.stream import Stream
from foretype.complete.surroundings import survey
from foretype.engines.base import FinishReason, Usage
from foretype.syntax.cursor import Intent, Syntax, SyntaxAt
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

OnUpdate = Callable[[CompletionResult], None]


@dataclass(slots=True, eq=False)
class Run:
    """A request's state; times are monotonic seconds.

    ``engine`` is who answers when there is nothing to say. ``skipped`` names the engines that could not, and why. Once
    the document has changed the request is ``outdated``: what it asked for may serve the next, but it asks for no more.
    """

    request: CompletionRequest
    engine: str
    max_lines: int
    soft_deadline: float
    syntax: Syntax
    undone: str
    auto_closed: str
    on_update: OnUpdate | None
    bell: Bell = field(default_factory=Bell)
    superseded: bool = False
    outdated: bool = False
    skipped: dict[str, str] = field(default_factory=dict)
    holds_secret: Callable[[str, str, str], bool] = nothing_is_secret
    at: SyntaxAt | None = None
    ledger: Ledger = field(default_factory=Ledger)
    shown: CompletionResult | None = None
    _started: float = field(default_factory=time.perf_counter)
    _surroundings: Surroundings | None = None
    _ids: list[str] = field(default_factory=list)

    def surroundings(self, prose: bool) -> Surroundings:
        """The text around the cursor; ``prose`` if that is in a comment or docstring."""
        if self._surroundings is None or self._surroundings.prose != prose:
            request = self.request
            unit = self.at.indent_unit if self.at else None
            around = survey(request.snapshot, request.cursor, self.syntax, unit, self.undone, prose, self.auto_closed)
            self._surroundings = replace(around, holds_secret=self.holds_secret)
        return self._surroundings

    def key(self, lane: str) -> str:
        """What determines an answer beside the text: the lane of this key, and the settings."""
        return f"{lane}\0{self.max_lines}"

    def supersede(self) -> None:
        """A newer request for the same document has come."""
        self.superseded = True
        self.bell.ring()

    def examine(self) -> SyntaxAt:
        """What fits at the cursor; the syntax is looked at once."""
        if self.at is None:
            begun = time.perf_counter()
            request = self.request
            self.at = self.syntax.at(request.snapshot, request.cursor, request.explicit)
            self.ledger = replace(self.ledger, syntax_ms=since(begun))
        return self.at

    def rest(self, stream: Stream) -> str | None:
        """What a stream has left to say at the cursor; None if it disagrees with the text."""
        return stream.remainder(self.request.snapshot, self.request.cursor)

    def result(self, entrant: Entrant, stream: Stream, rest: str) -> CompletionResult | None:
        """The answer in what is left of an entrant's stream; None while there is too little of it."""
        begun = time.perf_counter()
        around = self.surroundings(stream.prose)
        ended = not stream.running and stream.finish is not None
        truncated = stream.finish is FinishReason.LENGTH
        cut = stop.cut(rest, stream.intent, around, ended, self.max_lines, truncated)
        complete = cut.complete or ended
        if complete:
            is_cut_off = self.request.explicit and stream.intent is Intent.BLOCK and cut.reason in CUT_OFF
            filtered = filters.run(Candidate(closed(cut.text, around) if is_cut_off else cut.text), around)
        else:
            part = stop.partial(cut.text)
            if part is None:
                return None
            filtered = filters.run_partial(Candidate(part), around)
            if filtered.candidate is None:
                return None
        self.account(entrant, stream.usage, filtered.changed_by, since(begun))
        if filtered.candidate is None:
            if entrant.has_shown and filtered.rejected in filters.LATE:
                return self.kept()
            return self.nothing(f"rejected: {filtered.rejected}", entrant.lane.title)
        return self.offer(entrant, [filtered.candidate, *(entrant.others if complete else ())], complete)

    def update(self, result: CompletionResult) -> bool:
        """Tells the listener, if there is one, of a result longer than those before; whether it did."""
        if self.on_update is None or len(first_text(result)) <= len(first_text(self.shown)):
            return False
        self.shown = result
        self.on_update(result)
        return True

    def kept(self) -> CompletionResult:
        """What was shown, as the last word."""
        assert self.shown is not None
        return replace(self.shown, ledger=self._closed(), done=True)

    def nothing(self, reason: str, engine: str = "") -> CompletionResult:
        """The result without suggestions."""
        return CompletionResult((), reason, engine or self.engine, self._closed())

    def offer(self, entrant: Entrant, candidates: list[Candidate], complete: bool = True) -> CompletionResult:
        """The result with these suggestions."""
        cursor = self.request.cursor
        ending = _line_ending(self.request.snapshot)
        while len(self._ids) < len(candidates):
            self._ids.append(uuid4().hex)
        suggestions = tuple(
            Suggestion(id, c.text.replace("\n", ending), cursor, Point(cursor.line, cursor.column + c.replaces))
            for id, c in zip(self._ids, candidates, strict=False)
        )
        return CompletionResult(suggestions, None, entrant.lane.title, self._closed(), complete)

    def account(self, entrant: Entrant, usage: Usage, changed_by: tuple[str, ...] = (), filter_ms: float = 0.0) -> None:
        """Writes an entrant's work so far to the ledger, less what its stream had cost before this request."""
        base = entrant.base
        total = since(self._started)
        self.ledger = replace(
            self.ledger,
            total_ms=total,
            queue_ms=entrant.queue_ms + usage.queue_ms - base.queue_ms,
            debounce_ms=entrant.debounce_ms,
            prompt_ms=entrant.prompt_ms,
            prefill_ms=usage.prefill_ms - base.prefill_ms,
            prefill_tokens=usage.prefill_tokens - base.prefill_tokens,
            reused_tokens=usage.reused_tokens,
            decode_ms=min(usage.decode_ms - base.decode_ms, total),
            decode_tokens=usage.decode_tokens - base.decode_tokens,
            drafted_tokens=usage.drafted_tokens - base.drafted_tokens,
            accepted_tokens=usage.accepted_tokens - base.accepted_tokens,
            filter_ms=self.ledger.filter_ms + filter_ms,
            source=entrant.source,
            filters=changed_by,
        )

    def _closed(self) -> Ledger:
        """The ledger with what is known only when a result is made."""
        self.ledger = replace(self.ledger, total_ms=since(self._started), skipped=tuple(self.skipped.items()))
        return self.ledger


def first_text(result: CompletionResult | None) -> str:
    """The first suggestion's text; empty if there is none."""
    return result.suggestions[0].text if result is not None and result.suggestions else ""


def _line_ending(snapshot: Snapshot) -> str:
    first = snapshot.lines[0]
    return "\r\n" if first.endswith("\r\n") else "\r" if first.endswith("\r") else "\n"
