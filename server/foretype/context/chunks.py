"""Pieces of whole files: cut where definitions begin, and those most like a cursor's surroundings."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from foretype.context.excerpts import first_line
from foretype.context.names import dice, identifiers, likeness
from foretype.context.outline import Outline

CHUNK_LINES = 24
MOST_LINES = 4_000
LEAST_LIKE = 0.12
SAME_CHUNK = 0.9
NEARLY_THE_CURSOR = 0.5
"""Chunks so alike are one; one so like the cursor's own text would only be parroted. Both as in llama.vim's ring."""

MOST_FROM_ONE_FILE = 2


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive lines of a file, both ends included."""

    path: str
    lines: tuple[int, int]
    text: str


def split(path: str, lines: Sequence[str], outline: Outline | None) -> list[Chunk]:
    """A file in chunks of at most `CHUNK_LINES`, none of them blank."""
    lines = lines[:MOST_LINES]
    starts = sorted({0, *(first_line(lines, each) for each in outline.symbols if each.lines[0] < len(lines))}
                    if outline else {0})  # fmt: skip
    chunks: list[tuple[int, int]] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        if chunks and end - chunks[-1][0] <= CHUNK_LINES:
            chunks[-1] = (chunks[-1][0], end)
            continue
        chunks += [(top, min(end, top + CHUNK_LINES)) for top in range(start, end, CHUNK_LINES)]
    return [
        Chunk(path, (top, bottom - 1), text)
        for top, bottom in chunks
        if (text := "".join(lines[top:bottom]).strip("\r\n")).strip()
    ]


def most_alike(chunks: Iterable[Chunk], around: str, most: int) -> list[Chunk]:
    """The chunks most like the text around a cursor by their identifiers, rare ones counting more; the best first.

    Left out are chunks that are nearly that text itself, or nearly another chunk.
    """
    bags = {chunk: Counter(identifiers(chunk.text)) for chunk in chunks}
    own = Counter(identifiers(around))
    weights = _weights(bags.values())
    scores = {chunk: likeness(own, bag, weights) for chunk, bag in bags.items()}
    chosen: list[Chunk] = []
    for chunk in sorted(bags, key=lambda each: (-scores[each], each.path, each.lines)):
        if len(chosen) == most or scores[chunk] < LEAST_LIKE:
            break
        if dice(bags[chunk], own) > NEARLY_THE_CURSOR or _contains(around, chunk):
            continue
        if any(dice(bags[chunk], bags[other]) > SAME_CHUNK for other in chosen):
            continue
        if sum(other.path == chunk.path for other in chosen) < MOST_FROM_ONE_FILE:
            chosen.append(chunk)
    return chosen


def _contains(around: str, chunk: Chunk) -> bool:
    return chunk.text in around


def _weights(bags: Iterable[Mapping[str, int]]) -> dict[str, float]:
    """Inverse document frequencies."""
    counts = Counter(name for bag in bags for name in bag)
    total = max(1, len(list(bags)))
    return {name: math.log(1 + total / count) for name, count in counts.items()}
