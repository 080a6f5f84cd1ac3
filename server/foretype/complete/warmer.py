"""Chooses anchors, and in idle time makes the prompts of better ones resident before they are needed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace

from foretype.complete.budget import CHARACTERS_PER_TOKEN, UNMEASURED, Budget, budget
from foretype.complete.contexts import Contexts
from foretype.complete.generator import Generator
from foretype.complete.ledger import since
from foretype.complete.prompts import hole_at
from foretype.complete.seat import Seat
from foretype.complete.stream import plain
from foretype.context.choice import NOTHING, Context
from foretype.engines.base import Engine, EngineInfo
from foretype.errors import ForetypeError
from foretype.prompt.anchor import Anchor, place_anchor
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

logger = logging.getLogger(__name__)

QUIET_SECONDS = 0.05
ROOM_LEFT = 0.6
"""A new anchor is prepared when this share of the room for the middle is used."""

RESIDENT_SECONDS = 600.0
"""How long the context of the document used last is taken to be resident still."""


class Warmer:
    """Works for the document asked about last, only while nothing is generated, and yields to any request."""

    def __init__(self, engine: Engine, generator: Generator, contexts: Contexts) -> None:
        self._engine = engine
        self._generator = generator
        self._contexts = contexts
        self._seat: Seat | None = None
        self._asked = 0.0
        self._place: tuple[Seat, Snapshot, Point] | None = None
        self._evaluated: tuple[Seat, float] | None = None
        self._task: asyncio.Task[None] | None = None

    def anchor(self, seat: Seat, snapshot: Snapshot, cursor: Point, info: EngineInfo, allowed: Budget) -> Anchor:
        """The anchor to use now: the one made ready, the one in use, or a new one that is soon read."""
        resident = self._resident(seat)
        self._evaluated = (seat, time.monotonic())
        known = [(seat.ready, True), (seat.anchor, seat.is_full), *seat.recent]
        for anchor, is_full in known:
            if anchor is not None and anchor.holds(snapshot, cursor, allowed.full) and self._may_use(anchor):
                if anchor is seat.ready:
                    seat.ready = None
                seat.use(anchor, is_full)
                return anchor
        window = allowed.full if resident == NOTHING else allowed.beside_context
        full = place_anchor(seat.full_anchor, snapshot, cursor, window)
        is_full = _seconds_to_read(full, seat.anchor, info) <= allowed.cold_seconds
        cold = min(allowed.cold, window, key=lambda each: each.prefix)
        placed = full if is_full else place_anchor(None, snapshot, cursor, cold)
        seat.use(replace(placed, context=resident), is_full)
        assert seat.anchor is not None
        return seat.anchor

    def _resident(self, seat: Seat) -> Context:
        """What a new anchor may show of other files because it has certainly been read: that of the last one used."""
        used, since = self._evaluated or (None, 0.0)
        held = seat.ready or seat.anchor
        if held is None or not self._may_use(held) or used is not seat or time.monotonic() - since > RESIDENT_SECONDS:
            return NOTHING
        return held.context.without_heading()

    def _may_use(self, anchor: Anchor) -> bool:
        """False for an anchor with context after that was turned off."""
        return anchor.context == NOTHING or self._contexts.enabled

    def refresh(self) -> None:
        """Looks again at the place wanted last: there is news of other files."""
        if self._place is not None:
            self.want(*self._place)

    def want(self, seat: Seat, snapshot: Snapshot, cursor: Point) -> None:
        """Names the place that idle time should prepare for."""
        seat.wanted = (snapshot, cursor)
        self._place = (seat, snapshot, cursor)
        self._seat = seat
        self._asked = time.monotonic()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    def forget(self, seat: Seat) -> None:
        """A document was closed."""
        seat.wanted = None
        if self._place is not None and self._place[0] is seat:
            self._place = None

    async def aclose(self) -> None:
        """Ends the work."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        try:
            while (seat := self._seat) is not None and seat.wanted is not None:
                await self._quiet()
                wanted = seat.wanted
                if await self._prepare(seat) and seat.wanted is wanted:
                    seat.wanted = None
        except ForetypeError as error:
            logger.info("Nothing was prepared: %s", error)

    async def _quiet(self) -> None:
        """Waits until nothing is generated and nothing was asked for a moment."""
        while True:
            await self._generator.idle.wait()
            since = time.monotonic() - self._asked
            if since >= QUIET_SECONDS:
                return
            await asyncio.sleep(QUIET_SECONDS - since)

    async def _prepare(self, seat: Seat) -> bool:
        """True when nothing is left to do for what is wanted."""
        if seat.wanted is None:
            return True
        snapshot, cursor = seat.wanted
        info = await self._engine.info()
        allowed = budget(info)
        target = better_anchor(seat, snapshot, cursor, allowed)
        target = await self._contexts.improved(seat, snapshot, cursor, target, allowed, info)
        if target is None:
            return True
        began = time.perf_counter()
        middle = plain(target.middle(snapshot, cursor))
        self._evaluated = None
        if not await self._engine.warm(hole_at(target, middle)):
            return False
        self._evaluated = (seat, time.monotonic())
        if seat.wanted is not None and seat.wanted[0].uri == target.uri:
            seat.ready = target
            files = [path for path, _ in target.context.files]
            logger.debug("Ready for line %d with %s in %.1f ms", cursor.line + 1, files, since(began))
        return True


def better_anchor(seat: Seat, snapshot: Snapshot, cursor: Point, allowed: Budget) -> Anchor | None:
    """An anchor worth preparing: with the full window, or with room for the middle again; None if all is well."""
    roomy = replace(allowed.full, middle=int(allowed.full.middle * ROOM_LEFT))
    for anchor in (seat.ready, seat.full_anchor):
        if anchor is not None and anchor.holds(snapshot, cursor, roomy):
            return None
    return place_anchor(seat.full_anchor, snapshot, cursor, allowed.full)


def _seconds_to_read(anchor: Anchor, resident: Anchor | None, info: EngineInfo) -> float:
    """An estimate of what evaluating an anchor's prompt takes, given that another's is resident."""
    prefix = anchor.prefix
    shared = 0
    if resident is not None and resident.uri == anchor.uri and resident.first_line == anchor.first_line:
        shared = sum(len(line) for line, old in zip(anchor.above, resident.above, strict=False) if line == old)
    suffix = len(anchor.suffix) if info.family else 0
    tokens = (len(prefix) - shared + suffix) / CHARACTERS_PER_TOKEN
    return tokens / (info.speeds.prefill or UNMEASURED.prefill)
