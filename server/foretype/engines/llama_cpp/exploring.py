"""Several ways to end a line, found where the model was in doubt."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foretype.engines.base import sum_of_logs
from foretype.engines.llama_cpp.context import BATCH_TOKENS, FULL, SCRATCH, SEQUENCES, Context, Place
from foretype.engines.llama_cpp.healing import Vocabulary
from foretype.engines.llama_cpp.line_ends import LineEnds
from foretype.engines.llama_cpp.model import Model
from foretype.engines.llama_cpp.sampling import Choice, Sampler, TextStream, logprob
from foretype.engines.llama_cpp.sequences import Sequence, SequencePool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DOUBTS = 4
"""Tokens looked at in each place of the likeliest line, but for blanks and those that differ in blanks only."""


SURE, SURE_LINES = math.log(0.8), 3
"""A line at least as likely needs no second opinion, and few others beside it."""

HOPELESS = -7.0
"""A line that much less likely than the best, to a model that is shown what follows, isn't written to its end."""


@dataclass(slots=True)
class Line:
    """A line on its way: its tokens past the prompt, and the logits that follow them.

    The tokens ``given`` come next, whatever the model holds likely. One that ``is_asked_for`` isn't given up.
    """

    sequence: int
    start: int
    tail: bytes
    tokens: list[int] = field(default_factory=list)
    total: float = 0.0
    row: NDArray[np.float32] | None = None
    ended: bool = False
    given: list[int] = field(default_factory=list)
    is_asked_for: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A line's text, and the log-probability of the line up to its end."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """Another token where the likeliest line could have gone on differently, and the log-probability with it."""

    at: int
    choice: Choice
    tail: bytes
    total: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How many lines of how many tokens at most are sought, besides one for each of ``names`` where there is room.

    ``is_shown`` says that the prompt shows what follows the line: else nothing makes sure of a line or rules it out.
    ``signs`` are those of comments that aren't wanted.
    """

    count: int
    most_tokens: int
    is_shown: bool
    names: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a name could begin on the likeliest line, and the rest of its tokens."""

    doubt: Doubt
    given: list[int]


def _hopeful(lines: list[Line]) -> list[Line]:
    """Those that may still be as likely as the best that has ended, more or less, and those that were asked for."""
    least = max((line.total for line in lines if line.ended), default=-math.inf) + HOPELESS
    return [line for line in lines if line.total >= least or line.is_asked_for]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


