"""When a service is not asked: after failures in a row, for a time that grows until it answers again."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

FAILURES = 3
"""So many in a row are no accident."""

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


class BreakerState(Enum):
    """Named as circuit breakers are."""

    CLOSED = "closed"  # requests pass
    OPEN = "open"  # none passes
    HALF_OPEN = "half-open"  # one passes, and decides


class Breaker:
    """A circuit breaker. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = 0.0
        self._until = 0.0
        self._trying = False

    @property
    def state(self) -> BreakerState:
        """As of now."""
        if not self._pause:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._clock() < self._until else BreakerState.HALF_OPEN

    @property
    def wait(self) -> float:
        """Seconds until a request may pass again; 0 when one may now."""
        return max(0.0, self._until - self._clock()) if self._pause else 0.0

    def admit(self) -> bool:
        """Whether a request may pass; one that may has to be followed by `succeed`, `fail` or `leave`."""
        if self.state is BreakerState.CLOSED:
            return True
        if self.state is BreakerState.OPEN or self._trying:
            return False
        self._trying = True
        return True

    def succeed(self) -> bool:
        """The service answered. True if it had been given up before."""
        recovered = bool(self._pause)
        self._failures, self._pause, self._until, self._trying = 0, 0.0, 0.0, False
        return recovered

    def fail(self, at_once: bool = False, wait: float | None = None) -> None:
        """A request failed. ``at_once`` gives the service up now; ``wait`` is the pause that it asked for itself."""
        self._failures += 1
        self._trying = False
        if not (self._pause or at_once or wait is not None or self._failures >= FAILURES):
            return
        grown = min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, self._pause * 2))
        self._pause = grown
        self._until = max(self._until, self._clock() + (grown if wait is None else max(wait, FIRST_PAUSE_SECONDS)))

    def leave(self) -> None:
        """A request ended without telling anything of the service: it was cancelled, or never sent."""
        self._trying = False

    def look_again(self) -> None:
        """Lets a request pass now: there is a sign of life."""
        self._until = min(self._until, self._clock())
