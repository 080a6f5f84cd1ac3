"""The hands: they press keys into a text whose editor indents new lines and closes brackets, and keep the time."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from foretype.bench.trace import Key, Kind


@dataclass(frozen=True, slots=True)
class Pending:
    """Text that the editor put right of the cursor and the typist will come to; ``offset`` is where in the region."""

    text: str
    offset: int


class Keyboard:
    """The region as it stands: ``left`` and ``right`` of the cursor, between what lies before and after it."""

    def __init__(self, before: int, left: str, seed: random.Random) -> None:
        self.before, self.left, self.random = before, left, seed
        self.pending: list[Pending] = []
        self.keys: list[Key] = []
        self.time = 0.0

    @property
    def right(self) -> str:
        """What the editor put right of the cursor."""
        return "".join(pending.text for pending in reversed(self.pending))

    @property
    def cursor(self) -> int:
        """The cursor's offset in the file."""
        return self.before + len(self.left)

    @property
    def line(self) -> str:
        """The cursor's line up to the cursor."""
        return re.split(r"\r\n|\n|\r", self.left)[-1]

    def press(
        self,
        kind: Kind,
        char: str,
        gap: float,
        where: str,
        offset: int | None,
        *,
        back: int = 0,
        over: int = 0,
        inserted: str = "",
        behind: str = "",
    ) -> None:
        """Press a key in the region after ``gap`` seconds: it replaces ``back`` characters left of the cursor and
        ``over`` right of it. What it does to ``pending`` is the caller's business.
        """
        self.time += gap
        start = self.cursor - back
        self.left = self.left[: len(self.left) - back] + inserted
        self.keys.append(
            Key(
                at=self.time,
                kind=kind,
                char=char,
                file=0,
                start=start,
                removed=back + over,
                inserted=inserted,
                behind=behind,
                cursor=self.cursor,
                target=0,
                offset=offset,
                where=where,
            )
        )

    def pass_over(self, kind: Kind, pending: Pending, gap: float, where: str) -> None:
        """Go past text that is there: typed over if it is one closer, else by moving the cursor."""
        offset = pending.offset + len(pending.text)
        if kind is Kind.OVER:
            self.press(kind, pending.text, gap, where, offset, over=len(pending.text), inserted=pending.text)
        else:
            self.left += pending.text
            self.press(kind, "", gap, where, offset)
