"""What is remembered of one open document between requests: its streams, its seats, who waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Container
from dataclasses import dataclass, field

from foretype.complete.run import Run
from foretype.complete.seat import Seat
from foretype.complete.stream import Stream
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

STREAMS_KEPT = 12


@dataclass(slots=True)
class Desk:
    """One document's state.

    ``seen`` is the snapshot last asked about, ``undone`` what was deleted last, and ``auto_closed`` what the editor has
    closed right of the cursor by itself. ``showing`` is the stream that
    answered last. ``seats`` has one for each engine, by the lane's key.
    """

    seen: Snapshot | None = None
    undone: str = ""
    auto_closed: str = ""
    streams: deque[Stream] = field(default_factory=lambda: deque(maxlen=STREAMS_KEPT))
    showing: Stream | None = None
    seats: dict[str, Seat] = field(default_factory=dict)
    _waiting: Run | None = None

    def seat(self, key: str) -> Seat:
        """An engine's place at the document."""
        return self.seats.setdefault(key, Seat())

    def supersede(self, run: Run | None = None) -> None:
        """Lets the request that waits end; ``run`` is the one that takes its place."""
        if self._waiting is not None:
            self._waiting.supersede()
        self._waiting = run

    def outdate(self, snapshot: Snapshot) -> None:
        """The document has changed to this."""
        if self._waiting is not None and self._waiting.request.snapshot.version != snapshot.version:
            self._waiting.outdated = True

    def fitting(self, keys: Container[str], snapshot: Snapshot, cursor: Point) -> list[Stream]:
        """The streams that the text before the cursor agrees with, the best to go on with first.

        That is the one on screen while it has text left, then what still grows, then who has most left to offer.
        """
        sound = [each for each in reversed(self.streams) if each.error is None and each.key in keys]
        fits = [(stream, stream.remainder(snapshot, cursor)) for stream in sound]
        usable = [(stream, rest) for stream, rest in fits if rest is not None]
        usable.sort(
            key=lambda pair: (pair[0] is self.showing and bool(pair[1]), pair[0].running, len(pair[1])), reverse=True
        )
        return [stream for stream, _ in usable]
