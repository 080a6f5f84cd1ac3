"""Identifiers in text: which are used near a cursor, and how alike two texts are by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ABOVE, BELOW = 24, 8
"""Lines before and after the cursor whose names count as used near it."""

_IDENTIFIER = re.compile(r"\b[^\W\d]\w*")
_USE = re.compile(r"((?:\?\.|(?<!\.)\.(?!\.)|->|::)\s*)?\b([^\W\d]\w*)")
_LONGEST_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Use:
    """A name used ``distance`` lines from a cursor.

    ``alone`` if it is used by itself, ``owned`` if it is used as a member, behind ``.`` or the like; maybe both.
    """

    name: str
    distance: int
    alone: bool
    owned: bool


def identifiers(text: str) -> list[str]:
    """The identifiers of a text, in order, keywords and words of comments included."""
    return _IDENTIFIER.findall(text)


def names_near(lines: Sequence[str], line: int) -> frozenset[str]:
    """The identifiers that `uses_near` would look at: cheap enough for the path of a request."""
    near = lines[max(0, line - ABOVE) : line + BELOW + 1]
    return frozenset(name for text in near for name in _IDENTIFIER.findall(text[:_LONGEST_LINE]))


def uses_near(lines: Sequence[str], line: int, also: Iterable[int] = ()) -> tuple[Use, ...]:
    """The names used around a line and on the lines ``also`` (those of enclosing signatures), the nearest first."""
    distances: dict[str, int] = {}
    alone: set[str] = set()
    owned: set[str] = set()
    near = range(max(0, line - ABOVE), min(len(lines), line + BELOW + 1))
    for number in dict.fromkeys((*sorted(near, key=lambda n: (abs(n - line), n)), *also)):
        for match in _USE.finditer(lines[number][:_LONGEST_LINE]):
            name = match.group(2)
            distances.setdefault(name, abs(number - line))
            (owned if match.group(1) else alone).add(name)
    return tuple(Use(name, distance, name in alone, name in owned) for name, distance in distances.items())


def dice(left: Counter[str], right: Counter[str]) -> float:
    """How alike two texts are by their identifiers, 0 to 1 (the Sørensen-Dice coefficient of the multisets)."""
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def likeness(left: Iterable[str], right: Iterable[str], weights: Mapping[str, float]) -> float:
    """The weighted Jaccard index of two sets of identifiers, 0 to 1; what has no weight weighs 1."""
    ours, theirs = set(left), set(right)
    shared = sum(weights.get(name, 1.0) for name in ours & theirs)
    union = sum(weights.get(name, 1.0) for name in ours | theirs)
    return shared / union if union else 0.0
