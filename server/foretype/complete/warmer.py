"""Chooses anchors, and in idle time makes the prompts of better ones resident before they are needed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace

from foretype.complete.budget import CHARACTERS_PER_TOKEN, UNMEASURED, Budget, budget
from foretype.complete.desk import Desk
from foretype.complete.generator import Generator
from foretype.complete.stream import plain
from foretype.engines.base import Engine, EngineError, EngineInfo
from foretype.prompt.anchor import Anchor, place_anchor
from foretype.prompt.families import find
from foretype.prompt.fim import Prompt
from foretype.prompt.layout import lay_out
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

logger = logging.getLogger(__name__)

QUIET_SECONDS = 0.05
ROOM_LEFT = 0.6
"""A new anchor is prepared when this share of the room for the middle is used."""


class Warmer:
    """Works for the document asked about last, only while nothing is generated, and yields to any request."""

    def __init__(self, engine: Engine, generator: Generator) -> None:
        self._engine = engine
        self._generator = generator
        self._desk: Desk | None = None
        self._asked = 0.0
        self._task: asyncio.Task[None] | None = None

    def anchor(self, desk: Desk, snapshot: Snapshot, cursor: Point, info: EngineInfo, allowed: Budget) -> Anchor:
        """The anchor to use now: the one made ready, the one in use, or a new one that is soon read."""
        for known in (desk.ready, desk.anchor):
            if known is not None and known.holds(snapshot, cursor, allowed.full):
                if known is desk.ready:
                    desk.ready, desk.is_full = None, True
                desk.anchor = known
                return known
        full = place_anchor(desk.anchor, snapshot, cursor, allowed.full)
        desk.is_full = _seconds_to_read(full, desk.anchor, info) <= allowed.cold_seconds
        desk.anchor = full if desk.is_full else place_anchor(None, snapshot, cursor, allowed.cold)
        return desk.anchor

    def want(self, desk: Desk, snapshot: Snapshot, cursor: Point) -> None:
        """Names the place that idle time should prepare for."""
        desk.wanted = (snapshot, cursor)
        self._desk = desk
        self._asked = time.monotonic()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    def forget(self, desk: Desk) -> None:
        """A document was closed."""
        desk.wanted = None

    async def aclose(self) -> None:
        """Ends the work."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        try:
            while (desk := self._desk) is not None and desk.wanted is not None:
                await self._quiet()
                if await self._prepare(desk):
                    desk.wanted = None
        except EngineError as error:
            logger.info("Nothing was prepared: %s", error)

    async def _quiet(self) -> None:
        """Waits until nothing is generated and nothing was asked for a moment."""
        while True:
            await self._generator.idle.wait()
            since = time.monotonic() - self._asked
            if since >= QUIET_SECONDS:
                return
            await asyncio.sleep(QUIET_SECONDS - since)

    async def _prepare(self, desk: Desk) -> bool:
        """True when nothing is left to do for what is wanted."""
        if desk.wanted is None:
            return True
        snapshot, cursor = desk.wanted
        info = await self._engine.info()
        target = better_anchor(desk, snapshot, cursor, budget(info))
        if target is None:
            return True
        middle = plain(target.middle(snapshot, cursor))
        if not await self._engine.warm(_prompt(info, target, middle)):
            return False
        if desk.wanted is not None and desk.wanted[0].uri == target.uri:
            desk.ready = target
        return True


def better_anchor(desk: Desk, snapshot: Snapshot, cursor: Point, allowed: Budget) -> Anchor | None:
    """An anchor worth preparing: with the full window, or with room for the middle again; None if all is well."""
    roomy = replace(allowed.full, middle=int(allowed.full.middle * ROOM_LEFT))
    for anchor in (desk.ready, desk.anchor if desk.is_full else None):
        if anchor is not None and anchor.holds(snapshot, cursor, roomy):
            return None
    return place_anchor(desk.anchor, snapshot, cursor, allowed.full)


def _prompt(info: EngineInfo, anchor: Anchor, middle: str) -> Prompt:
    return lay_out(find(info.family), plain(anchor.prefix), plain(anchor.suffix), middle)


def _seconds_to_read(anchor: Anchor, resident: Anchor | None, info: EngineInfo) -> float:
    """An estimate of what evaluating an anchor's prompt takes, given that another's is resident."""
    prefix = anchor.prefix
    shared = 0
    if resident is not None and resident.uri == anchor.uri and resident.first_line == anchor.first_line:
        shared = sum(len(line) for line, old in zip(anchor.above, resident.above, strict=False) if line == old)
    suffix = len(anchor.suffix) if info.family else 0
    tokens = (len(prefix) - shared + suffix) / CHARACTERS_PER_TOKEN
    return tokens / (info.speeds.prefill or UNMEASURED.prefill)
