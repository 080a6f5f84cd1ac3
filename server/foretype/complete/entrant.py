"""One engine's part in one request: the stream that may answer, and what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from foretype.complete.filters import Candidate
from foretype.complete.lanes import Lane
from foretype.complete.results import CompletionResult
from foretype.complete.stream import Stream
from foretype.engines.base import EngineInfo, Usage


@dataclass(slots=True, eq=False)
class Entrant:
    """An engine that was asked. Times that end in ``_ms`` are for the ledger, the others monotonic seconds.

    The engine is open once there is its ``info``, and then asked when ``begins`` says, since another key most likely
    comes before. ``source`` and ``base`` say where the stream comes from and what it had cost before this request.
    ``due`` is when its first text should be there. ``found`` is its answer so far, ``unsure`` whether a better one is
    worth waiting for, and ``has_shown`` whether the answer on screen is its own. ``out`` is why it can't answer any
    more: ``failed`` if that is an error of the engine, ``said`` if all it had to say was typed, so that nobody else
    needs to be asked. ``others`` are offered below its answer once that is whole. ``asked`` counts its generations.
    """

    lane: Lane
    stream: Stream | None = None
    source: str = "model"
    base: Usage = field(default_factory=Usage)
    due: float = 0.0
    begins: float | None = None
    info: EngineInfo | None = None
    opening: asyncio.Task[None] | None = None
    found: CompletionResult | None = None
    others: tuple[Candidate, ...] = ()
    has_text: bool = False
    has_shown: bool = False
    is_late: bool = False
    said: bool = False
    unsure: bool = False
    out: str = ""
    failed: bool = False
    queue_ms: float = 0.0
    debounce_ms: float = 0.0
    prompt_ms: float = 0.0
    seen: tuple[int, bool] = (-1, False)
    asked: int = 0

    @property
    def plays(self) -> bool:
        """Whether it may still answer."""
        return not self.out

    @property
    def offers(self) -> bool:
        """Whether it has something to suggest; a part stands even if its engine then failed."""
        return bool(self.found and self.found.suggestions) and (self.failed or not self.out)

    def abandon(self) -> None:
        """Ends the opening, if that is still under way."""
        if self.opening is not None:
            self.opening.cancel()
