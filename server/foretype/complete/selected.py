"""Requests while an item of the completion pop-up is in focus: what would follow once it were accepted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from foretype.complete.results import CompletionRequest, CompletionResult, Suggestion
from foretype.complete.run import OnUpdate
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit, apply, split_lines
from foretype.text.positions import Point

ELSEWHERE = "the item in focus replaces text elsewhere than at the cursor"
NO_CONTINUATION = "it does not continue the item in focus"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request as if the item in focus had been accepted: the text with the item in it, the cursor behind it.

    ``selected`` is the item's text; it has replaced what lay between ``start`` and ``end``.
    """

    request: CompletionRequest
    selected: str
    start: Point
    end: Point

    def result(self, found: CompletionResult) -> CompletionResult:
        """What was found, for the text as it is: each suggestion begins with the item and replaces what it replaces."""
        moved = tuple(self._moved(each) for each in found.suggestions if each.start == self.request.cursor)
        rejected = NO_CONTINUATION if found.suggestions and not moved else found.rejected
        return replace(found, suggestions=moved, rejected=rejected)

    def _moved(self, suggestion: Suggestion) -> Suggestion:
        end = Point(self.end.line, self.end.column + suggestion.end.column - self.request.cursor.column)
        return replace(suggestion, text=self.selected + suggestion.text, start=self.start, end=end)


def accepted(request: CompletionRequest) -> Accepted | None:
    """The request with its item accepted; None where that would replace something else than text at the cursor."""
    text, start, end = request.selected, request.selected_start, request.selected_end or request.cursor
    if text is None or start is None or not start <= request.cursor <= end or start.line != end.line:
        return None
    snapshot = request.snapshot
    lines = list(snapshot.lines)
    apply(lines, Edit(start, end, text))
    inserted = split_lines(text)
    column = len(inserted[-1]) + (start.column if len(inserted) == 1 else 0)
    continued = Snapshot(snapshot.uri, snapshot.version, snapshot.language, tuple(lines))
    cursor = continued.clamp(Point(start.line + len(inserted) - 1, column))
    return Accepted(CompletionRequest(continued, cursor, request.explicit), text, start, end)


async def complete(
    ask: Callable[[CompletionRequest, OnUpdate | None], Awaitable[CompletionResult]],
    request: CompletionRequest,
    on_update: OnUpdate | None,
) -> CompletionResult:
    """The answer of ``ask`` to a request with an item in focus."""
    item = accepted(request)
    if item is None:
        # What is found still serves once nothing is in focus any more.
        found = await ask(CompletionRequest(request.snapshot, request.cursor, request.explicit), None)
        return replace(found, suggestions=(), rejected=ELSEWHERE)
    listen = (lambda found: on_update(item.result(found))) if on_update else None
    return item.result(await ask(item.request, listen))
