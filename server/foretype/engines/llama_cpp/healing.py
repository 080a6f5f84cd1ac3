"""Token healing: a prompt never ends inside a token; what was dropped constrains what is generated first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


LONGEST_TAIL = 16
"""Bytes; a tail costs a decoded token for each token it is made of."""


def split_tail(tokens: Sequence[int], pieces: Sequence[bytes], least: int) -> tuple[list[int], bytes]:
    """Drops the trailing token, and with it all of a trailing run of blanks or of a word begun.

    A half-typed word is cut where the whole word isn't: ``retur`` is ``ret`` and ``ur``, ``return`` is one token.
    ``pieces`` gives each token's bytes by its id; the first ``least`` tokens always stay.
    Returns the tokens kept and the bytes dropped.
    """
    kept = list(tokens)
    tail = b""
    while len(kept) > least:
        last = pieces[kept[-1]]
        if tail and not _joins(last, tail):
            break
        tail = last + tail
        kept.pop()
    return kept, tail


def _joins(last: bytes, tail: bytes) -> bool:
    """Whether a token belongs to the tail after it: both blank, or letters of one word (``_``, capitals part it)."""
    if not tail.strip(b" \t"):
        return not last.strip(b" \t")
    return tail[:1].islower() and last[-1:].isalpha() and len(tail) < LONGEST_TAIL


class Vocabulary:
    """Token bytes in sorted order, so that the tokens that agree with a text are found by bisection."""

    def __init__(self, pieces: Sequence[bytes], excluded: frozenset[int]) -> None:
        """``pieces`` are each token's bytes by id; ``excluded`` tokens (controls) never agree with any text."""
        import numpy as np

        usable = sorted((piece, token) for token, piece in enumerate(pieces) if piece and token not in excluded)
        self._sorted = [piece for piece, _ in usable]
        self._ids = np.array([token for _, token in usable], dtype=np.int64)
        self._one = dict(reversed(usable))

    def agreeing(self, tail: bytes) -> NDArray[np.int64]:
        """Ids of the tokens that begin with ``tail`` or that ``tail`` begins with."""
        import numpy as np

        first = bisect_left(self._sorted, tail)
        after = _successor(tail)
        last = bisect_left(self._sorted, after) if after is not None else len(self._sorted)
        shorter = [self._one[tail[:n]] for n in range(1, len(tail)) if tail[:n] in self._one]
        return np.concatenate([self._ids[first:last], np.array(shorter, dtype=np.int64)])


def _successor(text: bytes) -> bytes | None:
    """The least byte string greater than every string that begins with ``text``; None if there is none."""
    stripped = text.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else None