class Explorer:
    """Follows the likeliest line, then the likeliest departures from it and towards names, all of them in one batch."""

    def __init__(self, model: Model, context: Context, pool: SequencePool, vocabulary: Vocabulary) -> None:
        self._model = model
        self._context = context
        self._pool = pool
        self._vocabulary = vocabulary
        self._line_ends: dict[tuple[str, ...], LineEnds] = {}
        self.evaluated = 0

    def explore(
        self, base: Sequence, row: NDArray[np.float32], tail: bytes, limits: Limits
    ) -> Iterator[list[Found] | None]:
        """Yields None between steps and at last the lines, the likeliest first; fewer than asked for if it is sure.

        ``base`` holds the prompt, ``row`` the logits after it and ``tail`` what was dropped from its end; they stay as
        they are.
        """
        length, most_tokens = len(base.tokens), limits.most_tokens
        ends = self._ends_by(limits.signs)
        self.evaluated = 0
        scratch = range(SEQUENCES, SEQUENCES + SCRATCH)
        try:
            first = self._fork(base, scratch[0], length, tail)
            first.row = row.copy()
            doubts: list[Doubt] = []
            openings: dict[str, Opening] = {}
            while not first.ended and len(first.tokens) < most_tokens:
                self._open(first, limits.names, openings)
                self._advance([first], base, ends, doubts)
                yield None
            lines = [first]
            is_sure = limits.is_shown and first.total >= SURE
            count = min(limits.count, SURE_LINES) if is_sure else limits.count
            least = first.total + HOPELESS if limits.is_shown else -math.inf
            doubts = sorted((each for each in doubts if each.total >= least), key=lambda each: -each.total)
            for number, doubt in zip(scratch[1:count], doubts, strict=False):
                lines.append(self._depart(first, doubt, number, length, ends))
            if not is_sure:
                words = _words(self._text(first))
                asked = [opening for name, opening in openings.items() if name not in words]
                for number, opening in zip(scratch[count:], asked, strict=False):
                    lines.append(self._depart(first, opening.doubt, number, length, ends, opening.given))
            self._settle(lines[1:], base)
            while going := [line for line in lines[1:] if not line.ended and len(line.tokens) < most_tokens]:
                self._advance(going, base, ends)
                yield None
                if limits.is_shown:
                    lines = _hopeful(lines)
            yield self._distinct(lines, tail)
        finally:
            for number in scratch:
                self._context.clear(number)

    def _ends_by(self, signs: tuple[str, ...]) -> LineEnds:
        if signs not in self._line_ends:
            self._line_ends[signs] = LineEnds(self._model, signs)
        return self._line_ends[signs]

    def _open(self, line: Line, names: tuple[str, ...], openings: dict[str, Opening]) -> None:
        """Notes for each name whether this is the likeliest place on the line for it to begin at."""
        assert line.row is not None
        begun = self._text(line)
        for name in names:
            for text in (name, f" {name}"):
                whole = text.encode()
                if line.tail and not whole.startswith(line.tail):
                    continue
                if text == name and re.search(r"\w\Z", begun):
                    continue
                token, *rest = self._model.tokenize(text)
                if not self._model.pieces[token].strip():
                    continue
                total = line.total + logprob(line.row, token)
                if name not in openings or total > openings[name].doubt.total:
                    choice = Choice(token, total - line.total)
                    openings[name] = Opening(Doubt(len(line.tokens), choice, line.tail, total), rest)

    def _begun(self, line: Line) -> bytes:
        return b"".join(self._model.pieces[token] for token in line.tokens)

    def _text(self, line: Line) -> str:
        return self._begun(line).decode("utf-8", "replace")

    def _fork(self, base: Sequence, number: int, length: int, tail: bytes) -> Line:
        self._context.copy(base.id, number, length)
        return Line(number, length, tail)

    def _depart(
        self, first: Line, doubt: Doubt, number: int, length: int, ends: LineEnds, given: list[int] | None = None
    ) -> Line:
        self._context.copy(first.sequence, number, length + doubt.at)
        line = Line(number, length, doubt.tail, first.tokens[: doubt.at])
        line.given, line.is_asked_for = given or [], given is not None
        self._take(line, ends, doubt.choice.token, doubt.total)
        return line

    def _advance(self, lines: list[Line], base: Sequence, ends: LineEnds, doubts: list[Doubt] | None = None) -> None:
        """One more token for each line."""
        for line in lines:
            assert line.row is not None
            if line.given:
                token = line.given.pop(0)
                self._take(line, ends, token, line.total + logprob(line.row, token))
                continue
            begun = self._begun(line)
            sampler = Sampler(self._model, self._vocabulary, line.tail, 0.0, 0)
            choices = ends.choices(sampler, line.row, begun, DOUBTS if doubts is not None else 1)
            if not choices:
                line.ended = True
                continue
            totals = [line.total + ends.gain(line.row, begun, choice) for choice in choices]
            if doubts is not None:
                words = [self._word(begun, ends, choice.token) for choice in choices]
                doubts += (
                    Doubt(len(line.tokens), choices[number], line.tail, totals[number])
                    for number in range(1, len(choices))
                    if words[number] != b"" and words[number] not in words[:number]
                )
            self._take(line, ends, choices[0].token, totals[0])
        self._settle(lines, base)

    def _word(self, begun: bytes, ends: LineEnds, token: int) -> bytes | None:
        """What a token says, blanks aside; None if it says nothing but that the line ends."""
        return None if ends.ends(begun, token) else self._model.pieces[token].strip()

    def _take(self, line: Line, ends: LineEnds, token: int, total: float) -> None:
        line.total = total
        if ends.ends(self._begun(line), token):
            line.ended = True
            return
        piece = self._model.pieces[token]
        line.tail = line.tail[len(piece) :]
        line.tokens.append(token)
        line.ended = b"\n" in self._begun(line).lstrip()

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

    def _distinct(self, lines: list[Line], tail: bytes) -> list[Found]:
        """Each text once, with what its ways add up to; blanks and other text past the line's end are left out."""
        found: dict[str, float] = {}
        for line in lines:
            stream = TextStream(tail, ())
            text = "".join(stream.add(self._model.pieces[token]) for token in line.tokens)
            blank = len(text) - len(text.lstrip("\n"))
            text = text[: blank + len(text[blank:].split("\n", 1)[0])]
            text = text.rstrip(" \t") if text.strip() else text
            found[text] = sum_of_logs(found[text], line.total) if text in found else line.total
        return sorted((Found(text, total) for text, total in found.items()), key=lambda each: -each.logprob)

    def _evaluate(self, places: list[Place], base: Sequence) -> None:
        assert len(places) <= BATCH_TOKENS
        self.evaluated += len(places)
        while self._context.evaluate_places(places) == FULL and self._pool.evict(base):
            pass
