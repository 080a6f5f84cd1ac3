"""The most that may be asked of a service: requests, tokens and cost, by the minute and by the day."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from foretype.config.endpoints import Endpoint
from foretype.engines.base import EndpointError, Usage
from foretype.engines.remote.day_file import Day, DayFile
from foretype.engines.remote.failures import clock

MINUTE = 60.0


class LimitReachedError(EndpointError):
    """The user's own limit forbids the request; the text says when it is possible again."""


@dataclass(slots=True)
class Ticket:
    """A request that was counted: when, and with how many tokens."""

    at: float
    tokens: int
    cost: float


class Meter:
    """Counts before a request, with an estimate, and settles after it. ``now`` gives seconds since the epoch."""

    def __init__(
        self, name: str, endpoint: Endpoint, file: DayFile | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._name = name
        self._limits = endpoint.limits
        self._prices = endpoint.prices
        self._file = file
        self._now = now
        self._minute: deque[Ticket] = deque()
        self._day = Day()

    def take(self, tokens: int) -> Ticket:
        """Counts a request with so many tokens in its prompt. Raises LimitReachedError."""
        now = self._now()
        while self._minute and self._minute[0].at <= now - MINUTE:
            self._minute.popleft()
        day = self.today()
        limits = self._limits
        minute_tokens = sum(ticket.tokens for ticket in self._minute)
        if limits.requests_per_minute and len(self._minute) >= limits.requests_per_minute:
            raise self._reached(f"{limits.requests_per_minute:,} requests a minute", self._minute[0].at + MINUTE)
        if limits.tokens_per_minute and minute_tokens and minute_tokens + tokens > limits.tokens_per_minute:
            raise self._reached(f"{limits.tokens_per_minute:,} tokens a minute", self._minute[0].at + MINUTE)
        if limits.requests_per_day and day.requests >= limits.requests_per_day:
            raise self._reached(f"{limits.requests_per_day:,} requests a day", _midnight(now))
        if limits.tokens_per_day and day.tokens and day.tokens + tokens > limits.tokens_per_day:
            raise self._reached(f"{limits.tokens_per_day:,} tokens a day", _midnight(now))
        if limits.cost_per_day is not None and day.cost >= limits.cost_per_day:
            raise self._reached(f"{limits.cost_per_day:g} a day", _midnight(now))
        ticket = Ticket(now, tokens, self._cost(tokens, 0, 0))
        self._minute.append(ticket)
        self._add(1, ticket.tokens, ticket.cost)
        return ticket

    def settle(self, ticket: Ticket, usage: Usage) -> None:
        """Replaces a request's estimate by what it took."""
        tokens = usage.prefill_tokens + usage.reused_tokens + usage.decode_tokens
        cost = self._cost(usage.prefill_tokens, usage.reused_tokens, usage.decode_tokens)
        self._add(0, tokens - ticket.tokens, cost - ticket.cost)
        ticket.tokens, ticket.cost = tokens, cost

    def today(self) -> Day:
        """What this day has seen, in all processes as far as they have told."""
        name = _day(self._now())
        if self._day.name != name:
            self._day = self._file.read(name) if self._file is not None else Day(name)
        return self._day

    async def save(self) -> None:
        """Writes what is not written yet, and learns what other processes have counted."""
        if self._file is not None:
            told = await self._file.save()
            if told is not None and told.name == self._day.name:
                self._day = self._file.with_unsaved(told)

    def _add(self, requests: int, tokens: int, cost: float) -> None:
        more = Day(self.today().name, requests, tokens, cost)
        self._day = self._day.plus(more)
        if self._file is not None:
            self._file.add(more)

    def _cost(self, read: int, cached: int, written: int) -> float:
        prices = self._prices
        cheaper = prices.input if prices.cached_input is None else prices.cached_input
        return (read * prices.input + cached * cheaper + written * prices.output) / 1e6

    def _reached(self, limit: str, again: float) -> LimitReachedError:
        when = clock(max(0.0, again - self._now()))
        return LimitReachedError(f"`{self._name}` has reached its limit of {limit}; it is asked again at {when}.")


def _day(now: float) -> str:
    return datetime.fromtimestamp(now).date().isoformat()


def _midnight(now: float) -> float:
    tomorrow = datetime.fromtimestamp(now).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day).timestamp()
