"""Several ways to end a line, found where the model was in doubt and judged by what it makes of the text after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foretype.engines.llama_cpp.context import BATCH_TOKENS, FULL, SCRATCH, SEQUENCES, Context, Place
from foretype.engines.llama_cpp.healing import Vocabulary
from foretype.engines.llama_cpp.model import Model
from foretype.engines.llama_cpp.sampling import Choice, Sampler, TextStream, logprob
from foretype.engines.llama_cpp.sequences import Sequence, SequencePool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DOUBTS = 3
"""Alternatives looked at for each token of the likeliest line."""

AFTER_TOKENS = 24
"""So much of the text after a line tells which line belongs there."""


@dataclass(slots=True)
class Line:
    """A line on its way: its tokens past the prompt, and the logits that follow them.

    ``breaks`` says that the last token, not evaluated yet, holds the line's end behind some of its text.
    """

    sequence: int
    start: int
    tail: bytes
    tokens: list[int] = field(default_factory=list)
    total: float = 0.0
    row: NDArray[np.float32] | None = None
    ended: bool = False
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """A line's text, its log-probability, and that of the text after it (None if none was given)."""

    text: str
    logprob: float
    after: float | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Another token where the likeliest line could have gone on differently, and the line's log-probability so far."""

    at: int
    choice: Choice
    tail: bytes
    total: float
    row: NDArray[np.float32]


class Explorer:
    """Follows the likeliest line, then the likeliest departures from it, all of them in one batch."""

    def __init__(self, model: Model, context: Context, pool: SequencePool, vocabulary: Vocabulary) -> None:
        self._model = model
        self._context = context
        self._pool = pool
        self._vocabulary = vocabulary
        self.evaluated = 0

    def explore(
        self, base: Sequence, row: NDArray[np.float32], tail: bytes, count: int, most_tokens: int, after: str
    ) -> Iterator[list[Weighed] | None]:
        """Yields None between steps and at last the lines, the likeliest first.

        ``base`` holds the prompt and ``row`` the logits after it; both stay as they are.
        """
        length = len(base.tokens)
        self.evaluated = 0
        scratch = range(SEQUENCES, SEQUENCES + SCRATCH)
        try:
            first = self._fork(base, scratch[0], length, tail)
            first.row = row.copy()
            doubts: list[Doubt] = []
            while not first.ended and len(first.tokens) < most_tokens:
                self._advance([first], base, doubts)
                yield None
            lines = [first]
            doubts.sort(key=lambda doubt: doubt.total, reverse=True)
            for number, doubt in zip(scratch[1:count], doubts, strict=False):
                lines.append(self._depart(first, doubt, number, length))
            self._settle(lines[1:], base)
            while any(not line.ended and len(line.tokens) < most_tokens for line in lines[1:]):
                self._advance([line for line in lines[1:] if not line.ended], base, None)
                yield None
            yield [self._weighed(line, base, after, tail) for line in lines]
        finally:
            for number in scratch:
                self._context.clear(number)

    def _fork(self, base: Sequence, number: int, length: int, tail: bytes) -> Line:
        self._context.copy(base.id, number, length)
        return Line(number, length, tail)

    def _depart(self, first: Line, doubt: Doubt, number: int, length: int) -> Line:
        self._context.copy(first.sequence, number, length + doubt.at)
        line = Line(number, length, doubt.tail, first.tokens[: doubt.at], doubt.total, doubt.row)
        self._take(line, doubt.choice, add=False)
        return line

    def _advance(self, lines: list[Line], base: Sequence, doubts: list[Doubt] | None) -> None:
        """One more token for each line."""
        going = []
        for line in lines:
            assert line.row is not None
            sampler = Sampler(self._model, self._vocabulary, line.tail, 0.0, 0)
            choices = sampler.alternatives(line.row, DOUBTS if doubts is not None else 1)
            if not choices:
                line.ended = True
                continue
            if doubts is not None:
                doubts += (
                    Doubt(len(line.tokens), other, line.tail, line.total + other.logprob, line.row)
                    for other in choices[1:]
                )
            self._take(line, choices[0])
            if not line.ended:
                going.append(line)
        self._settle(going, base)

    def _take(self, line: Line, choice: Choice, add: bool = True) -> None:
        """Appends a token, unless it ends the line: then the logits before it stay for what comes after the line."""
        piece = self._model.pieces[choice.token]
        visible = b"".join(self._model.pieces[token] for token in line.tokens).strip()
        if self._model.ends(choice.token) or (b"\n" in piece and (visible or piece.split(b"\n", 1)[0].strip())):
            line.ended = True
            line.breaks = not piece.startswith(b"\n") and not self._model.ends(choice.token)
            if line.breaks:
                line.tokens.append(choice.token)
            return
        line.tail = line.tail[len(piece) :]
        line.tokens.append(choice.token)
        line.total += choice.logprob if add else 0.0

    def _settle(self, lines: list[Line], base: Sequence) -> None:
        """Evaluates each line's last token and keeps the logits after it."""
        going = [line for line in lines if not line.ended]
        if not going:
            return
        self._evaluate(
            [Place(line.tokens[-1], line.start + len(line.tokens) - 1, line.sequence) for line in going], base
        )
        for index, line in enumerate(going):
            line.row = self._context.logits(index).copy()

    def _weighed(self, line: Line, base: Sequence, after: str, tail: bytes) -> Weighed:
        stream = TextStream(tail, ())
        text = "".join(stream.add(self._model.pieces[token]) for token in line.tokens).split("\n", 1)[0]
        wanted = self._model.tokenize(after.removeprefix("\n") if line.breaks else after)[:AFTER_TOKENS]
        if not wanted:
            return Weighed(text, line.total, None)
        if line.breaks:
            line.ended = False
            self._settle([line], base)
        assert line.row is not None
        score = logprob(line.row, wanted[0])
        at = line.start + len(line.tokens)
        self._evaluate([Place(token, at + n, line.sequence) for n, token in enumerate(wanted)], base)
        score += sum(logprob(self._context.logits(n), token) for n, token in enumerate(wanted[1:]))
        return Weighed(text, line.total, score)

    def _evaluate(self, places: list[Place], base: Sequence) -> None:
        assert len(places) <= BATCH_TOKENS
        self.evaluated += len(places)
        while self._context.evaluate_places(places) == FULL and self._pool.evict(base):
            pass
