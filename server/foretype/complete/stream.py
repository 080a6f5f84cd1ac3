"""A generation, growing or ended, and the place in the text that it continues."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from foretype.engines.base import FinishReason, Usage
from foretype.prompt.anchor import Anchor, significant_tail
from foretype.syntax.cursor import Intent
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

RUNS_AHEAD = 8
"""A typist may be so many characters ahead of a generation that agrees so far; beyond, a new one is faster."""


def plain(text: str) -> str:
    """Text with ``\\n`` for every line ending: what prompts and generations are written in."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@dataclass(slots=True)
class Stream:
    """Text generated for a cursor position. It serves every later position that typing along it leads to.

    ``key`` names what else determined the answer: engine, model and settings. ``text`` only grows. ``prose`` says that
    it belongs to a comment or docstring.
    """

    key: str
    anchor: Anchor
    start: Point
    head: str
    middle: str
    intent: Intent
    prose: bool = False
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    finish: FinishReason | None = None
    error: str | None = None
    running: bool = False
    used: float = 0.0
    offered: int = 0
    task: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def begin(cls, key: str, anchor: Anchor, snapshot: Snapshot, cursor: Point, intent: Intent) -> Stream:
        """A stream that continues the snapshot at the cursor."""
        middle = plain(anchor.middle(snapshot, cursor))
        return cls(key, anchor, cursor, snapshot.before(cursor), middle, intent)

    def remainder(self, key: str, snapshot: Snapshot, cursor: Point) -> str | None:
        """What is left of the text after what was typed since; None if that, or the text around, disagrees."""
        typed = self._typed(snapshot, cursor) if key == self.key else None
        if typed is None:
            return None
        if self.text.startswith(typed):
            return self.text[len(typed) :]
        ahead = self.running and typed.startswith(self.text) and len(typed) - len(self.text) <= RUNS_AHEAD
        return "" if ahead else None

    def agrees(self, snapshot: Snapshot) -> bool:
        """Whether a changed document may still lead along this text, wherever its cursor is."""
        if not self._before_is_unchanged(snapshot):
            return False
        typed = snapshot.body(self.start.line)[self.start.column :]
        if self.anchor.tail and typed.endswith(self.anchor.tail):
            typed = typed[: -len(self.anchor.tail)]
        line = self.text.split("\n", 1)[0]
        typed = typed.rstrip(")]}>\"'`;,")
        return line.startswith(typed) or typed.startswith(line)

    def append(self, text: str, usage: Usage) -> None:
        """Takes more text."""
        self.text += text
        self.usage = usage
        self.wake()

    def wake(self) -> None:
        """Tells whoever waits that something changed."""
        self._changed.set()

    async def changed(self) -> None:
        """Waits until something changes."""
        await self._changed.wait()
        self._changed.clear()

    def _typed(self, snapshot: Snapshot, cursor: Point) -> str | None:
        anchor = self.anchor
        below = snapshot.lines[cursor.line + 1 : cursor.line + 1 + len(anchor.below)]
        if (
            cursor < self.start
            or below != anchor.below
            or significant_tail(snapshot, cursor) != anchor.tail
            or not self._before_is_unchanged(snapshot)
        ):
            return None
        return plain(snapshot.text_between(self.start, cursor))

    def _before_is_unchanged(self, snapshot: Snapshot) -> bool:
        anchor, start = self.anchor, self.start
        return (
            snapshot.uri == anchor.uri
            and start.line < len(snapshot.lines)
            and snapshot.lines[anchor.first_line : anchor.point.line] == anchor.above
            and snapshot.lines[start.line].startswith(self.head)
            and plain(snapshot.text_between(anchor.point, start)) == self.middle
        )
