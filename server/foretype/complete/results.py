"""What a completion is asked with and answers with."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.complete.ledger import Ledger
from foretype.text.documents import Snapshot
from foretype.text.positions import Point


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A cursor in a snapshot; ``explicit`` when the user asked, not the editor.

    ``selected`` is the text of the pop-up item in focus, if any; it would replace what lies between
    ``selected_start`` and ``selected_end``.
    """

    snapshot: Snapshot
    cursor: Point
    explicit: bool = False
    selected: str | None = None
    selected_start: Point | None = None
    selected_end: Point | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text that replaces ``start`` to ``end`` (both on the cursor's line); ``id`` names it in later notifications."""

    id: str
    text: str
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class CompletionResult:
    """Suggestions, best first, or the reason why there are none; always with the ledger.

    ``done`` is false when more may come that extends the first suggestion.
    """

    suggestions: tuple[Suggestion, ...]
    rejected: str | None
    engine: str
    ledger: Ledger
    done: bool = True
