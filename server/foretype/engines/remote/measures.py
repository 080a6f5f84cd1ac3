"""How fast a service is and how long its tokens are, as running medians and ratios."""

from __future__ import annotations

from collections import deque
from statistics import median

from foretype.engines.base import Speeds

REMEMBERED = 31
CHARACTERS_PER_TOKEN = 3.2
"""Of code, with the vocabularies of current models; until the service's own counts say otherwise."""

READING = 10_000.0
"""Tokens per second, taken as given: what is read can't be told from what is waited for, and services read fast."""

WEIGHT_OF_THE_GUESS = 4000.0
"""Characters that the guess counts for beside what was measured."""


class Measures:
    """Learns from each answer."""

    def __init__(self) -> None:
        self._first: deque[float] = deque(maxlen=REMEMBERED)
        self._decode: deque[float] = deque(maxlen=REMEMBERED)
        self._characters = WEIGHT_OF_THE_GUESS
        self._tokens = WEIGHT_OF_THE_GUESS / CHARACTERS_PER_TOKEN

    @property
    def speeds(self) -> Speeds:
        """Milliseconds to the first text, and tokens per second after it; the speed of reading is a guess."""
        return Speeds(
            prefill=READING,
            decode=median(self._decode) if self._decode else 0.0,
            first_token_ms=median(self._first) if self._first else 0.0,
        )

    def first_text(self, milliseconds: float) -> None:
        """An answer began after so long."""
        self._first.append(milliseconds)

    def decoded(self, tokens: int, milliseconds: float) -> None:
        """An answer went on for so many tokens after its first text."""
        if tokens >= 4 and milliseconds > 0:
            self._decode.append(tokens / milliseconds * 1000)

    def counted(self, characters: int, tokens: int) -> None:
        """The service counted so many tokens in a text; older texts count for less."""
        if characters and tokens:
            self._characters = self._characters / 2 + characters
            self._tokens = self._tokens / 2 + tokens

    def tokens(self, characters: int) -> int:
        """An estimate, rounded up."""
        return -int(-characters * self._tokens // self._characters)
