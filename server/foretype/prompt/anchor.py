"""The rolling middle: where the prefix ends, chosen so that typing only appends to the prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.context.choice import NOTHING, Context
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

LINES_IN_MIDDLE = 3
"""So few because the next line is guessed better: of 67 holes six were right with three and not with eight, one the
other way round (Qwen2.5-Coder-0.5B, the likeliest line)."""

WINDOW_GRID = 16
_CLOSERS = re.compile(r"[\s)\]}>\"'`;,]*\Z")


@dataclass(frozen=True, slots=True)
class Window:
    """How much of a file the prompt may hold, in characters; ``middle`` is what may be typed before re-anchoring.

    ``lines`` above the cursor begin in the middle; they count as part of the prefix.
    """

    prefix: int
    suffix: int
    middle: int
    lines: int = LINES_IN_MIDDLE


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place at the start of a line, and the text around it that the prompt holds.

    ``above`` are the document's lines from ``first_line`` to the anchor; they make the prefix. ``below`` are the
    lines after the cursor's line; with ``tail`` (the rest of the cursor's line) and its ending they make the suffix.
    ``context`` is what else the prompt shows; whether an anchor holds doesn't depend on it. ``language`` is the
    document's.
    """

    uri: str
    point: Point
    first_line: int
    above: tuple[str, ...]
    tail: str
    below: tuple[str, ...]
    context: Context = NOTHING
    language: str = ""

    @property
    def prefix(self) -> str:
        """The text before the anchor."""
        return "".join(self.above)

    @property
    def suffix(self) -> str:
        """The text after the cursor; the line's ending belongs to it."""
        return self.tail + "\n" + "".join(self.below) if self.below or self.tail else ""

    def middle(self, snapshot: Snapshot, cursor: Point) -> str:
        """What stands between the anchor and the cursor."""
        return snapshot.text_between(self.point, cursor)

    def holds(self, snapshot: Snapshot, cursor: Point, window: Window) -> bool:
        """Whether the text before the anchor and after the cursor is unchanged and the middle short enough."""
        return (
            snapshot.uri == self.uri
            and self.point <= cursor
            and snapshot.lines[self.first_line : self.point.line] == self.above
            and significant_tail(snapshot, cursor) == self.tail
            and snapshot.lines[cursor.line + 1 : cursor.line + 1 + len(self.below)] == self.below
            and sum(map(len, snapshot.lines[self.point.line : cursor.line])) + cursor.column <= window.middle
        )


def choose_anchor(previous: Anchor | None, snapshot: Snapshot, cursor: Point, window: Window) -> Anchor:
    """The previous anchor while it holds, else a new one."""
    if previous is not None and previous.holds(snapshot, cursor, window):
        return previous
    return place_anchor(previous, snapshot, cursor, window)


def place_anchor(previous: Anchor | None, snapshot: Snapshot, cursor: Point, window: Window) -> Anchor:
    """A new anchor some lines above the cursor: what stands just before the cursor is best read after the suffix.

    The prefix begins where the previous one did, if that is near enough, and else on a coarse grid of lines, so that
    neighbouring windows share their beginning and with it what the model has evaluated.
    """
    lines = snapshot.lines
    line = max(0, cursor.line - window.lines)
    first = _first_line(lines, line, window.prefix - sum(map(len, lines[line : cursor.line])))
    if previous is not None and previous.uri == snapshot.uri and previous.first_line <= line:
        kept = lines[previous.first_line : line]
        if kept[: len(previous.above)] == previous.above[: len(kept)] and sum(map(len, kept)) <= window.prefix * 3 // 2:
            first = previous.first_line
    last = cursor.line + 1
    room = window.suffix
    while last < len(lines) and room > 0:
        room -= len(lines[last])
        last += 1
    below = lines[cursor.line + 1 : last]
    tail = significant_tail(snapshot, cursor)
    return Anchor(snapshot.uri, Point(line, 0), first, lines[first:line], tail, below, language=snapshot.language)


def significant_tail(snapshot: Snapshot, cursor: Point) -> str:
    """The rest of the cursor's line; empty if it is only closers, which editors insert and remove as one types."""
    tail = snapshot.after(cursor)
    return "" if _CLOSERS.match(tail) else tail


def _first_line(lines: tuple[str, ...], line: int, room: int) -> int:
    first = line
    while first > 0 and room > 0:
        first -= 1
        room -= len(lines[first])
    if first == 0:
        return 0
    on_grid = -(-first // WINDOW_GRID) * WINDOW_GRID
    return on_grid if on_grid <= line else first
