"""Which prompts are resident in the KV cache, and which sequence serves the next prompt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence as Tokens
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REMEMBERED_ROWS = 32
ROWS_PAST_PROMPT = 24

FORK_LOSS = 32
"""A sequence is copied, not cut, when cutting it would lose more evaluated prompt tokens than this."""


class Memory(Protocol):
    """llama.cpp's KV memory, as far as sequences need it."""

    def remove(self, sequence: int, start: int) -> bool:
        """Forgets a sequence from a position on; False if the model refuses."""
        ...

    def copy(self, source: int, target: int, end: int) -> None:
        """Lets ``target`` share the cells of ``source`` up to a position."""
        ...

    def clear(self, sequence: int) -> None:
        """Forgets a whole sequence."""
        ...


@dataclass(slots=True)
class Sequence:
    """Resident tokens. ``prompt_length`` of them were asked for as a prompt; the rest was generated.

    ``rows`` keeps the logits after the last few lengths evaluated: a healed prompt that ends there again (each key
    inside a word does that) needs no evaluation at all.
    """

    id: int
    tokens: list[int] = field(default_factory=list)
    prompt_length: int = 0
    used: int = 0
    rows: OrderedDict[int, NDArray[np.float32]] = field(default_factory=OrderedDict)

    def remember(self, length: int, logits: NDArray[np.float32]) -> None:
        """Keeps a copy of the logits that follow the first ``length`` tokens, if a typist may well diverge there."""
        if length > self.prompt_length + ROWS_PAST_PROMPT:
            return
        self.rows[length] = logits.copy()
        self.rows.move_to_end(length)
        if len(self.rows) > REMEMBERED_ROWS:
            self.rows.popitem(last=False)

    def truncate(self, length: int) -> None:
        """Drops the tokens past ``length`` and what was remembered of them."""
        del self.tokens[length:]
        for known in [known for known in self.rows if known > length]:
            del self.rows[known]


class SequencePool:
    """A fixed number of sequences, found by what they hold: a file returned to is resident still."""

    def __init__(self, memory: Memory, count: int) -> None:
        self._memory = memory
        self._sequences = [Sequence(id) for id in range(count)]
        self._clock = 0

    def take(self, tokens: Tokens[int]) -> Sequence:
        """The sequence to evaluate ``tokens`` in, holding the longest prefix of them that is resident anywhere."""
        best, shared = self.best(tokens)
        if max(0, min(best.prompt_length, len(best.tokens)) - shared) > FORK_LOSS:
            fork = min((s for s in self._sequences if s is not best), key=lambda s: (bool(s.tokens), s.used))
            self._empty(fork)
            if shared:
                self._memory.copy(best.id, fork.id, shared)
                fork.tokens = best.tokens[:shared]
                fork.rows.update((length, row) for length, row in best.rows.items() if length <= shared)
            best = fork
        else:
            self.cut(best, shared)
        self._clock += 1
        best.used = self._clock
        return best

    def best(self, tokens: Tokens[int]) -> tuple[Sequence, int]:
        """The sequence that shares the longest prefix, the latest used among equals, and that prefix's length."""
        shared = {s.id: common_prefix(s.tokens, tokens) for s in self._sequences}
        best = max(self._sequences, key=lambda s: (shared[s.id], not s.tokens, s.used))
        return best, shared[best.id]

    def cut(self, sequence: Sequence, length: int) -> None:
        """Forgets what follows the first ``length`` tokens; all of it if the model refuses a part."""
        if length >= len(sequence.tokens):
            return
        if length and self._memory.remove(sequence.id, length):
            sequence.truncate(length)
        else:
            self._empty(sequence)

    def evict(self, keep: Sequence) -> bool:
        """Forgets the least recently used other sequence to make room; False if there is none."""
        others = [s for s in self._sequences if s is not keep and s.tokens]
        if not others:
            return False
        self._empty(min(others, key=lambda s: s.used))
        return True

    def _empty(self, sequence: Sequence) -> None:
        self._memory.clear(sequence.id)
        sequence.truncate(0)
        sequence.prompt_length = 0


def common_prefix(left: Tokens[int], right: Tokens[int]) -> int:
    """The length of the longest common prefix."""
    end = min(len(left), len(right))
    if list(left[:end]) == list(right[:end]):
        return end
    low, high = 0, end
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
