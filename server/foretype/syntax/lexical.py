"""What text alone tells: strings, comments and open brackets, from the start of a statement to the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from foretype.syntax.languages import Bodies, LanguageSpec, Quote
from foretype.text.positions import Point

CLOSERS = {")": "(", "]": "[", "}": "{"}
_CONTINUES = (")", "]", "}", ".", "?.")
LONGEST_LINE = 2_000
_MAX_LINES = 120


@dataclass(frozen=True, slots=True)
class Lexed:
    """The state at the end of a piece of text.

    ``brackets`` are the offsets of openers not closed yet, ``string`` and ``string_start`` the string that is open,
    ``matched`` the offset of the opener that the last closer closed, ``code_end`` where code ends if what follows
    it is blank or a comment.
    """

    brackets: tuple[int, ...]
    string: Quote | None
    string_start: int
    comment: bool
    matched: int | None
    code_end: int


def lex(spec: LanguageSpec, text: str) -> Lexed:
    """Runs over ``text``, which must begin outside of strings and comments."""
    pattern = _pattern(spec)
    stack: list[int] = []
    matched: int | None = None
    code_end = len(text.rstrip())
    position = 0
    while token := pattern.search(text, position):
        kind = token.lastgroup or ""
        position = max(token.end(), token.start() + 1)
        if kind == "bracket":
            char = token.group()
            if char not in CLOSERS:
                stack.append(token.start())
            elif stack and text[stack[-1]] == CLOSERS[char]:
                matched = stack.pop()
            else:
                matched = None
        elif kind in ("comment", "block"):
            if token.end() == len(text) and not (kind == "block" and _is_closed(spec, token.group())):
                return Lexed(tuple(stack), None, 0, True, matched, len(text[: token.start()].rstrip()))
            if not text[token.end() :].strip():
                code_end = len(text[: token.start()].rstrip())
        elif kind.startswith("open"):
            quote = spec.quotes[int(kind[4:])]
            if not quote.multiline and re.search(r"[\r\n]", text[token.end() :]):
                continue
            inside = _interpolated(quote, text, token.end())
            if inside is None:
                return Lexed(tuple(stack), quote, token.start(), False, matched, code_end)
            stack.append(inside)
            position = inside + 1
    return Lexed(tuple(stack), None, 0, False, matched, code_end)


def code_brackets(spec: LanguageSpec, text: str) -> Iterator[tuple[int, str]]:
    """The brackets in ``text`` that are code, with their offsets, up to a string or comment that is open at its end."""
    for token in _pattern(spec).finditer(text):
        kind = token.lastgroup or ""
        if kind == "bracket":
            yield token.start(), token.group()
        elif kind.startswith("open") and (
            spec.quotes[int(kind[4:])].multiline or not re.search(r"[\r\n]", text[token.end() :])
        ):
            return


def _is_closed(spec: LanguageSpec, comment: str) -> bool:
    return spec.block_comment is not None and comment.endswith(spec.block_comment[1]) and len(comment) > 3


def _interpolated(quote: Quote, text: str, start: int) -> int | None:
    """Where the code begins that the end of ``text`` lies in, inside of a string that is open there."""
    if quote.interpolation is None:
        return None
    opener = text.rfind(quote.interpolation, start)
    if opener < 0:
        return None
    bracket = opener + max(quote.interpolation.find("{"), quote.interpolation.find("("))
    closer = "}" if text[bracket] == "{" else ")"
    doubled = quote.interpolation == "{" and text.startswith("{{", opener - 1)
    return None if closer in text[bracket:] or doubled else bracket


@lru_cache(maxsize=64)
def _pattern(spec: LanguageSpec) -> re.Pattern[str]:
    """One expression for all that matters in a language's text."""
    parts: list[str] = []
    if spec.block_comment:
        begin, end = (re.escape(part) for part in spec.block_comment)
        parts.append(rf"(?P<block>{begin}(?s:.)*?(?:{end}|\Z))")
    comment = spec.line_comment_pattern or (re.escape(spec.line_comment) if spec.line_comment else None)
    if comment:
        parts.append(rf"(?P<comment>(?:{comment})[^\r\n]*)")
    if spec.skip_pattern:
        parts.append(rf"(?P<skip>{spec.skip_pattern})")
    for index, quote in enumerate(spec.quotes):
        close = re.escape(quote.close)
        char = r"(?s:.)" if quote.multiline else r"[^\r\n]"
        inner = rf"(?:\\{char}|(?!{close}|\\){char})*" if quote.escapes else rf"(?:(?!{close}){char})*"
        parts.append(rf"(?P<string{index}>(?:{quote.open}){inner}{close})")
        if not quote.closed_only:
            parts.append(rf"(?P<open{index}>{quote.open})")
    parts.append(r"(?P<bracket>[()\[\]{}])")
    return re.compile("|".join(parts))


def code_alone(spec: LanguageSpec, text: str) -> str:
    """A text, which must begin outside of strings and comments, with nothing in place of each of them but a blank."""
    return _pattern(spec).sub(lambda token: token.group() if token.lastgroup == "bracket" else " ", text)


def code_of_line(spec: LanguageSpec, line: str) -> str:
    """A line without its ending, its indentation and a comment at its end; strings are kept.

    A line of more than 2,000 characters counts as blank.
    """
    if len(line) > LONGEST_LINE:
        return ""
    body = line.rstrip("\r\n")
    return body[: lex(spec, body).code_end].strip()


