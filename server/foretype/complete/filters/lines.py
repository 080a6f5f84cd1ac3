"""Lines compared: which are the same but for layout, and which are too common to tell anything."""

from __future__ import annotations

import re
from functools import lru_cache

from foretype.syntax.lexical import indentation, width

_WORD = re.compile(r"\w+")
_BLANKS = re.compile(r"\s+")
FUZZY_FROM = 10
SHORT = 8


@lru_cache(maxsize=512)
def words(line: str) -> tuple[str, ...]:
    """The identifiers, keywords and numbers of a line."""
    return tuple(_WORD.findall(line))


@lru_cache(maxsize=512)
def essence(line: str) -> str:
    """A line without blanks, with one kind of quotes, and without a separator at its end."""
    return _BLANKS.sub("", line).replace("'", '"').rstrip(";,")


def level(line: str) -> int:
    """The width of a line's indentation, in columns."""
    return width(indentation(line))


def telling(line: str) -> bool:
    """Whether a line says something: neither blank nor brackets and punctuation alone."""
    return any(len(word) > 1 for word in words(line)) and len(essence(line)) > 2


def similar(one: str, other: str) -> bool:
    """Whether two lines are the same but for blanks, quotes, punctuation: words and numbers must all agree.

    Beyond that, at most one character in twenty may differ, and one in any line of at least ten.
    """
    first, second = essence(one), essence(other)
    if first == second:
        return bool(first)
    longer = max(len(first), len(second))
    if longer < FUZZY_FROM or words(one) != words(other):
        return False
    limit = max(1, longer // 20)
    return distance(first, second, limit) <= limit


def repeats(one: str, other: str) -> bool:
    """Whether two lines are similar and, if they are short, indented alike."""
    return similar(one, other) and (len(essence(one)) >= SHORT or level(one) == level(other))


def distance(one: str, other: str, limit: int) -> int:
    """The Levenshtein distance of two texts, or ``limit + 1`` if it is larger than ``limit``.

    Only the diagonals within ``limit`` are computed (Ukkonen 1985, "Algorithms for approximate string matching").
    """
    beyond = limit + 1
    if abs(len(one) - len(other)) > limit:
        return beyond
    row = {j: j for j in range(limit + 1)}
    for i, char in enumerate(one, 1):
        current: dict[int, int] = {}
        for j in range(max(0, i - limit), min(len(other), i + limit) + 1):
            best = row.get(j, beyond) + 1
            if j:
                best = min(best, current.get(j - 1, beyond) + 1, row.get(j - 1, beyond) + (char != other[j - 1]))
            current[j] = min(best, beyond)
        row = current
    return row.get(len(other), beyond)


def visible(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that aren't blank."""
    return tuple(line for line in lines if line and not line.isspace())


def begins(start: str, line: str) -> bool:
    """Whether text cut at the end of a word may still grow into a line similar to ``line``."""
    begun = words(start)
    return words(line)[: len(begun)] == begun
