"""How fast a person types: the time before each key, drawn from seeded distributions."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

MEDIAN_SECONDS = 0.15
PAUSE_SECONDS = 0.4
"""A gap of at least this length is a pause: long enough to look at the screen."""

_SHORTEST, _LONGEST = 0.035, 3.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A log-normal distribution of times, by its median in seconds and the deviation of the logarithm."""

    median: float
    deviation: float = 0.4

    def draw(self, random: random.Random) -> float:
        """A time in seconds."""
        return min(_LONGEST, max(_SHORTEST, random.lognormvariate(math.log(self.median), self.deviation)))


KEY = Gap(MEDIAN_SECONDS)
AFTER_PUNCTUATION = Gap(0.24)
LINE_END = Gap(0.28)
"""Before Enter."""
NEW_LINE = Gap(0.6, 0.5)
"""Before the first key of a line."""
THINKING = Gap(0.8, 0.4)
"""Now and then, before a word."""
NOTICING = Gap(0.35)
"""Before a slip is taken back."""
REPEATED = Gap(0.11, 0.2)
"""Between backspaces, and between steps of indentation."""
ELSEWHERE = Gap(1.2, 0.3)
"""Before and after a look at another place."""

THINKING_SHARE = 0.04
"""How often a word is thought about."""

PUNCTUATION = frozenset(".,:;=([{<+-*/|&!?)]}")

DESCRIPTION = (
    f"log-normal around {MEDIAN_SECONDS * 1000:.0f} ms; {AFTER_PUNCTUATION.median * 1000:.0f} ms after punctuation, "
    f"{LINE_END.median * 1000:.0f} ms before and {NEW_LINE.median * 1000:.0f} ms after a line's end, "
    f"{THINKING.median * 1000:.0f} ms before {THINKING_SHARE:.0%} of the words (medians)"
)


def before_character(random: random.Random, previous: str, character: str) -> float:
    """The time before an ordinary character, given the one typed before it."""
    word_begins = character.isalnum() and not (previous.isalnum() or previous == "_")
    if word_begins and random.random() < THINKING_SHARE:
        return THINKING.draw(random)
    return (AFTER_PUNCTUATION if previous in PUNCTUATION else KEY).draw(random)
