"""A look at another place: the typist goes to the end of a line there, retypes its last few characters, and returns."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from foretype.bench import cadence
from foretype.bench.marks import CODE
from foretype.bench.trace import Key, Kind

_DISTANCE_LINES = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A file's final text with its marks; ``closed`` is the range of it that isn't there to be looked at."""

    text: str
    places: str
    closed: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Excursion:
    """The keys, without the one that returns, and the text that they type again."""

    keys: tuple[Key, ...]
    target: str


def excursion(
    place: Place, kind: Kind, file: int, target: int, shift: int, time: float, seed: random.Random
) -> Excursion | None:
    """Plan one, from ``time`` on; None if the file has no line that it could be done at.

    Behind the closed range, the file is ``shift`` characters longer now than it will be.
    """
    ends = list(_tails(place))
    if not ends:
        return None
    start, end = seed.choice(ends)
    moved = shift if start >= place.closed[1] and place.closed[1] else 0
    tail = place.text[start:end]
    time += cadence.ELSEWHERE.draw(seed)
    base = Key(time, kind, "", file, end + moved, 0, "", "", end + moved, target, None, CODE)
    keys = [base]
    for left in range(len(tail) - 1, -1, -1):
        time += cadence.REPEATED.draw(seed) if len(keys) > 1 else cadence.ELSEWHERE.draw(seed)
        at = start + left + moved
        keys.append(Key(time, Kind.BACKSPACE, "", file, at, 1, "", "", at, target, 0 if left == 0 else None, CODE))
    for i, char in enumerate(tail):
        time += cadence.before_character(seed, place.text[start + i - 1], char)
        at = start + i + moved
        keys.append(Key(time, Kind.TYPE, char, file, at, 0, char, "", at + 1, target, i + 1, CODE))
    return Excursion(tuple(keys), tail)


def _tails(place: Place) -> list[tuple[int, int]]:
    """Ends of code lines, of 3 to 8 characters that no editor closes or indents; far from the closed range if any."""
    found = []
    for match in re.finditer(r"(?<=\w)[\w .,;:=+-]{2,7}[\w;:,](?=\r|\n|\Z)", place.text):
        start, end = match.span()
        begins, ends = place.closed
        outside = end < begins or start > ends or begins == ends
        if outside and set(place.places[start : end + 1]) == {CODE}:
            far = abs(place.text.count("\n", 0, start) - place.text.count("\n", 0, begins)) >= _DISTANCE_LINES
            found.append((far, start, end))
    some_far = any(far for far, _, _ in found)
    return [(start, end) for far, start, end in found if far or not some_far]
