"""Which tokens end a line: those of a line's end, and those that begin a comment nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.engines.llama_cpp.model import Model
from foretype.engines.llama_cpp.sampling import Choice, logprob, logprob_of_any

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
        return logprob_of_any(row, self._both if _is_code(begun) else self._ends)

    def wanted(self, row: NDArray[np.float32], begun: bytes) -> NDArray[np.float32]:
        """Logits by which no line begins with a comment."""
        if begun.strip() or not len(self._not_first):
            return row
        import numpy as np

        masked: NDArray[np.float32] = row.copy()
        masked[self._not_first] = -np.inf
        return masked

    def _begins_comment(self, begun: bytes, piece: bytes) -> bool:
        return _is_code(begun) and (piece[:1].isspace() or begun.endswith(_APART))


def _is_code(begun: bytes) -> bool:
    """Whether no quotes are open, as far as counting them tells."""
    return all(begun.count(quote) % 2 == 0 for quote in _QUOTES)


def _beginning(model: Model, signs: tuple[str, ...]) -> list[int]:
    """The tokens that begin with one of the signs, blanks aside."""
    begins = tuple(sign.encode() for sign in signs)
    return [token for token, piece in enumerate(model.pieces) if begins and piece.lstrip().startswith(begins)]


def weighed(row: NDArray[np.float32], choices: list[Choice]) -> list[Choice]:
    """The choices with what they are worth by other logits than those they were chosen by."""
    return [Choice(choice.token, logprob(row, choice.token)) for choice in choices]
