"""A document as the editor holds it: lines that edits splice, a cursor, and LSP's view of both."""

from __future__ import annotations

from foretype.text.edits import Edit, apply, body, clamp, split_lines
from foretype.text.positions import Encoding, Point, units

LspPosition = dict[str, int]


class Buffer:
    """An open document. Offsets count code points from the start; LSP positions are in UTF-16 units."""

    def __init__(self, uri: str, language: str, text: str) -> None:
        self.uri, self.language, self.version = uri, language, 1
        self.lines = split_lines(text)
        self.cursor = Point(0, 0)

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    @property
    def line(self) -> str:
        """The cursor's line without its ending."""
        return body(self.lines[self.cursor.line])

    @property
    def before(self) -> str:
        """The cursor's line up to the cursor."""
        return self.lines[self.cursor.line][: self.cursor.column]

    @property
    def after(self) -> str:
        """The cursor's line from the cursor, without its ending."""
        return self.line[self.cursor.column :]

    def offset(self, point: Point) -> int:
        """The offset of a point of this text."""
        return sum(map(len, self.lines[: point.line])) + point.column

    def point(self, offset: int) -> Point:
        """The point at an offset, clamped to the text."""
        for number, line in enumerate(self.lines):
            if offset < len(line):
                return clamp(self.lines, Point(number, offset))
            offset -= len(line)
        return clamp(self.lines, Point(len(self.lines), 0))

    def move(self, cursor: Point) -> None:
        """Place the cursor."""
        self.cursor = clamp(self.lines, cursor)

    def replace(self, start: int, removed: int, text: str) -> dict[str, object]:
        """Replace ``removed`` characters from ``start`` on; returns LSP's content change, for the version before.

        The cursor lands behind ``text``.
        """
        begin, end = self.point(start), self.point(start + removed)
        change: dict[str, object] = {"range": {"start": self.position(begin), "end": self.position(end)}, "text": text}
        apply(self.lines, Edit(begin, end, text))
        self.version += 1
        self.cursor = self.point(start + len(text))
        return change

    def position(self, point: Point) -> LspPosition:
        """A point as LSP writes it."""
        character = units(body(self.lines[point.line]), point.column, Encoding.UTF16)
        return {"line": point.line, "character": character}
