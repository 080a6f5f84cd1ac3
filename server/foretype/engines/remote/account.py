"""What an answer has cost so far: measured here, counted by the service where it says so, else estimated."""

from __future__ import annotations

import time
from dataclasses import replace

from foretype.engines.base import Usage
from foretype.engines.remote.events import Counted
from foretype.engines.remote.measures import Measures

LONGEST_TOKEN = 16
"""Characters, but for rare ones."""


class Account:
    """The account of one answer. ``asked`` and ``sent`` are ``time.perf_counter`` values, the latter of the request."""

    def __init__(self, measures: Measures, asked: float, sent: float, prompt_characters: int) -> None:
        self._measures = measures
        self._sent = sent
        self._characters = prompt_characters
        self._first = 0.0
        self.usage = Usage(queue_ms=(sent - asked) * 1000, prefill_tokens=measures.tokens(prompt_characters))

    def generated(self, text: str) -> None:
        """More was generated, whether or not it is given on."""
        now = time.perf_counter()
        if not self._first:
            self._first = now
            milliseconds = (now - self._sent) * 1000
            self._measures.first_text(milliseconds)
            self.usage = replace(self.usage, prefill_ms=milliseconds)
        # Most services send an event for each token, some gather several.
        tokens = 1 if len(text) <= LONGEST_TOKEN else self._measures.tokens(len(text))
        elapsed = (now - self._first) * 1000
        self.usage = replace(self.usage, decode_ms=elapsed, decode_tokens=self.usage.decode_tokens + tokens)

    def counted(self, told: Counted) -> None:
        """The service's own counts replace the estimates."""
        usage = self.usage
        if told.prompt is not None:
            cached = min(told.cached or 0, told.prompt)
            usage = replace(usage, prefill_tokens=told.prompt - cached, reused_tokens=cached)
            self._measures.counted(self._characters, told.prompt)
        if told.output is not None:
            usage = replace(usage, decode_tokens=told.output)
        self.usage = usage

    def close(self) -> Usage:
        """The answer is over; what it says of the service's speed is learnt."""
        self._measures.decoded(self.usage.decode_tokens - 1, self.usage.decode_ms)
        return self.usage
