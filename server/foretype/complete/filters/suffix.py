"""Answers that run into the lines below the cursor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foretype.complete.filters.brackets import CLOSERS, OPENERS, lexicon
from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.lines import level, repeats, similar, telling, visible, words
from foretype.complete.filters.outlook import closings, count, outlook
from foretype.syntax.languages import LanguageSpec

_RUN = 3
"""Lines in a row that are those below, however they are indented."""

_LEAVES = re.compile(r"\s*(?:return|raise|throw|break|continue)\b")

_MOST_SKIPPED = 3
"""Lines below that such a run may leave out before it."""


def next_lines(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Ends the text where it repeats the lines below, and refuses a line that is the next one over again.

    What is left may end with a line that only now is the last, and the next one over again. A brace that stands on the
    next line is left to that. Holds for growing text that ends with a line's end, once ``meets`` is held back.
    """
    while not isinstance(shorter := _without_next_lines(candidate, surroundings), Rejection) and shorter != candidate:
        candidate = shorter
    if isinstance(shorter, Rejection):
        return shorter
    return shorter.with_text(without_brace(shorter.text, surroundings, shorter.replaces), surroundings)


def without_brace(text: str, surroundings: Surroundings, replaces: int = 0) -> str:
    """The text without a brace at its end that stands alone on the next line."""
    while _is_opened_below(surroundings) and text.rstrip().endswith("{") and not surroundings.after[replaces:].strip():
        text = text.rstrip()[:-1].rstrip()
    return text


def _is_opened_below(surroundings: Surroundings) -> bool:
    """Whether the next line is a brace that opens the block of the cursor's line."""
    below = visible(surroundings.below)
    return bool(below) and below[0].strip() == "{" and level(below[0]) == level(surroundings.before)


