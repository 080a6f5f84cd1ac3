"""Runs generations on one engine, one at a time: starts, extends and stops streams."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from foretype.complete.prompts import hole_at
from foretype.complete.stream import Stream
from foretype.engines.base import Chunk, Engine, GenerateRequest, Usage
from foretype.errors import ForetypeError

GRACE_SECONDS = 0.15
"""How long a generation goes on after its request was cancelled: editors cancel at every key."""

UNEXPECTED = "The engine failed unexpectedly; the log says how."

Lead = Callable[[Stream], Awaitable[None]]

logger = logging.getLogger(__name__)


class Generator:
    """At most one stream runs; starting another stops it within one token."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.active: Stream | None = None
        self._told = ""
        self.idle = asyncio.Event()
        self.idle.set()

    def run(self, stream: Stream, max_tokens: int, enough: Callable[[Stream], bool], lead: Lead | None = None) -> None:
        """Generates at the stream's end until ``enough`` says so, asked at each new text.

        ``lead`` may ask the engine itself before that and put a beginning into the stream.
        """
        self.stop()
        self.active = stream
        self.idle.clear()
        stream.running = True
        stream.task = asyncio.create_task(self._drive(stream, max_tokens, enough, lead))

    def stop(self, stream: Stream | None = None) -> None:
        """Stops the stream that runs (or only the one given, if it runs)."""
        active = self.active
        if active is None or stream not in (None, active):
            return
        self.active = None
        self.idle.set()
        if active.running and active.task is not None:
            active.running = False
            active.task.cancel()
            active.wake()

    def let_go(self) -> None:
        """Ends what runs unless a request takes it up within the grace."""
        if (stream := self.active) is None:
            return
        used = stream.used

        def end() -> None:
            if stream.used == used:
                self.stop(stream)

        asyncio.get_running_loop().call_later(GRACE_SECONDS, end)

    async def aclose(self) -> None:
        """Stops and waits."""
        task = self.active.task if self.active else None
        self.stop()
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _drive(
        self, stream: Stream, max_tokens: int, enough: Callable[[Stream], bool], lead: Lead | None
    ) -> None:
        request = GenerateRequest(hole_at(stream.anchor, stream.middle + stream.text), max_tokens)
        try:
            if lead is not None:
                await lead(stream)
                request = replace(request, prompt=hole_at(stream.anchor, stream.middle + stream.text))
            before = stream.usage
            async with aclosing(self._engine.generate(request)) as chunks:
                async for chunk in chunks:
                    usage = _sum(before, chunk.usage)
                    if not isinstance(chunk, Chunk):
                        stream.finish, stream.usage = chunk.reason, usage
                        break
                    stream.append(chunk, usage)
                    if enough(stream):
                        break
        except ForetypeError as error:
            stream.error = str(error)
            # One that goes on failing is told of once.
            logger.log(logging.DEBUG if stream.error == self._told else logging.WARNING, "%s", error)
            self._told = stream.error
        except Exception:
            logger.exception("An engine failed unexpectedly.")
            stream.error = UNEXPECTED
        else:
            self._told = ""
        finally:
            if self.active is stream:
                self.active = None
                self.idle.set()
                stream.running = False
            stream.wake()


def _sum(before: Usage, now: Usage) -> Usage:
    return replace(
        now,
        queue_ms=before.queue_ms + now.queue_ms,
        prefill_ms=before.prefill_ms + now.prefill_ms,
        prefill_tokens=before.prefill_tokens + now.prefill_tokens,
        decode_ms=before.decode_ms + now.decode_ms,
        decode_tokens=before.decode_tokens + now.decode_tokens,
        drafted_tokens=before.drafted_tokens + now.drafted_tokens,
        accepted_tokens=before.accepted_tokens + now.accepted_tokens,
    )
