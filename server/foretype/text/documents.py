"""The document store: what each open buffer holds, as immutable snapshots."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.text.positions import Point


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document at one version.

    ``lines`` keep their endings (``\\n``, ``\\r\\n`` or ``\\r``, nothing else ends a line); the last has none and may be
    empty, so there is always at least one. Lines untouched by an edit are the same ``str`` objects in the next
    snapshot, so comparing two snapshots' lines is cheap.
    """

    uri: str
    version: int
    language: str
    lines: tuple[str, ...]

    def body(self, line: int) -> str:
        """A line without its ending."""
        return self.lines[line].rstrip("\r\n")

    def before(self, cursor: Point) -> str:
        """The cursor's line up to the cursor."""
        return self.lines[cursor.line][: cursor.column]

    def after(self, cursor: Point) -> str:
        """The cursor's line from the cursor, without its ending."""
        return self.body(cursor.line)[cursor.column :]
