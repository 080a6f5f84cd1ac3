"""What one engine has been shown of one document: its anchors, and the context that goes with them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from foretype.context.choice import NOTHING, Context
from foretype.prompt.anchor import Anchor
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

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
class Seat:
    """One engine's place at a document.

    ``anchor`` is the one in use, ``is_full`` whether it was placed with the full window. ``ready`` is a better one
    whose prompt idle time has made resident; ``wanted`` is the cursor position that idle time should make ready for.
    ``recent`` are those used before, with whether they were full: who jumps away and back finds the old one resident.
    ``context`` is what the next anchor made ready will show.
    """

    anchor: Anchor | None = None
    is_full: bool = False
    recent: deque[tuple[Anchor, bool]] = field(default_factory=lambda: deque(maxlen=ANCHORS_KEPT))
    ready: Anchor | None = None
    wanted: tuple[Snapshot, Point] | None = None
    context: Context = NOTHING
    memo: Memo = field(default_factory=Memo)

    @property
    def full_anchor(self) -> Anchor | None:
        """The anchor in use if it has the full window; what is placed next begins where it does, and is as large."""
        return self.anchor if self.is_full else None

    def use(self, anchor: Anchor, is_full: bool) -> None:
        """Takes an anchor into use; the one before is remembered."""
        if self.anchor is not None and self.anchor is not anchor:
            self.recent.appendleft((self.anchor, self.is_full))
        self.anchor, self.is_full = anchor, is_full
