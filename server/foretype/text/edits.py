"""Edits to a text held as a list of lines: splitting, clamping, splicing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from foretype.text.positions import Encoding, Point, column


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what lies between two points with ``text``."""

    start: Point
    end: Point
    text: str


def split_lines(text: str) -> list[str]:
    """The lines of a text, each with its ending: ``\\n``, ``\\r\\n`` or ``\\r`` as in LSP 3.17, and nothing else.

    The last line has no ending and may be empty, so there is always one. (`str.splitlines` would also break at form
    feeds, U+2028 and others, which no editor counts as line ends.)
    """
    lines = io.StringIO(text, newline="").readlines()
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def body(line: str) -> str:
    """A line without its ending."""
    return line.rstrip("\r\n")


def locate(lines: Sequence[str], line: int, units: int, encoding: Encoding) -> Point:
    """The point ``units`` code units into a line, clamped as LSP 3.17 says.

    Past the line's end it is the line's end (before the ending); past the last line, the end of the text.
    """
    if line >= len(lines):
        return Point(len(lines) - 1, len(lines[-1]))
    if line < 0:
        return Point(0, 0)
    return Point(line, column(body(lines[line]), units, encoding))


def clamp(lines: Sequence[str], point: Point) -> Point:
    """The nearest point that lies in the text and not inside a line's ending."""
    return locate(lines, point.line, point.column, Encoding.UTF32)


def apply(lines: list[str], edit: Edit) -> Edit:
    """Splice an edit into ``lines`` in place; returns it as applied, with its points clamped and in order.

    ``lines`` are as `split_lines` gives them, before and after. Lines that the edit doesn't touch stay the same
    objects, and nothing but the touched lines is split or joined.
    """
    start, end = sorted((clamp(lines, edit.start), clamp(lines, edit.end)))
    first, stop = start.line, end.line + 1
    text = lines[start.line][: start.column] + edit.text + lines[end.line][end.column :]
    if first > 0 and text.startswith("\n") and lines[first - 1].endswith("\r"):
        # The two become one ending.
        first -= 1
        text = lines[first] + text
    replacement = split_lines(text)
    if stop < len(lines):
        # The text ends with the ending of the edit's last line; what split_lines sees after it is the next line.
        replacement.pop()
    lines[first:stop] = replacement
    return Edit(start, end, edit.text)
