"""What a request waits on: one bell for all that may concern it."""

from __future__ import annotations

import asyncio


class Bell:
    """Wakes the one who waits. A ring that comes while nobody waits is kept."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something has happened."""
        self._rung.set()

    async def wait(self, seconds: float | None = None) -> None:
        """Waits for a ring, or so many seconds."""
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._rung.set)
        try:
            await self._rung.wait()
        finally:
            self._rung.clear()
            if timer is not None:
                timer.cancel()
