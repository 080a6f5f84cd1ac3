"""What is remembered of one open document between requests: its streams, its anchors, who waits."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from foretype.complete.stream import Stream
from foretype.context.choice import NOTHING, Context
from foretype.prompt.anchor import Anchor
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

STREAMS_KEPT = 12
ANCHORS_KEPT = 4


@dataclass(slots=True)
class Memo:
    """When and for what a context was last asked for: the window's first line, names near the cursor, and what the
    workspace had seen of scans and of changes elsewhere. ``density`` is the document's tokens per character,
    ``tokens`` what the context has."""

    asked: float | None = None
    first_line: int = 0
    names: frozenset[str] = frozenset()
    scans: int = 0
    news: int = 0
    density: float = 1.0
    tokens: int = 0


@dataclass(slots=True)
class Desk:
    """One document's state.

    ``anchor`` is the one in use, ``is_full`` whether it was placed with the full window. ``ready`` is a better one
    whose prompt idle time has made resident; ``wanted`` is the cursor position that idle time should make ready for.
    ``recent`` are those used before, with whether they were full: who jumps away and back finds the old one resident.
    ``context`` is what the next anchor made ready will show.
    ``seen`` is the snapshot last asked about and ``undone`` what was deleted last.
    """

    anchor: Anchor | None = None
    is_full: bool = False
    recent: deque[tuple[Anchor, bool]] = field(default_factory=lambda: deque(maxlen=ANCHORS_KEPT))
    ready: Anchor | None = None
    seen: Snapshot | None = None
    undone: str = ""
    wanted: tuple[Snapshot, Point] | None = None
    context: Context = NOTHING
    memo: Memo = field(default_factory=Memo)
    streams: deque[Stream] = field(default_factory=lambda: deque(maxlen=STREAMS_KEPT))
    _waiting: asyncio.Event | None = None

    @property
    def full_anchor(self) -> Anchor | None:
        """The anchor in use if it has the full window; what is placed next begins where it does, and is as large."""
        return self.anchor if self.is_full else None

    def use(self, anchor: Anchor, is_full: bool) -> None:
        """Takes an anchor into use; the one before is remembered."""
        if self.anchor is not None and self.anchor is not anchor:
            self.recent.appendleft((self.anchor, self.is_full))
        self.anchor, self.is_full = anchor, is_full

    def supersede(self) -> asyncio.Event:
        """Lets the request that waits end, and returns what ends the new one."""
        if self._waiting is not None:
            self._waiting.set()
        self._waiting = asyncio.Event()
        return self._waiting

    def latest(self, ticket: asyncio.Event) -> bool:
        """Whether a ticket's request is still the newest."""
        return self._waiting is ticket

    def fitting(self, key: str, snapshot: Snapshot, cursor: Point) -> Iterator[Stream]:
        """The streams that the text before the cursor agrees with, those with most left to offer first."""
        sound = [stream for stream in reversed(self.streams) if stream.error is None]
        fits = [(stream, stream.remainder(key, snapshot, cursor)) for stream in sound]
        usable = [(stream, rest) for stream, rest in fits if rest is not None]
        usable.sort(key=lambda pair: (pair[0].running, len(pair[1])), reverse=True)
        return (stream for stream, _ in usable)
