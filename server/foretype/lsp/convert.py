"""Between LSP's types and ours; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from foretype.complete.results import CompletionRequest, Suggestion
from foretype.text.documents import Change, Snapshot
from foretype.text.notebooks import View
from foretype.text.positions import Encoding, Point, Position, column

DID_ACCEPT = "foretype.didAccept"


def negotiated(capabilities: types.ClientCapabilities) -> Encoding:
    """The first position encoding that the client offers and we know; UTF-16 where it offers none."""
    offered = capabilities.general.position_encodings if capabilities.general else None
    known = {encoding.value: encoding for encoding in Encoding}
    for each in offered or ():
        name = each.value if isinstance(each, types.PositionEncodingKind) else each
        if name in known:
            return known[name]
    return Encoding.UTF16


def changes(events: Iterable[types.TextDocumentContentChangeEvent]) -> list[Change | str]:
    """The changes of a ``didChange``, in order."""
    return [
        Change(_position(event.range.start), _position(event.range.end), event.text)
        if isinstance(event, types.TextDocumentContentChangePartial)
        else event.text
        for event in events
    ]


def request(params: types.InlineCompletionParams, view: View, encoding: Encoding) -> CompletionRequest:
    """What is asked of a document."""
    selected = params.context.selected_completion_info
    return CompletionRequest(
        view.snapshot,
        point(params.position, view, encoding),
        explicit=params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked,
        selected=selected.text if selected else None,
        selected_start=point(selected.range.start, view, encoding) if selected else None,
        selected_end=point(selected.range.end, view, encoding) if selected else None,
    )


def items(suggestions: Iterable[Suggestion], view: View, encoding: Encoding) -> tuple[types.InlineCompletionItem, ...]:
    """The suggestions as items; each carries a command that the editor runs when it is accepted."""
    return tuple(
        types.InlineCompletionItem(
            insert_text=suggestion.text,
            range=wire_range(suggestion.start, suggestion.end, view, encoding),
            command=accepting(suggestion),
        )
        for suggestion in suggestions
    )


def accepting(suggestion: Suggestion) -> types.Command:
    """The command that the editor runs when a suggestion is accepted."""
    return types.Command(title="Suggestion accepted", command=DID_ACCEPT, arguments=[suggestion.id])


def point(position: types.Position, view: View, encoding: Encoding) -> Point:
    """The point in a view's snapshot at a position of its document."""
    return view.inner(view.own.point(_position(position), encoding))


def wire_range(start: Point, end: Point, view: View, encoding: Encoding) -> types.Range:
    """The range in a view's document between two points of its snapshot."""
    return types.Range(*(_wire(view.own, view.outer(place), encoding) for place in (start, end)))


@dataclass(frozen=True, slots=True)
class SentItem:
    """A suggestion that the client tells about: its id, and how many code points of it were taken, where it says."""

    id: str
    length: int | None


def item_of(params: Any) -> SentItem | None:
    """The item in ``didShowCompletion`` or ``didPartiallyAcceptCompletion``; None when it is none of ours.

    Clients count what was taken in UTF-16 units, from the item's start.
    """
    match params:
        case {"item": {"command": {"command": command, "arguments": [str(id_), *_]}} as item} if command == DID_ACCEPT:
            text, taken = item.get("insertText"), params.get("acceptedLength")
            counted = isinstance(text, str) and isinstance(taken, int)
            return SentItem(id_, column(text, taken, Encoding.UTF16) if counted else None)
    return None


def _position(position: types.Position) -> Position:
    return Position(position.line, position.character)


def _wire(snapshot: Snapshot, point: Point, encoding: Encoding) -> types.Position:
    position = snapshot.position(point, encoding)
    return types.Position(position.line, position.character)
