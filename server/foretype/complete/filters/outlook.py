"""What the lines around the cursor need: brackets that are missing below, or closed there before they are opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from foretype.complete.filters.brackets import CLOSERS, Lexicon, Opener, lex, lexicon, match
from foretype.complete.filters.candidate import WINDOW, Surroundings
from foretype.complete.filters.lines import level, visible
from foretype.syntax.languages import Bodies

_TEXT = frozenset({"", "html", "markdown"})
_OPENING = ("{", ":", " do", " then")

Due = tuple[int, int, int]
"""A count for each kind of bracket: round, square, curly."""

KINDS = {"(": 0, ")": 0, "[": 1, "]": 1, "{": 2, "}": 2}


def closings(words: Lexicon, before: str, text: str) -> list[tuple[int, Due]]:
    """After each bracket in ``text``: its offset there, and how many more were closed than opened so far."""
    closed = [0, 0, 0]
    counts: list[tuple[int, Due]] = []
    for offset, char in lex(words, before + text).brackets:
        if offset >= len(before):
            closed[KINDS[char]] += 1 if char in CLOSERS else -1
            counts.append((offset - len(before), (closed[0], closed[1], closed[2])))
    return counts


def exceeds(closed: Due, limit: Due) -> bool:
    """Whether more of any kind were closed than there are to close."""
    return any(count > most for count, most in zip(closed, limit, strict=True))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the text around the cursor needs.

    ``due`` is how many more brackets of each kind the answer has to close than it opens: 1 where a closer is missing
    below, -1 where the lines below close something that is not open yet. ``open_above`` are the brackets open where
    the cursor's line begins, the innermost last. ``in_text`` says that the line begins inside a string, or that the
    cursor stands in a comment: then none of it means anything.
    """

    due: Due
    open_above: str
    in_text: bool

    def limit(self, words: Lexicon, replaced: str) -> Due:
        """How many more than it opens an answer may close that replaces this text after the cursor."""
        counts = closings(words, "", replaced)
        return self._with(counts[-1][1] if counts else (0, 0, 0))

    def least(self, words: Lexicon, after: str) -> Due:
        """The least of the limits for whatever part of the text after the cursor."""
        extras = [(0, 0, 0), *(closed for _, closed in closings(words, "", after))]
        return self._with((min(e[0] for e in extras), min(e[1] for e in extras), min(e[2] for e in extras)))

    def _with(self, extra: Due) -> Due:
        most = [max(0, due + more) for due, more in zip(self.due, extra, strict=True)]
        return most[0], most[1], most[2]


@lru_cache(maxsize=64)
def outlook(surroundings: Surroundings) -> Outlook:
    """Reads the lines around the cursor.

    Where the whole file is in view, brackets are counted. Otherwise openers above and closers below are paired by
    the indentation of their lines, as in code that is laid out with care, and what lies beyond is taken to be in order.
    """
    words = lexicon(surroundings.spec)
    above_text = "".join(line + "\n" for line in surroundings.above)
    over = lex(words, above_text)
    if over.quote and not surroundings.prose:
        over = lex(words, above_text, over.quote)
    here = lex(words, surroundings.before, over.quote)
    tail = "\n".join((surroundings.after, *surroundings.below))
    rest = lex(words, tail, here.quote if here.quote in surroundings.after else "")
    head, skipped = above_text + surroundings.before, len(surroundings.before)
    opening = match((*over.brackets, *((len(above_text) + offset, char) for offset, char in here.brackets))).openers
    closing = match(rest.brackets).closers
    leftmost = min((level(line) for line in visible(surroundings.below)), default=0)
    leftmost = leftmost if len(surroundings.below) >= WINDOW else 0
    lists = _broken_lists(opening, surroundings)
    due = []
    for kind in range(3):
        openers = [opener for opener in opening if KINDS[opener.char] == kind]
        closers = [offset for offset, char in closing if KINDS[char] == kind]
        above = [_indentation(head, opener.start) for opener in reversed(openers)]
        below = [_indentation(surroundings.before + tail, offset + skipped) for offset in closers]
        if kind == KINDS["{"] and _opened_out_of_view(above, surroundings):
            above.append(0)
        if in_view(surroundings):
            due.append(len(above) - len(below))
            continue
        on_line = sum(opener.offset >= len(above_text) for opener in openers)
        paired = min(on_line, sum(offset < len(surroundings.after) for offset in closers))
        due.append(max(_aligned(above[paired:], below[paired:], leftmost), lists.count(kind) - len(below)))
    open_above = "".join(opener.char for opener in match(over.brackets).openers)
    return Outlook((due[0], due[1], due[2]), open_above, bool(over.quote) or over.comment or here.comment)


