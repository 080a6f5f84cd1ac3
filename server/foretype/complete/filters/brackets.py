"""Brackets and quotes in pieces of code, outside of strings and comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from foretype.syntax.languages import LanguageSpec

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}
_CONTEXTS = ("", " ", "=")
_NO_PARENTHESES = frozenset({"bash"})


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


class Opener(NamedTuple):
    """An opener; ``start`` is where its statement begins, as far as brackets tell: a head may go on over lines."""

    offset: int
    char: str
    start: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Openers that nothing closes (outermost first), closers that nothing opens, and how many of them cross others."""

    openers: tuple[Opener, ...]
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
    stack: list[Opener] = []
    closers: list[tuple[int, str]] = []
    crossed, head = 0, -1
    for offset, char in brackets:
        opener = CLOSERS.get(char)
        if opener is None:
            stack.append(Opener(offset, char, head if char == "{" and head >= 0 else offset))
            head = -1
            continue
        depth = next((i for i, other in enumerate(reversed(stack)) if other.char == opener), None)
        if depth is None:
            closers.append((offset, char))
            crossed += bool(stack)
        else:
            crossed += depth
            head = stack[-depth - 1].start if char == ")" else -1
            del stack[len(stack) - depth - 1 :]
    return Matched(tuple(stack), tuple(closers), crossed)


def faults(words: Lexicon, text: str, above: str = "", used: int = 0) -> int:
    """How much in a piece of code is not closed, not opened, crossed or cut off.

    ``above`` are the openers that stand open before it, the innermost last; ``used`` of them should get closed in it.
    """
    lexed = lex(words, text)
    matched = match((*((index - len(above), char) for index, char in enumerate(above)), *lexed.brackets))
    own = sum(opener.offset >= 0 for opener in matched.openers)
    taken = len(above) - (len(matched.openers) - own)
    return own + len(matched.closers) + matched.crossed + abs(taken - used) + lexed.broken + bool(lexed.quote)


def used_by(words: Lexicon, text: str, above: str) -> int:
    """How many of the openers that stand open before a piece of code it closes, if its brackets don't cross them."""
    matched = match((*((index - len(above), char) for index, char in enumerate(above)), *lex(words, text).brackets))
    return 0 if matched.crossed else len(above) - sum(opener.offset < 0 for opener in matched.openers)
