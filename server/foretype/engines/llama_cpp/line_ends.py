"""Which tokens end a line: those of a line's end, and those that begin a comment nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.engines.llama_cpp.model import Model
from foretype.engines.llama_cpp.sampling import Choice, Sampler, logprob, logprob_of_any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_QUOTES = (b'"', b"'", b"`")

_APART = (b" ", b"\t", b";", b",")
"""What a comment behind code is told from code by: one of these before its sign."""


class LineEnds:
    """Tells the tokens that end a line from those that go on with it.

    ``signs`` begin comments, which lines end before and none begins with; not within quotes. Of those that are quotes
    themselves only the latter holds. ``begun`` is always what there is of a line so far.
    """

    def __init__(self, model: Model, signs: tuple[str, ...]) -> None:
        import numpy as np

        self._model = model
        ends = [token for token, piece in enumerate(model.pieces) if token in model.controls or piece.startswith(b"\n")]
        comments = _beginning(model, tuple(sign for sign in signs if sign[0].encode() not in _QUOTES))
        self._ends = np.array(ends, dtype=np.int64)
        self._both = np.array([*ends, *comments], dtype=np.int64)
        self._not_first = np.array(_beginning(model, signs), dtype=np.int64)
        self._is_comment = frozenset(comments)

    def ends(self, begun: bytes, token: int) -> bool:
        """Whether a token ends the line and adds nothing to it; a line end before anything visible doesn't."""
        if self._model.ends(token):
            return True
        if not begun.strip():
            return False
        piece = self._model.pieces[token]
        return piece.startswith(b"\n") or (token in self._is_comment and self._begins_comment(begun, piece))

    def gain(self, row: NDArray[np.float32], begun: bytes, choice: Choice) -> float:
        """The log-probability that a choice adds: that of any token that only ends the line, if this is one."""
        if not self.ends(begun, choice.token):
            return choice.logprob
        return logprob_of_any(row, self._both if begun.strip() and _is_code(begun) else self._ends)

    def choices(self, sampler: Sampler, row: NDArray[np.float32], begun: bytes, count: int) -> list[Choice]:
        """The likeliest tokens that may come next; a comment may not come first."""
        if begun.strip() or not len(self._not_first):
            return sampler.alternatives(row, count)
        import numpy as np

        masked = row.copy()
        masked[self._not_first] = -np.inf
        wanted = sampler.alternatives(masked, count)
        return [Choice(each.token, logprob(row, each.token)) for each in wanted if masked[each.token] > -np.inf]

    def _begins_comment(self, begun: bytes, piece: bytes) -> bool:
        return _is_code(begun) and (piece[:1].isspace() or begun.endswith(_APART))


def _is_code(begun: bytes) -> bool:
    """Whether no quotes are open, and no pattern between slashes, as far as that can be told."""
    quote, at = b"", 0
    while at < len(begun):
        char = begun[at : at + 1]
        if char == quote:
            quote = b""
        elif not quote and char in _QUOTES:
            quote = char
        at += 2 if char == b"\\" else 1
    return not quote and begun.count(b"/") % 2 == 0


def _beginning(model: Model, signs: tuple[str, ...]) -> list[int]:
    """The tokens that begin with one of the signs, blanks aside, but for what only looks so."""
    begins = tuple(sign.encode() for sign in signs)
    found = ((token, piece.lstrip()) for token, piece in enumerate(model.pieces) if begins)
    return [
        token for token, text in found if text.startswith(begins) and not text.startswith(b"#{") and b"*/" not in text
    ]
