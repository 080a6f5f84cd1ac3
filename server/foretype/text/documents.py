"""The document store: what each open buffer holds, as immutable snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from foretype.text.edits import Edit, apply, body, clamp, locate, split_lines
from foretype.text.positions import Encoding, Point, Position, units


class DocumentError(LookupError):
    """What was asked of the store doesn't fit what is open; the message is one sentence for the user."""


class UnknownDocument(DocumentError):
    """The document isn't open."""

    def __init__(self, uri: str) -> None:
        super().__init__(f"{uri} is not open: the editor has to open a document before it uses, changes or closes it.")


class AlreadyOpen(DocumentError):
    """The document is open already; close it first."""

    def __init__(self, uri: str) -> None:
        super().__init__(f"{uri} is already open: the editor has to close a document before it opens it again.")


@dataclass(frozen=True, slots=True)
class Change:
    """Replace what lies between two positions with ``text``, as in LSP's ``TextDocumentContentChangeEvent``."""

    start: Position
    end: Position
    text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document at one version.

    ``lines`` keep their endings (``\\n``, ``\\r\\n`` or ``\\r``, nothing else ends a line); the last has none and may
    be empty, so there is always at least one. Lines untouched by an edit are the same ``str`` objects in the next
    snapshot, so comparing two snapshots' lines is cheap.
    """

    uri: str
    version: int
    language: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole text; joined at each call."""
        return "".join(self.lines)

    def offset_at(self, point: Point) -> int:
        """How many characters of the text stand before a point."""
        return sum(len(line) for line in self.lines[: point.line]) + point.column

    def point_at(self, offset: int) -> Point:
        """The point after so many characters; the end if there are fewer."""
        for number, line in enumerate(self.lines[:-1]):
            if offset < len(line):
                return Point(number, offset)
            offset -= len(line)
        return Point(len(self.lines) - 1, min(offset, len(self.lines[-1])))

    @property
    def end(self) -> Point:
        """The point after the last character."""
        return Point(len(self.lines) - 1, len(self.lines[-1]))

    def body(self, line: int) -> str:
        """A line without its ending."""
        return body(self.lines[line])

    def before(self, cursor: Point) -> str:
        """The cursor's line up to the cursor."""
        return self.lines[cursor.line][: cursor.column]

    def after(self, cursor: Point) -> str:
        """The cursor's line from the cursor, without its ending."""
        return self.body(cursor.line)[cursor.column :]

    def text_between(self, start: Point, end: Point) -> str:
        """The text from ``start`` to ``end``, two points of this snapshot; empty when they aren't in order."""
        if start.line >= end.line:
            return self.lines[start.line][start.column : end.column] if start.line == end.line else ""
        between = self.lines[start.line + 1 : end.line]
        return "".join((self.lines[start.line][start.column :], *between, self.lines[end.line][: end.column]))

    def clamp(self, point: Point) -> Point:
        """The nearest point of this snapshot, never inside a line's ending."""
        return clamp(self.lines, point)

    def point(self, position: Position, encoding: Encoding) -> Point:
        """The point at an LSP position, clamped as LSP 3.17 says."""
        return locate(self.lines, position.line, position.character, encoding)

    def position(self, point: Point, encoding: Encoding) -> Position:
        """The LSP position of one of this snapshot's points."""
        return Position(point.line, units(self.body(point.line), point.column, encoding))


@dataclass(slots=True)
class _Document:
    language: str
    version: int
    lines: list[str]
    snapshot: Snapshot | None = None


class DocumentStore:
    """The open documents. Changes splice a document's line list; readers get snapshots that never change."""

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}

    def open(self, uri: str, language: str, version: int, text: str) -> None:
        """Take up a document; raises `AlreadyOpen`."""
        if uri in self._documents:
            raise AlreadyOpen(uri)
        self._documents[uri] = _Document(language, version, split_lines(text))

    def change(self, uri: str, version: int, changes: Iterable[Change | str], encoding: Encoding) -> tuple[Edit, ...]:
        """Apply changes one after the other, each to the state after the former; a ``str`` replaces the whole text.

        Positions are clamped, and swapped when they aren't in order. Returns the changes as they were applied, each in
        points of the state before it. Raises `UnknownDocument`.
        """
        document = self._document(uri)
        document.version, document.snapshot = version, None
        return tuple(_apply(document.lines, change, encoding) for change in changes)

    def close(self, uri: str) -> None:
        """Forget a document; raises `UnknownDocument`."""
        self._document(uri)
        del self._documents[uri]

    def snapshot(self, uri: str) -> Snapshot:
        """The document as it is now, the same object until the next change; raises `UnknownDocument`."""
        document = self._document(uri)
        if document.snapshot is None:
            document.snapshot = Snapshot(uri, document.version, document.language, tuple(document.lines))
        return document.snapshot

    def uris(self) -> tuple[str, ...]:
        """The open documents, the longest open first."""
        return tuple(self._documents)

    def _document(self, uri: str) -> _Document:
        try:
            return self._documents[uri]
        except KeyError:
            raise UnknownDocument(uri) from None


def _apply(lines: list[str], change: Change | str, encoding: Encoding) -> Edit:
    if isinstance(change, str):
        return apply(lines, Edit(Point(0, 0), Point(len(lines), 0), change))
    start = locate(lines, change.start.line, change.start.character, encoding)
    end = locate(lines, change.end.line, change.end.character, encoding)
    return apply(lines, Edit(start, end, change.text))
