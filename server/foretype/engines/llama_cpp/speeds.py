"""How fast the model runs here, measured as it runs, and how many threads that asks for."""

from __future__ import annotations

from collections import deque
from statistics import median

from foretype.engines.llama_cpp.drafts import MOST_DRAFTED

REMEMBERED = 9
BUSY_RATIO = 2.2
BUSY_STREAK = 4
PATIENCE_TOKENS = 400


class SpeedMeter:
    """Medians of the last few prefill speeds and costs of small batches; one hiccup changes nothing."""

    def __init__(self) -> None:
        self._prefill: deque[float] = deque(maxlen=REMEMBERED)
        self._batch_ms: list[deque[float]] = [deque(maxlen=REMEMBERED) for _ in range(MOST_DRAFTED + 2)]

    def prefilled(self, tokens: int, milliseconds: float) -> None:
        """Records a prompt batch; those too small to tell about prefill speed count as decoding."""
        if tokens < len(self._batch_ms):
            self.decoded(tokens, milliseconds)
        elif milliseconds > 0:
            self._prefill.append(tokens * 1000 / milliseconds)

    def decoded(self, tokens: int, milliseconds: float) -> None:
        """Records a batch of one token, or of one and its drafts."""
        self._batch_ms[tokens].append(milliseconds)

    @property
    def prefill(self) -> float:
        """Prompt tokens per second, in batches of some size; 0 until measured."""
        return median(self._prefill) if self._prefill else 0.0

    @property
    def decode(self) -> float:
        """Tokens per second, one at a time; 0 until measured."""
        return 1000 / median(self._batch_ms[1]) if self._batch_ms[1] else 0.0

    def batch_ms(self) -> list[float]:
        """Milliseconds for a batch of n tokens, index 0 unused; sizes not met yet are interpolated.

        Before anything is known, a batch is taken to cost 0.45 of a single token for each further token, as measured
        for quantized models on CPUs with AVX2; GPUs soon correct it downwards.
        """
        one = median(self._batch_ms[1]) if self._batch_ms[1] else 25.0
        costs = [0.0, one]
        for size in range(2, len(self._batch_ms)):
            measured = self._batch_ms[size]
            costs.append(median(measured) if len(measured) > 2 else costs[-1] + 0.45 * one)
        return costs


class ThreadGovernor:
    """All threads while the machine is idle; one fewer while tokens take so long that others must need the cores.

    llama.cpp's threads spin while they wait for each other, so with as many threads as cores a busy neighbour makes
    a token many times slower.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.threads = most
        self._best_ms = 0.0
        self._slow = 0
        self._since = 0

    def decoded(self, milliseconds: float) -> int:
        """Takes one single-token time, returns the threads to use from now on."""
        self._since += 1
        if self.threads == self.most:
            self._best_ms = milliseconds if not self._best_ms else min(self._best_ms * 1.002, milliseconds)
            self._slow = self._slow + 1 if milliseconds > BUSY_RATIO * self._best_ms else 0
            if self._slow >= BUSY_STREAK and self.most > 1:
                self.threads, self._slow, self._since = self.most - 1, 0, 0
        elif self._since >= PATIENCE_TOKENS:
            self.threads, self._since = self.most, 0
        return self.threads
