"""A generation, growing or ended, and the place in the text that it continues."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from foretype.complete.bell import Bell
from foretype.engines.base import Chunk, FinishReason, Usage
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
    it belongs to a comment or docstring. ``due`` is when its first text should be there, ``used`` when a request looked
    at it last. ``logprob`` is the log-probability of the text's ``decoded`` tokens, None where the engine tells none.
    ``rival`` is what another engine's answer says from ``rival_at`` on: who says otherwise needn't go on.
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
    due: float = 0.0
    offered: int = 0
    logprob: float | None = 0.0
    decoded: int = 0
    rival: str | None = None
    rival_at: int = 0
    task: asyncio.Task[None] | None = None
    bell: Bell | None = None

    @classmethod
    def begin(cls, key: str, anchor: Anchor, snapshot: Snapshot, cursor: Point, intent: Intent) -> Stream:
        """A stream that continues the snapshot at the cursor."""
        middle = plain(anchor.middle(snapshot, cursor))
        return cls(key, anchor, cursor, snapshot.before(cursor), middle, intent)

    def remainder(self, snapshot: Snapshot, cursor: Point) -> str | None:
        """What is left of the text after what was typed since; None if that, or the text around, disagrees."""
        typed = self._typed(snapshot, cursor)
        if typed is None:
            return None
        if self.text.startswith(typed):
            return self.text[len(typed) :]
        ahead = self.running and typed.startswith(self.text) and len(typed) - len(self.text) <= RUNS_AHEAD
        return "" if ahead else None

    def reach(self, snapshot: Snapshot, cursor: Point) -> int:
        """How many characters were typed up to the cursor since the stream began."""
        return len(plain(snapshot.text_between(self.start, cursor)))

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

    def append(self, chunk: Chunk, usage: Usage) -> None:
        """Takes more text; ``usage`` counts all work so far."""
        self.text += chunk.text
        self.logprob = None if self.logprob is None or chunk.logprob is None else self.logprob + chunk.logprob
        self.decoded += max(0, usage.decode_tokens - self.usage.decode_tokens)
        self.usage = usage
        self.wake()

    def wake(self) -> None:
        """Tells the request that waits, if any, that something changed."""
        if self.bell is not None:
            self.bell.ring()

    @property
    def sureness(self) -> float | None:
        """The mean log-probability of a token of the text; None where it isn't known."""
        return self.logprob / self.decoded if self.logprob is not None and self.decoded else None

    @property
    def is_beaten(self) -> bool:
        """Whether it says otherwise than the answer that was given instead of it."""
        if self.rival is None or len(self.text) <= self.rival_at:
            return False
        own = self.text[self.rival_at :]
        return not (own.startswith(self.rival) or self.rival.startswith(own))

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
