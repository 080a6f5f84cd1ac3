"""Where a block that is being written ends."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.complete.filters.brackets import CLOSERS, lex, lexicon
from foretype.complete.filters.candidate import Surroundings
from foretype.complete.filters.lines import level, similar, visible
from foretype.complete.filters.loops import loop_start
from foretype.complete.filters.outlook import count, exceeds, in_view, outlook, tally
from foretype.complete.filters.suffix import meets
from foretype.syntax.languages import Bodies
from foretype.syntax.lexical import opens_block

PATIENCE = 2
"""Lines that may still open again what an answer closed too much."""

_GOES_ON = re.compile(r"(?:else|elif|elseif|elsif|catch|finally|while|rescue|ensure|then|and|or)\b|[^\w\s\"'`@#/]")
_LEADING = re.compile(r"[\s)\]}]*")


@dataclass(frozen=True, slots=True)
class End:
    """The first line that no longer belongs to the answer, and why; ``opens_line`` keeps the line end before it."""

    line: int
    reason: str
    opens_line: bool = False


def block_end(lines: list[str], surroundings: Surroundings, done: bool, max_lines: int) -> End | None:
    """Where a growing block ends, if it does: the first of these.

    A line that repeats the next one below, brackets being even. A repetition. A line that closes more than is open
    and not closed below, unless one of the next two opens it again; or the end of the line that closes the last
    bracket missing. At the left margin, closing too much is final once something new begins there. In languages
    without braces, a line to the left of the block (or of its header's column): except for one at a depth that nothing
    below goes on at, and for the word that closes the block. Two blank lines, or one before a line at the left margin.
    The line after ``max_lines`` visible ones. ``lines`` are those of the answer; the last may grow, unless ``done``.
    """
    whole = [surroundings.before + lines[0], *lines[1:]]
    finished = len(lines) if done else len(lines) - 1
    ends = [
        End(line, reason)
        for line, reason in (
            (meets(lines[:finished], surroundings, done), "next lines") if finished else (None, ""),
            (loop_start(whole[:finished], surroundings) if finished else None, "repetition"),
            (_dedent(whole, surroundings), "dedent"),
            (_gap(whole, finished), "blank line"),
            (_limit(lines, max_lines), "limit"),
        )
        if line is not None
    ]
    if count(surroundings) and finished:
        horizon = min((end.line for end in ends), default=finished)
        ends += _closed(lines[: min(horizon, finished)], surroundings, done or bool(ends))
    if not ends:
        return None
    end = min(ends, key=lambda found: found.line)
    joins = bool(surroundings.after.strip()) and end.line < len(lines)
    return End(end.line, end.reason, opens_line=joins)


def _closed(lines: list[str], surroundings: Surroundings, last: bool) -> list[End]:
    """Where brackets end the block; ``last`` says that no more lines belong to it."""
    words, needs = lexicon(surroundings.spec), outlook(surroundings)
    limit = needs.limit(words, "".join(_LEADING.findall(surroundings.after)[:1]))
    joins, ends = needs.limit(words, "") != limit, not visible(surroundings.below)
    counts = tally(surroundings, "\n".join(lines), limit)
    closed, position, offset = (0, 0, 0), 0, 0
    bad: int | None = None
    for number, line in enumerate(lines):
        if bad and level(lines[bad]) == 0 and _begins_anew(line):
            return [End(bad, "closed")]
        offset += len(line) + 1
        while position < len(counts) and counts[position][0] < offset:
            closed = counts[position][1]
            position += 1
        if exceeds(closed, limit):
            bad = number if bad is None else bad
        elif line.strip():
            bad = None
        if bad is not None and (number - bad >= PATIENCE or (last and number == len(lines) - 1)):
            return [End(max(bad, 1), "closed")]
        outermost = ends and (in_view(surroundings) or level(line) == 0)
        if bad is None and closed == limit and any(limit) and line.strip() and (joins or outermost):
            return [End(number + 1, "closed")]
    return []


def _begins_anew(line: str) -> bool:
    """Whether a line at the left margin goes on with nothing above it."""
    return bool(line.strip()) and level(line) == 0 and not _GOES_ON.match(line)


def _dedent(whole: list[str], surroundings: Surroundings) -> int | None:
    """The first line that lies left of the block, in languages without braces."""
    spec = surroundings.spec
    if spec.bodies is Bodies.BRACES and spec.id:
        return None
    numbers = [number for number, line in enumerate(whole) if line.strip()]
    if not numbers:
        return None
    below = visible(surroundings.below)
    follows = level(below[0]) if below else -1
    floor = _floor(whole, numbers[0], surroundings)
    depth = 0
    words = lexicon(spec)
    for number in numbers:
        line = whole[number]
        column = level(line)
        if number and column < floor and depth <= 0 and line.lstrip()[0] not in CLOSERS:
            closes = spec.closing_words is not None and re.match(spec.closing_words, line.strip()) is not None
            repeats = bool(below) and similar(line, below[0])
            if not (column > max(follows, 0) or (closes and column >= follows and not repeats)):
                return number
        depth += sum(-1 if char in CLOSERS else 1 for _, char in lex(words, line).brackets)
    return None


def _floor(whole: list[str], first: int, surroundings: Surroundings) -> int:
    """The column of the block's lines, or one more than its header's."""
    before = surroundings.before
    if not before.strip():
        return level(whole[first]) if first or not before else level(before)
    header = opens_block(surroundings.spec, [before], 0) or (
        len(whole) > 1 and opens_block(surroundings.spec, whole[:1], 0)
    )
    return level(before) + header


def _gap(whole: list[str], finished: int) -> int | None:
    """The first of two blank lines, or of one before a line at the left margin that ends what was indented."""
    blank: int | None = None
    indented = False
    for number, line in enumerate(whole):
        if line.strip():
            if blank is not None and indented and level(line) == 0 and line[0] not in CLOSERS:
                return blank
            blank = None
            indented = indented or level(line) > 0
        elif number and number < finished:
            if blank is not None and (indented or any(other.strip() for other in whole[:number])):
                return blank
            blank = number
    return None


def _limit(lines: list[str], max_lines: int) -> int | None:
    shown = [number for number, line in enumerate(lines) if line.strip()]
    return shown[max_lines] if len(shown) > max_lines else None
