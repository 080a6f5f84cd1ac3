"""Choosing tokens from logits, and turning tokens' bytes into text."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.engines.llama_cpp.grammar import Grammar
from foretype.engines.llama_cpp.healing import Vocabulary
from foretype.engines.llama_cpp.model import Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP_K = 40
SMALLEST = 1e-30
"""Keeps the logarithm of a probability that underflows finite."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A token and the natural logarithm of its probability."""

    token: int
    logprob: float


class Sampler:
    """Greedy, or by temperature among the likeliest 40; first of all in agreement with a healed tail.

    With a ``grammar``, the token that would be chosen is checked alone; only one that is refused costs more.
    """

    def __init__(
        self,
        model: Model,
        vocabulary: Vocabulary,
        tail: bytes,
        temperature: float,
        seed: int,
        grammar: Grammar | None = None,
    ) -> None:
        import numpy as np

        self._model = model
        self._vocabulary = vocabulary
        self._tail = tail
        self._temperature = temperature
        self._grammar = grammar
        self._random = np.random.default_rng(seed)

    @property
    def tail(self) -> bytes:
        """What of a healed tail is still to be agreed with."""
        return self._tail

    def alternatives(self, logits: NDArray[np.float32], count: int) -> list[Choice]:
        """The likeliest tokens now, best first, in agreement with a healed tail."""
        import numpy as np

        allowed = self._vocabulary.agreeing(self._tail) if self._tail else np.arange(len(logits))
        count = min(count, len(allowed))
        if not count:
            return []
        best = allowed[np.argpartition(logits[allowed], -count)[-count:]]
        ordered = sorted((int(token) for token in best), key=lambda token: float(-logits[token]))
        return [Choice(token, logprob(logits, token)) for token in ordered]

    @property
    def greedy(self) -> bool:
        """Whether the next token is simply the likeliest."""
        return not self._tail and self._temperature == 0

    def choose(self, logits: NDArray[np.float32]) -> Choice:
        """The next token."""
        if self._tail:
            return self._heal(logits)
        token = self._pick(logits)
        if self._grammar is not None:
            if not self._grammar.allows(token):
                token = self._pick(self._grammar.narrowed(logits))
            self._grammar.accept(token)
        return Choice(token, logprob(logits, token))

    def _pick(self, logits: NDArray[np.float32]) -> int:
        return int(logits.argmax()) if self._temperature == 0 else self._sample(logits)

    def _heal(self, logits: NDArray[np.float32]) -> Choice:
        allowed = self._vocabulary.agreeing(self._tail)
        token = int(allowed[logits[allowed].argmax()]) if len(allowed) else int(logits.argmax())
        self._tail = self._tail[len(self._model.pieces[token]) :] if len(allowed) else b""
        return Choice(token, logprob(logits, token))

    def _sample(self, logits: NDArray[np.float32]) -> int:
        import numpy as np

        likeliest = np.argpartition(logits, -TOP_K)[-TOP_K:]
        scaled = logits[likeliest].astype(np.float64) / self._temperature
        weights = np.exp(scaled - scaled.max())
        return int(self._random.choice(likeliest, p=weights / weights.sum()))


def logprob(logits: NDArray[np.float32], token: int) -> float:
    """The natural logarithm of a token's probability."""
    import numpy as np

    highest = float(logits.max())
    return float(logits[token]) - highest - float(np.log(np.exp(logits - highest).sum()))


def logprob_of_any(logits: NDArray[np.float32], tokens: NDArray[np.int64]) -> float:
    """The natural logarithm of the probability that the next token is one of these."""
    import numpy as np

    weights = np.exp(logits - logits.max())
    return float(np.log(weights[tokens].sum() + SMALLEST)) - float(np.log(weights.sum()))


class TextStream:
    """Bytes in, text out: skips what the user typed already, never splits a character, holds back half a stop."""

    def __init__(self, skip: bytes, stops: Sequence[str]) -> None:
        self._skip = len(skip)
        self._stops = tuple(stop for stop in stops if stop)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False

    def add(self, piece: bytes) -> str:
        """The text that is certain now; sets ``stopped`` where a stop string was met (it is not given)."""
        fresh = piece[self._skip :]
        self._skip = max(0, self._skip - len(piece))
        text = self._held + self._decoder.decode(fresh)
        ends = [at for at in (text.find(stop) for stop in self._stops) if at >= 0]
        if ends:
            self.stopped = True
            self._held = ""
            return text[: min(ends)]
        held = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def flush(self) -> str:
        """What was held back, at the generation's end; half a character is dropped."""
        rest, self._held = self._held, ""
        return rest


def _overlap(text: str, stop: str) -> int:
    """How many characters at the text's end begin the stop."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)