def indentation(line: str) -> str:
    """The blanks a line begins with, without its ending."""
    body = line.rstrip("\r\n")
    return body[: len(body) - len(body.lstrip(" \t"))]


def width(indent: str) -> int:
    """Columns that blanks take, with a tab to every eighth."""
    return len(indent.expandtabs(8))


def is_blank(line: str) -> bool:
    """Whether there is nothing to see on a line."""
    return not line.strip()


def opens_block(spec: LanguageSpec, lines: Sequence[str], number: int, code: str | None = None) -> bool:
    """Whether a line ends by opening the body of a statement, and not a literal or a list of arguments.

    ``code`` is what the line holds, if not all of it is to be looked at.
    """
    if code is None:
        code = code_of_line(spec, lines[number])
    if spec.opens and re.match(spec.opens, code):
        return True
    if spec.bodies is Bodies.INDENTATION:
        return code.endswith(":") and re.match(spec.header or "", _first_line(spec, lines, number, code)) is not None
    if spec.bodies is not Bodies.BRACES or not code.endswith("{"):
        return False
    before = code[:-1].rstrip()
    if not before:
        above = line_above(lines, number, max(0, number - _MAX_LINES), width(indentation(lines[number])))
        if above is None:
            return True
        before = code_of_line(spec, lines[above])
        if not before.endswith(_LITERAL_FOLLOWS):
            return True
        return re.match(spec.header or r"\Z", _first_line(spec, lines, above, before)) is not None
    return brace_opens_block(spec, before)


_BODY_FOLLOWS = re.compile(
    r"\)[^()=;{}]*$|\b(?:else|try|do|finally|catch|match|yield|loop|unsafe|defer|throws\s+[\w., ]+)$"
)
_LITERAL_FOLLOWS = ("=", "(", "[", ",", ":", "?", "&&", "||", "??", "return", "+", "<", "$")


def brace_opens_block(spec: LanguageSpec, before: str) -> bool:
    """Whether a brace after this piece of code opens a body, and not a literal."""
    if not before or before.endswith((")", "=>", "->", ";", "}", "{")):
        return True
    if spec.header and re.match(spec.header, before):
        return True
    if before.endswith(_LITERAL_FOLLOWS):
        return False
    return (
        re.search(
            r"\)[^()=;{}]*$|\b(?:else|try|do|finally|catch|match|yield|loop|unsafe|defer|throws\s+[\w., ]+)$", before
        )
        is not None
    )


def _first_line(spec: LanguageSpec, lines: Sequence[str], number: int, code: str) -> str:
    """The code of the line on which the statement that ends on this line begins."""
    if spec.header and re.match(spec.header, code):
        return code
    start = statement_start(spec, lines, Point(number, len(lines[number])))
    return code_of_line(spec, lines[start])


def statement_start(spec: LanguageSpec, lines: Sequence[str], cursor: Point) -> int:
    """The line on which the statement at the cursor begins, judged by indentation and by what opens a block.

    Looks back over at most 120 lines.
    """
    line = cursor.line
    text = lines[line][: cursor.column]
    limit = max(0, line - _MAX_LINES)
    while line > limit:
        stripped = text.strip()
        continues = stripped.startswith(_CONTINUES if spec.leading_dots else _CONTINUES[:3]) or (
            spec.closing_words is not None and re.match(spec.closing_words, stripped) is not None
        )
        indent = width(indentation(text)) + (0 if continues else -1)
        if not stripped:
            indent = max(indent, _expected_indent(spec, lines, line, limit))
        above = line_above(lines, line, limit, indent)
        if above is None or (
            not continues and (_breaks(spec, lines, above) or _ends_between(spec, lines, above, line))
        ):
            break
        line, text = above, lines[above]
    return line


def _ends_between(spec: LanguageSpec, lines: Sequence[str], above: int, line: int) -> bool:
    """Whether a statement that begins on ``above`` is over before ``line``, which is indented more."""
    if not any(not is_blank(lines[number]) for number in range(above + 1, line)):
        return False
    return not lex(spec, "".join(lines[above:line])).brackets


def line_above(lines: Sequence[str], line: int, limit: int, indent: int) -> int | None:
    """The nearest visible line above that is indented by at most ``indent`` columns."""
    if indent < 0:
        return None
    for number in range(line - 1, limit - 1, -1):
        text = lines[number]
        if text and not text[: indent + 1].isspace() and width(indentation(text)) <= indent:
            return number
    return None


def _expected_indent(spec: LanguageSpec, lines: Sequence[str], line: int, limit: int) -> int:
    """The indentation at which the opener lies that a blank line's predecessor leaves open, or -1."""
    above = line_above(lines, line, limit, 10_000)
    if above is None:
        return -1
    code = code_of_line(spec, lines[above])
    indent = width(indentation(lines[above]))
    return indent if code.endswith(("(", "[", "{")) else indent - 1 if code.endswith(",") else -1


def _breaks(spec: LanguageSpec, lines: Sequence[str], number: int) -> bool:
    """Whether nothing below this line belongs to its statement but its body."""
    code = code_of_line(spec, lines[number])
    if not code or opens_block(spec, lines, number):
        return True
    if spec.bodies is Bodies.BRACES:
        return code.endswith(";") or (code.endswith(":") and not code.startswith(("?", "{")))
    return False