def _without_next_lines(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    lines = candidate.text.split("\n")
    rest = surroundings.after[candidate.replaces :]
    start = meets(lines, surroundings, True, rest)
    if start is None or (start == 0 and not lines[0].strip() and not surroundings.before.strip()):
        return candidate
    if start == 0:
        return Rejection("repeats the next line")
    text = "\n".join(lines[:start]) + ("\n" if rest.strip() else "")
    return candidate.with_text(text, surroundings)


def meets(lines: list[str], surroundings: Surroundings, whole_answer: bool, rest: str = "") -> int | None:
    """The first line of an answer (``lines`` of its text) from which on it repeats the lines below.

    A line that says something is the next one over again if the brackets are even there (and it opens none), if the
    line after it is also the one below, or if it is the last of the ``whole_answer``. A line too short to tell counts
    only if it is indented alike or the two after it are those below as well, and one with brackets only where the text
    is even without it: a closing bracket is right as long as it is missing. Rows that are alike above and below may go
    on. A line that says something and stands below the brace on the next line is over again after a header with its
    brace. Lines that run along with those below begin after a closing bracket that is missing. The last line of the
    ``whole_answer`` is over again if it leaves the cursor's block and that ends with it. ``rest`` is what follows the
    text on its last line.
    """
    above, below = visible(surroundings.above), visible(surroundings.below)
    if not below:
        return None
    whole = [surroundings.before + lines[0], *lines[1:]]
    whole[-1] += rest
    seen = [number for number, line in enumerate(whole) if line.strip()]
    even = evenness(lines, surroundings)
    are_rows = bool(above) and similar(above[-1], below[0])
    is_opened = _is_opened_below(surroundings)
    for position, number in enumerate(seen):
        line = whole[number]
        if is_opened and position and _enters(whole[seen[position - 1]], [line], below):
            return number
        before = whole[seen[position - 1]] if position else ""
        is_missing = not even[number] and line.lstrip()[:1] in CLOSERS
        if not are_rows and _runs_along([whole[n] for n in seen[position:]], below, before):
            return seen[position + is_missing]
        if not repeats(line, below[0]):
            continue
        if telling(line):
            if are_rows:
                continue
            if (even[number] and not line.rstrip().endswith(tuple(OPENERS))) or (
                position + 1 == len(seen) and whole_answer
            ):
                return number
            if position + 1 < len(seen) and len(below) > 1 and similar(whole[seen[position + 1]], below[1]):
                return number
        elif level(line) == level(below[0]) and (even[number] or not any(char in CLOSERS for char in line)):
            return number
    return _end_again([whole[n] for n in seen], seen, even, surroundings) if whole_answer else None


def _end_again(lines: Sequence[str], numbers: Sequence[int], even: Sequence[bool], around: Surroundings) -> int | None:
    """The number of the last line if it leaves the cursor's block, which ends with it already, and is not all there is.

    Both are as far to the left as the cursor's line, and no bracket is open or closed too much without the line, or
    without the closing brackets that stand before it in both places.
    """
    block, depth = _block_below(around), level(around.before)
    if not block or not _leaves(block[-1], around.spec) or level(block[-1]) != depth:
        return None
    for number, line, other in zip(reversed(numbers[1:]), reversed(lines[1:]), reversed(block), strict=False):
        if level(line) != depth or not similar(line, other) or (telling(line) and number != numbers[-1]):
            return None
        if even[number]:
            return number
    return None


def _leaves(line: str, spec: LanguageSpec) -> bool:
    """Whether nothing can come after a line in its block; in Rust that is so of a name alone."""
    return _LEAVES.match(line) is not None or (spec.id == "rust" and re.fullmatch(r"\s*\w+\s*", line) is not None)


def _block_below(surroundings: Surroundings) -> Sequence[str]:
    """The lines below that belong to the cursor's block; none where its end can't be seen."""
    below, depth = visible(surroundings.below), level(surroundings.before)
    end = next((number for number, line in enumerate(below) if level(line) < depth), None)
    return below[:end] if end is not None else ()


def _enters(header: str, lines: Sequence[str], below: Sequence[str]) -> bool:
    """Whether lines after a header with a brace are those below the brace on the next line."""
    inside = below[1:]
    return (
        header.rstrip().endswith("{")
        and 0 < len(lines) <= len(inside)
        and all(similar(line, other) for line, other in zip(lines, inside, strict=False))
        and telling(inside[0])
    )


def _runs_along(lines: Sequence[str], below: Sequence[str], before: str) -> bool:
    """Whether the first lines are those below, however they are indented: three, of which two say something.

    Where the first of those below are left out, one more of each; and not where the lines look at what the line
    ``before`` them makes, as they do below: an error is looked at again and again.
    """
    return any(
        len(lines) >= (run := _RUN + bool(skipped))
        and len(below) >= skipped + run
        and all(similar(line, other) for line, other in zip(lines[:run], below[skipped:], strict=False))
        and sum(map(telling, lines[:run])) >= run - 1
        and not (skipped and _made(before) & _made(below[skipped - 1]) & {*words(lines[0])})
        for skipped in range(_MOST_SKIPPED + 1)
    )


def _made(line: str) -> set[str]:
    """The names that a line assigns to."""
    names, equals, _ = line.partition("=")
    return {found[-1] for part in names.split(",") if equals and (found := words(part))}


def evenness(lines: list[str], surroundings: Surroundings) -> list[bool]:
    """Before each line, and after the last: whether all brackets that the surroundings need are opened and closed."""
    if not count(surroundings):
        return [True] * (len(lines) + 1)
    due = outlook(surroundings).due
    counts = closings(lexicon(surroundings.spec), surroundings.before, "\n".join(lines))
    even, offset, closed, position = [due == (0, 0, 0)], 0, (0, 0, 0), 0
    for line in lines:
        offset += len(line) + 1
        while position < len(counts) and counts[position][0] < offset:
            closed = counts[position][1]
            position += 1
        even.append(closed == due)
    return even


def meets_begun(lines: list[str], surroundings: Surroundings) -> int:
    """How many of a growing text's lines can be shown: the last ones not while they may be the lines below."""
    below = visible(surroundings.below)
    whole = [surroundings.before + lines[0], *lines[1:]]
    seen = [number for number, line in enumerate(whole) if line.strip()]
    is_opened = _is_opened_below(surroundings)
    reach = max(_MOST_SKIPPED + 1, len(_block_below(surroundings)))
    for position, number in enumerate(seen):
        run = seen[position:]
        if is_opened and position and _enters(whole[seen[position - 1]], [whole[n] for n in run], below):
            return number
        for skipped in range(min(len(below), reach)):
            rest = below[skipped:]
            if len(run) <= len(rest) and all(similar(whole[n], other) for n, other in zip(run, rest, strict=False)):
                return number
    return len(lines)
