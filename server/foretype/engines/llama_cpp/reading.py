"""How likely a line and the text after it are together, to a model that reads on without knowing what follows."""

from __future__ import annotations

from collections.abc import Sequence as Texts
from typing import TYPE_CHECKING

from foretype.engines.llama_cpp.context import BATCH_TOKENS, FULL, SCRATCH, SEQUENCES, Context, Place
from foretype.engines.llama_cpp.model import Model
from foretype.engines.llama_cpp.sampling import logprob
from foretype.engines.llama_cpp.sequences import Sequence, SequencePool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AFTER_TOKENS = 12
"""So much of the text after a line tells which line belongs there."""


class Reader:
    """Reads several texts after one prompt, some of them in one batch."""

    def __init__(self, model: Model, context: Context, pool: SequencePool) -> None:
        self._model = model
        self._context = context
        self._pool = pool
        self.evaluated = 0

    def read(self, base: Sequence, row: NDArray[np.float32], tail: bytes, texts: Texts[str], after: str) -> list[float]:
        """The log-probability of each text with the beginning of ``after`` behind it.

        ``base`` holds the prompt, ``row`` the logits after it and ``tail`` what was dropped from its end; they stay as
        they are.
        """
        self.evaluated = 0
        pieces = self._model.pieces
        ending = b"".join(pieces[token] for token in self._model.tokenize(after)[:AFTER_TOKENS])
        begun = tail.decode("utf-8", "replace")
        readings = [self._model.tokenize(begun + text + ending.decode("utf-8", "ignore")) for text in texts]
        found: list[float] = []
        while len(found) < len(readings):
            together = _fitting(readings[len(found) :])
            found += self._together(base, row, together)
        return found

    def _together(self, base: Sequence, row: NDArray[np.float32], readings: list[list[int]]) -> list[float]:
        length = len(base.tokens)
        scratch = range(SEQUENCES, SEQUENCES + len(readings))
        try:
            for number in scratch:
                self._context.copy(base.id, number, length)
            self._evaluate(
                [
                    Place(token, length + at, number)
                    for number, tokens in zip(scratch, readings, strict=True)
                    for at, token in enumerate(tokens[:-1])
                ],
                base,
            )
            found, index = [], 0
            for tokens in readings:
                total = logprob(row, tokens[0]) if tokens else 0.0
                for token in tokens[1:]:
                    total += logprob(self._context.logits(index), token)
                    index += 1
                found.append(total)
            return found
        finally:
            for number in scratch:
                self._context.clear(number)

    def _evaluate(self, places: list[Place], base: Sequence) -> None:
        self.evaluated += len(places)
        while places and self._context.evaluate_places(places) == FULL and self._pool.evict(base):
            pass


def _fitting(readings: list[list[int]]) -> list[list[int]]:
    """The first readings, as many as one batch holds; one at least, cut to what fits."""
    room, count = BATCH_TOKENS, 0
    while count < min(len(readings), SCRATCH) and len(readings[count]) <= room:
        room -= len(readings[count])
        count += 1
    return readings[:count] if count else [readings[0][:BATCH_TOKENS]]
