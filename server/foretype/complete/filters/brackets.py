"""Brackets and quotes in pieces of code, outside of strings and comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from foretype.complete.filters.candidate import WINDOW, Surroundings
from foretype.complete.filters.lines import level, visible
from foretype.syntax.languages import Bodies, LanguageSpec

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}
_CONTEXTS = ("", " ", "=")
_NO_PARENTHESES = frozenset({"bash"})
_TEXT = frozenset({"", "html", "markdown"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's rules as expressions: ``code`` finds the next thing that matters, ``rest`` a string's remainder."""

    code: re.Pattern[str]
    rest: dict[str, re.Pattern[str]]
    block_end: str


@dataclass(frozen=True, slots=True)
class Lexed:
    """``brackets`` of a text with their offsets; ``quote`` and ``comment`` say what is open at its end.

    ``broken`` counts strings that a line's end cut off.
    """

    brackets: tuple[tuple[int, str], ...]
    quote: str
    comment: bool
    broken: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Openers that nothing closes (outermost first), closers that nothing opens, and how many of them cross others."""

    openers: tuple[tuple[int, str], ...]
    closers: tuple[tuple[int, str], ...]
    crossed: int


@lru_cache(maxsize=64)
def lexicon(spec: LanguageSpec) -> Lexicon:
    """The expressions for a language."""
    parts: list[str] = []
    if spec.block_comment:
        parts.append(rf"(?P<block>{re.escape(spec.block_comment[0])})")
    comment = spec.line_comment_pattern or (re.escape(spec.line_comment) if spec.line_comment else None)
    if comment:
        parts.append(rf"(?P<comment>(?:{comment})[^\r\n]*)")
    if spec.skip_pattern:
        parts.append(rf"(?P<skip>{spec.skip_pattern})")
    rest: dict[str, re.Pattern[str]] = {}
    for quote in spec.quotes:
        opening = re.compile(quote.open)
        if quote.closed_only:
            parts.append(r"'(?:\\[^'\r\n]{1,8}|[^'\\\r\n])'")
        elif any(opening.fullmatch(context + quote.close, len(context)) for context in _CONTEXTS):
            rest.setdefault(quote.close, re.compile(_remainder(quote.close, quote.escapes, quote.multiline)))
    if rest:
        parts.append(rf"(?P<quote>{'|'.join(re.escape(close) for close in sorted(rest, key=len, reverse=True))})")
    # In a shell a lone ``)`` ends the pattern of a case.
    parts.append(rf"(?P<bracket>[{'' if spec.id in _NO_PARENTHESES else '()'}\[\]{{}}])")
    return Lexicon(re.compile("|".join(parts)), rest, spec.block_comment[1] if spec.block_comment else "")


def _remainder(close: str, escapes: bool, multiline: bool) -> str:
    first, more = re.escape(close[0]), re.escape(close[1:])
    line = "" if multiline else r"\r\n"
    plain = rf"[^{first}\\{line}]" if escapes else rf"[^{first}{line}]"
    odd = [r"\\[\s\S]"] if escapes else []
    if more:
        odd.append(rf"{first}(?!{more})")
    return rf"{plain}*(?:(?:{'|'.join(odd)}){plain}*)*" if odd else rf"{plain}*"


def lex(words: Lexicon, text: str, quote: str = "") -> Lexed:
    """Runs over ``text``, which begins inside a string if ``quote`` is given."""
    brackets: list[tuple[int, str]] = []
    position = broken = 0
    while True:
        if quote:
            rest = words.rest[quote].match(text, position)
            position = rest.end() if rest else position
            if position >= len(text):
                return Lexed(tuple(brackets), quote, False, broken)
            if text.startswith(quote, position):
                position += len(quote)
            else:
                broken += 1
            quote = ""
        found = words.code.search(text, position)
        if found is None:
            return Lexed(tuple(brackets), "", False, broken)
        position = max(found.end(), found.start() + 1)
        match found.lastgroup:
            case "bracket":
                brackets.append((found.start(), found.group()))
            case "quote":
                quote = found.group()
            case "block":
                end = text.find(words.block_end, position)
                if end < 0:
                    return Lexed(tuple(brackets), "", True, broken)
                position = end + len(words.block_end)
            case "comment" if found.end() == len(text):
                return Lexed(tuple(brackets), "", True, broken)


def match(brackets: tuple[tuple[int, str], ...]) -> Matched:
    """Pairs brackets up; a closer also closes what was left open inside of its pair."""
    stack: list[tuple[int, str]] = []
    closers: list[tuple[int, str]] = []
    crossed = 0
    for bracket in brackets:
        opener = CLOSERS.get(bracket[1])
        if opener is None:
            stack.append(bracket)
            continue
        depth = next((i for i, (_, other) in enumerate(reversed(stack)) if other == opener), None)
        if depth is None:
            closers.append(bracket)
            crossed += bool(stack)
        else:
            crossed += depth
            del stack[len(stack) - depth - 1 :]
    return Matched(tuple(stack), tuple(closers), crossed)


def count(surroundings: Surroundings) -> bool:
    """Whether the brackets of whole lines can be counted where the cursor stands."""
    return not surroundings.prose and surroundings.spec.id not in _TEXT and not outlook(surroundings).in_string


def faults(words: Lexicon, text: str) -> int:
    """How much in a piece of code is not closed, not opened or cut off."""
    lexed = lex(words, text)
    matched = match(lexed.brackets)
    return len(matched.openers) + len(matched.closers) + matched.crossed + lexed.broken + bool(lexed.quote)


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
    below, -1 where the lines below close something that is not open yet. ``in_string`` says that the
    cursor's line begins inside a string.
    """

    due: Due
    in_string: bool

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
    rest = lex(words, tail, here.quote)
    head, skipped = above_text + surroundings.before, len(surroundings.before)
    opening = match((*over.brackets, *((len(above_text) + offset, char) for offset, char in here.brackets))).openers
    closing = match(rest.brackets).closers
    leftmost = min((level(line) for line in visible(surroundings.below)), default=0)
    leftmost = leftmost if len(surroundings.below) >= WINDOW else 0
    due = []
    for kind in range(3):
        openers = [offset for offset, char in opening if KINDS[char] == kind]
        closers = [offset for offset, char in closing if KINDS[char] == kind]
        above = [_indentation(head, offset) for offset in reversed(openers)]
        below = [_indentation(surroundings.before + tail, offset + skipped) for offset in closers]
        if kind == KINDS["{"] and _opened_out_of_view(above, surroundings):
            above.append(0)
        if len(surroundings.above) < WINDOW and len(surroundings.below) < WINDOW:
            due.append(len(above) - len(below))
            continue
        on_line = sum(offset >= len(above_text) for offset in openers)
        paired = min(on_line, sum(offset < len(surroundings.after) for offset in closers))
        due.append(_aligned(above[paired:], below[paired:], leftmost))
    return Outlook((due[0], due[1], due[2]), bool(over.quote))


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