def _broken_lists(openers: tuple[Opener, ...], surroundings: Surroundings) -> list[int]:
    """The kinds of the brackets around the cursor that must be missing a closer, because a statement follows."""
    below = visible(surroundings.below)[:1]
    line = below[0].strip() if below and not surroundings.after.strip() else ""
    header = surroundings.spec.header
    if not line.endswith(";") and not (header and line.endswith(_OPENING) and re.match(header, line)):
        return []
    innermost = takewhile(lambda opener: opener.char != "{", reversed(openers))
    return [KINDS[opener.char] for opener in innermost]


def _opened_out_of_view(above: list[int], surroundings: Surroundings) -> bool:
    """Whether indentation tells of a brace that isn't seen: the cursor stands in a block that nothing in view opens."""
    braces = surroundings.spec.bodies is Bodies.BRACES and bool(surroundings.spec.id)
    return braces and level(surroundings.before) > 0 and min(above, default=1) > 0


def _aligned(above: list[int], below: list[int], leftmost: int) -> int:
    """From the indentations of openers and closers near the cursor, and the least of the lines below.

    An opener to the left of all lines below is taken to be closed beyond them.
    """
    due = opener = closer = 0
    while opener < len(above) and closer < len(below):
        step = above[opener] - below[closer]
        due += (step > 0) - (step < 0)
        opener += step >= 0
        closer += step <= 0
    return due + sum(indentation >= leftmost for indentation in above[opener:])


def _indentation(text: str, offset: int) -> int:
    """The width of the indentation of the line that an offset is on."""
    return level(text[text.rfind("\n", 0, offset) + 1 : offset + 1])


def in_view(surroundings: Surroundings) -> bool:
    """Whether the whole file is in view."""
    return len(surroundings.above) < WINDOW and len(surroundings.below) < WINDOW


def count(surroundings: Surroundings) -> bool:
    """Whether the brackets of whole lines can be counted where the cursor stands."""
    return not surroundings.prose and surroundings.spec.id not in _TEXT and not outlook(surroundings).in_text


def tally(surroundings: Surroundings, text: str, limit: Due) -> list[tuple[int, Due]]:
    """After each bracket in ``text``: its offset there, and how many more were closed than opened so far.

    Where not all of the file is in view, a closer at a line's beginning that would exceed the limit is not counted
    if nothing below closes at its depth: what it closes is out of view.
    """
    words, before = lexicon(surroundings.spec), surroundings.before
    whole = before + text
    seen = in_view(surroundings)
    closed = [0, 0, 0]
    counts: list[tuple[int, Due]] = []
    for offset, char in lex(words, whole).brackets:
        if offset < len(before):
            continue
        kind = KINDS[char]
        if char not in CLOSERS:
            closed[kind] -= 1
        elif seen or closed[kind] < limit[kind] or not _is_missing(whole, offset, surroundings):
            closed[kind] += 1
        counts.append((offset - len(before), (closed[0], closed[1], closed[2])))
    return counts


def _is_missing(whole: str, offset: int, surroundings: Surroundings) -> bool:
    """Whether a closer stands among those that its line begins with, and nothing below closes at that depth."""
    line = whole[whole.rfind("\n", 0, offset) + 1 : offset + 1]
    if line.strip().strip(")]}"):
        return False
    depth = level(line)
    for below in visible(surroundings.below):
        if level(below) <= depth:
            return level(below) < depth or below.lstrip()[0] not in CLOSERS
    return len(surroundings.below) < WINDOW
