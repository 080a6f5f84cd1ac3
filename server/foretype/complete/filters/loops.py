"""Answers that go round in circles, by themselves or together with the lines above."""

from __future__ import annotations

import re

from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.lines import essence, level, telling, visible

LONGEST = 6
SAME_LINES = 3
_IN_LINE = re.compile(r"(\S.{2,}?|.{2,}?\S)\1{5,}$")
_ONE_CHARACTER = re.compile(r"(.)\1*$")
_TAIL = 240
_NEAR = 3


def repetition(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Ends the text where it begins to repeat itself; refuses it where it only repeats the lines above.

    Repeated is a block of two to six lines, at once or after the same block above; a line for the third time; the
    line above, unless it is there several times or also below; a piece of a line for the sixth time (as Tabby does).
    Holds for growing text that ends with a line's end, once ``held`` lines are held back.
    """
    lines = candidate.text.split("\n")
    lines[0] = surroundings.before + lines[0]
    start = loop_start(lines, surroundings)
    if start == 0:
        return Rejection("repeats the lines above")
    if start is not None:
        text = "\n".join(candidate.text.split("\n")[:start])
        return candidate.with_text(text, surroundings)
    last = candidate.text.rsplit("\n", 1)[-1][-_TAIL:]
    found = _IN_LINE.search(last)
    if found and not _ONE_CHARACTER.fullmatch(found.group(1)) and not _has_rows_of(found.group(1), surroundings):
        return Rejection("goes round in circles")
    return candidate


def _has_rows_of(piece: str, surroundings: Surroundings) -> bool:
    """Whether the lines around the cursor repeat a piece like that themselves."""
    near = (*surroundings.above[-_NEAR:], surroundings.before, *surroundings.below[:_NEAR])
    return any(3 * piece in line for line in near)


def loop_start(lines: list[str], surroundings: Surroundings) -> int | None:
    """The first of ``lines`` (the cursor's whole line is number 0) that belongs to a repetition."""
    numbers = [number for number, line in enumerate(lines) if line.strip()]
    above = visible(surroundings.above)[-2 * LONGEST :]
    rows = bool(above) and any(_same(above[-1], line) for line in visible(surroundings.below)[:1])
    shown = [*above, *(lines[number] for number in numbers)]
    for at in range(len(above), len(shown)):
        for size in range(1, min(LONGEST, at) + 1):
            if not (rows and at == len(above) and size == 1) and _is_repeated(shown, at, size, len(above)):
                return numbers[at - len(above)]
    return None


def _is_repeated(shown: list[str], at: int, size: int, above: int) -> bool:
    """Whether the ``size`` lines from ``at`` say again what the ``size`` lines before them say."""
    block = shown[at : at + size]
    if len(block) < size or not all(_same(line, shown[at - size + i]) for i, line in enumerate(block)):
        return False
    if size > 1:
        return sum(map(telling, block)) > 1 and len({essence(line) for line in block}) > 1
    if not telling(block[0]):
        return False
    if at == above:
        return at < 2 or not _same(shown[at - 1], shown[at - 2])
    return at + 1 < len(shown) and _same(shown[at + 1], block[0])


def _same(one: str, other: str) -> bool:
    return essence(one) == essence(other) and level(one) == level(other)


def held(lines: list[str], surroundings: Surroundings) -> int:
    """How many of a growing text's lines can be shown: the last ones not while they may begin a repetition."""
    above = list(visible(surroundings.above)[-LONGEST:])
    kept = len(lines)
    while kept:
        line = lines[kept - 1]
        before = [*above, *(other for other in lines[: kept - 1] if other.strip())][-LONGEST:]
        if line.strip() and not any(_same(line, other) for other in before):
            return kept
        kept -= 1
    return 0
