"""How much to ask of an engine, from how fast it was measured to be; and how long a typist waits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from statistics import median

from foretype.engines.base import EngineInfo, Speeds
from foretype.prompt.anchor import Window

CHARACTERS_PER_TOKEN = 3.2
"""Source code in common vocabularies: 3 to 4."""

COLD_LINES = 2
COLD_SECONDS = 0.6
"""What a first answer may spend on reading, when nothing is resident."""

ASKED_SECONDS, ASKED_TOKENS = 3.0, 640
"""What an answer that the user asked for may spend on reading, and what it is given however slow the engine is."""

WARM_SECONDS = 8.0
"""What idle time may spend on reading around the cursor."""

SUFFIX_SHARE = 0.25
CONTEXT_SHARE, MOST_CONTEXT_TOKENS = 0.25, 1024
UNMEASURED = Speeds(prefill=200.0, decode=25.0)
LEAST_TOKENS, MOST_TOKENS = 96, 4096
MIDDLE_TOKENS = 320
LINE_SECONDS, BLOCK_SECONDS = 2.0, 6.0
MOST_LINE_TOKENS, MOST_BLOCK_TOKENS = 64, 256

DEADLINE_SECONDS, ASKED_DEADLINE_SECONDS = 1.0, 3.0
"""When a first text should be there, whichever engine writes it; the second where the user asked."""

USUAL_TIMES = 2.0
"""An engine that takes so many times what it usually takes to its first text isn't waited for alone."""


@dataclass(frozen=True, slots=True)
class Budget:
    """For one engine: the full window, the window when nothing is resident yet, and tokens by kind of answer.

    ``cold_seconds`` is how long reading may take; the cold window is chosen for it. ``context`` is how many tokens
    of other files and distant lines a prompt may show, and ``beside_context`` the full window of one that does.
    """

    full: Window
    cold: Window
    cold_seconds: float
    line_tokens: int
    block_tokens: int
    context: int
    beside_context: Window


def budget(info: EngineInfo, explicit: bool = False) -> Budget:
    """The budget for an engine as it was measured; what is unmeasured is taken to be a small model on a laptop.

    Who asks for a suggestion waits for a good one: ``explicit`` requests may take longer.
    """
    prefill = info.speeds.prefill or UNMEASURED.prefill
    decode = info.speeds.decode or UNMEASURED.decode
    room = min(MOST_TOKENS, (info.context_tokens or MOST_TOKENS) - MIDDLE_TOKENS * 2)
    warm = max(LEAST_TOKENS * 4, min(room, int(prefill * WARM_SECONDS)))
    if explicit:
        warm = max(warm, ASKED_TOKENS)
        asked = max(ASKED_TOKENS, min(warm, int(prefill * ASKED_SECONDS)))
        lines, blocks = MOST_LINE_TOKENS, MOST_BLOCK_TOKENS
        return Budget(_window(warm), _window(asked), asked / prefill, lines, blocks, *_shared(warm))
    cold = max(LEAST_TOKENS, min(warm, int(prefill * COLD_SECONDS)))
    return Budget(
        _window(warm),
        replace(_window(cold), lines=COLD_LINES),
        COLD_SECONDS,
        max(24, min(MOST_LINE_TOKENS, int(decode * LINE_SECONDS))),
        max(64, min(MOST_BLOCK_TOKENS, int(decode * BLOCK_SECONDS))),
        *_shared(warm),
    )


def _shared(tokens: int) -> tuple[int, Window]:
    """What of a budget goes to context, and the window made of the rest."""
    context = min(MOST_CONTEXT_TOKENS, int(tokens * CONTEXT_SHARE))
    return context, _window(tokens - context)


def _window(tokens: int) -> Window:
    characters = tokens * CHARACTERS_PER_TOKEN
    suffix = int(characters * SUFFIX_SHARE)
    return Window(int(characters) - suffix, suffix, int(MIDDLE_TOKENS * CHARACTERS_PER_TOKEN))


def share(engines: int, explicit: bool, soft_deadline: float, info: EngineInfo | None = None) -> float:
    """Seconds that one of so many engines has for its first text, before others are asked as well.

    One that is usually quick is given up sooner, but not before the soft deadline.
    """
    most = (ASKED_DEADLINE_SECONDS if explicit else DEADLINE_SECONDS) / engines
    usual = info.speeds.first_token_ms / 1000 if info is not None else 0.0
    return min(most, max(soft_deadline, usual * USUAL_TIMES)) if usual else most


class Rhythm:
    """A typist's usual gap between keys, in seconds, and the soft deadline that follows from it."""

    LONGEST_GAP = 1.0
    LONGEST_DEBOUNCE = 0.3

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=40)
        self._last: float | None = None

    def key(self, now: float) -> None:
        """Records a key; gaps that are pauses for thought don't count."""
        if self._last is not None and now - self._last <= self.LONGEST_GAP:
            self._gaps.append(now - self._last)
        self._last = now

    @property
    def gap(self) -> float:
        """The median gap; 0.15 s until a few keys are known."""
        return median(self._gaps) if len(self._gaps) >= 5 else 0.15

    def debounce(self, info: EngineInfo) -> float:
        """Seconds to wait for another key before asking an engine that is slower than the typist.

        None for an engine that keeps what it has evaluated when it is interrupted: the next request builds on it.
        """
        first_text = info.speeds.first_token_ms / 1000
        return 0.0 if info.keeps_work or first_text <= self.gap else min(self.LONGEST_DEBOUNCE, self.gap)

    @property
    def soft_deadline(self) -> float:
        """Seconds after which a useful part of an answer is better than all of it later."""
        return min(0.12, max(0.05, self.gap * 0.6))
