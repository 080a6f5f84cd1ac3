"""Plays a trace against an engine in real time, and notes what is on screen before each next key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from foretype.bench.screen import Ghost, View
from foretype.bench.seat import Session
from foretype.bench.trace import Key, Kind, Trace, apply

_LEAD_SECONDS = 0.3
_LAST_GAP_SECONDS = 1.0
_ACCEPTED_VISIBLE = 6
_ACCEPTED_KEYS = 400


@dataclass(slots=True)
class Sight:
    """One key as it was played, and what was seen until the next.

    ``pressed`` is in seconds since the first key was due, ``late`` how much later than planned it was, ``gap`` the
    time until the next key. Times of ``views`` count from the key. ``after`` is what stands right of the cursor on
    its line. ``ledger`` is what the engine told of the request, if it did.
    """

    number: int
    key: Key
    pressed: float
    late: float
    after: str
    gap: float = 0.0
    views: tuple[View[Any], ...] = ()
    flickers: int = 0
    vanished: int = 0
    ledger: Mapping[str, Any] = field(default_factory=dict)


async def play(
    trace: Trace, session: Session, limit: int | None = None, on_key: Callable[[Sight], None] | None = None
) -> list[Sight]:
    """Press the keys at their times, at most ``limit`` of them. The session has begun the trace already."""
    loop = asyncio.get_running_loop()
    keys = trace.keys[:limit]
    sights: list[Sight] = []
    accepts = list(trace.accepts)
    start = begin = loop.time() + _LEAD_SECONDS - (keys[0].at if keys else 0.0)
    index = 0
    while index < len(keys):
        key = keys[index]
        await asyncio.sleep(max(0.0, start + key.at - loop.time()))
        now = loop.time()
        if sights:
            _close(sights[-1], session, now - begin)
        landing = _landing(session, keys, index) if accepts and index >= accepts[0] else None
        number = len(sights)
        if landing is None:
            session.press(number, key)
            index += 1
        else:
            accepts.pop(0)
            ghost = session.screen.now.ghost
            assert ghost is not None
            session.accept(number, ghost)
            # What needs no typing takes no time.
            start -= keys[landing].at - key.at
            key = replace(keys[landing], kind=Kind.ACCEPT, char="Tab", inserted=ghost.text)
            index = landing + 1
        sights.append(Sight(number, key, now - begin, now - start - key.at, session.buffers[key.file].after))
        if on_key:
            on_key(sights[-1])
    await asyncio.sleep(_LAST_GAP_SECONDS)
    if sights:
        _close(sights[-1], session, loop.time() - begin)
    for number, ledger in session.ledgers().items():
        sights[number].ledger = ledger
    return sights


def _close(sight: Sight, session: Session, now: float) -> None:
    screen = session.screen
    sight.gap = now - sight.pressed
    first = screen.views[0].at
    sight.views = tuple(replace(view, at=view.at - first, source=None) for view in screen.views)
    sight.flickers, screen.flickers = screen.flickers, 0
    sight.vanished, screen.vanished = screen.vanished, 0


def _landing(session: Session, keys: tuple[Key, ...], index: int) -> int | None:
    """The key after which the text will be as if the suggestion on screen was taken; None if it isn't right."""
    ghost, key = session.screen.now.ghost, keys[index]
    if ghost is None or ghost.visible < _ACCEPTED_VISIBLE:
        return None
    buffer = session.buffers[key.file]
    text, cursor = buffer.text, buffer.offset(buffer.cursor)
    wanted, landed = _taken(text, cursor, ghost)
    for number in range(index, min(len(keys), index + _ACCEPTED_KEYS)):
        later = keys[number]
        if later.file != key.file or later.kind in (Kind.JUMP, Kind.VISIT, Kind.RETURN):
            return None
        text = apply(text, later)
        if later.cursor == landed and text == wanted:
            return number
    return None


def _taken(text: str, cursor: int, ghost: Ghost) -> tuple[str, int]:
    return text[:cursor] + ghost.text + text[cursor + len(ghost.replaced) :], cursor + len(ghost.text)
