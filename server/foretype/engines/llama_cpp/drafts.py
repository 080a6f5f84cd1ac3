"""Drafts without a model: what followed the last tokens where they stood before, if checking it in one batch pays."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_KEY = 6
SHORTEST_KEY = 3
MOST_DRAFTED = 6


class Drafter:
    """Looks up drafts in the tokens so far and learns, per key length, how often they are right."""

    def __init__(self) -> None:
        self._tried = dict.fromkeys(range(SHORTEST_KEY, LONGEST_KEY + 1), 2.0)
        self._right = dict.fromkeys(range(SHORTEST_KEY, LONGEST_KEY + 1), 1.4)

    def draft(self, tokens: Sequence[int], batch_ms: Sequence[float]) -> tuple[list[int], int]:
        """Tokens likely to come next, and the length of the key that found them.

        ``batch_ms[n]`` is what evaluating n tokens in one batch costs, in milliseconds (index 0 unused). As many
        tokens are drafted as make the expected time per token least; none if one at a time is faster.
        """
        found, length = lookup(tokens)
        if not found:
            return [], 0
        rate = self._right[length] / self._tried[length]
        best, best_cost = 0, batch_ms[1]
        expected, chance = 1.0, 1.0
        for count in range(1, min(len(found), len(batch_ms) - 2) + 1):
            chance *= rate
            expected += chance
            cost = batch_ms[count + 1] / expected
            if cost < best_cost * 0.97:
                best, best_cost = count, cost
        return found[:best], length

    def learn(self, length: int, drafted: int, accepted: int) -> None:
        """Records how a draft went; old experience fades."""
        tried = accepted + (1 if accepted < drafted else 0)
        self._tried[length] = self._tried[length] * 0.98 + tried
        self._right[length] = self._right[length] * 0.98 + accepted


def lookup(tokens: Sequence[int]) -> tuple[list[int], int]:
    """What followed the latest earlier occurrence of the longest key of last tokens, and that key's length."""
    size = len(tokens)
    if size <= SHORTEST_KEY:
        return [], 0
    last = tokens[-1]
    best_at, best_length = -1, 0
    for at in range(size - 2, SHORTEST_KEY - 2, -1):
        if tokens[at] != last:
            continue
        length = 1
        while length < LONGEST_KEY and length <= at and tokens[at - length] == tokens[size - 1 - length]:
            length += 1
        if length > best_length:
            best_at, best_length = at, length
            if length == LONGEST_KEY:
                break
    if best_length < SHORTEST_KEY:
        return [], 0
    return list(tokens[best_at + 1 : best_at + 1 + MOST_DRAFTED]), best_length
