"""What to suggest at a cursor: nothing and why, the rest of the line, or a block."""

from __future__ import annotations

import re
from enum import Enum

from foretype.syntax.finished import finished_reason
from foretype.syntax.languages import Bodies
from foretype.syntax.lexical import code_of_line, is_blank, lex, opens_block, statement_start, width
from foretype.syntax.literals import Kind, Literal
from foretype.syntax.situation import Situation
from foretype.text.positions import Point


class Intent(Enum):
    """What kind of suggestion fits."""

    NONE = "none"
    LINE = "line"
    BLOCK = "block"


_INERT = re.compile(r"""^\s*[)>}\]"'`]*\s*[:{;,]?\s*$""")
_INERT_WITH_TAGS = re.compile(r"""^\s*(?:</[\w.:-]*>|/?[)>}\]"'`])*\s*[:{;,]?\s*$""")
_INERT_IN_LITERALS = re.compile(r"""^\s*(?:\*/|--+>|</[\w.:-]*>|/?[)>}\]"'`])*\s*[:{;,]?\s*$""")
_NO_REQUEST = re.compile(r"[;{}=]\s*$|\bcoding[:=]|\b(?:noqa|eslint|pragma)\b")
_CLOSER = {"(": ")", "[": "]", "{": "}"}
_BODY_WORDS = re.compile(r".*(?:\)|\||\b(?:then|do|else|repeat|begin|ensure|finally|yield|try|match|in))$")


def intent_at(situation: Situation, literal: Literal, explicit: bool) -> tuple[Intent, str]:
    """The intent at a cursor and, for ``NONE``, the reason in plain words (for the others what led to it).

    The rule for the tail of a line is Copilot's: nothing but closing brackets and quotes, then one of ``:{;,``.
    An explicit request gets an answer everywhere but inside a word, and on a blank line of code as many lines as the
    model thinks are missing.
    """
    before, after = situation.before, situation.after
    if re.match(r"\w", after) and re.search(r"\w$", before):
        return Intent.NONE, "mid-word"
    intent, reason = _automatic(situation, literal)
    if not explicit:
        return intent, reason
    if intent is Intent.LINE and literal.kind is Kind.CODE and is_blank(before + after):
        return Intent.BLOCK, "asked for"
    return (Intent.LINE, "asked for") if intent is Intent.NONE else (intent, reason)


def _automatic(situation: Situation, literal: Literal) -> tuple[Intent, str]:
    if re.match(r"\w", situation.after):
        return Intent.NONE, "a word follows the cursor"
    if literal.kind is not Kind.CODE:
        return _in_literal(situation, literal)
    inert = _INERT_WITH_TAGS if situation.spec.tags else _INERT
    if not inert.match(situation.after):
        return Intent.NONE, "text follows the cursor"
    if is_blank(situation.before):
        return _on_blank_line(situation)
    opened = _after_opener(situation)
    if opened is not None:
        return opened
    reason = finished_reason(situation)
    return (Intent.NONE, reason) if reason else (Intent.LINE, "rest of the line")


def _in_literal(situation: Situation, literal: Literal) -> tuple[Intent, str]:
    if literal.kind is Kind.STRING:
        if not situation.spec.completes_strings:
            return Intent.NONE, "inside a string"
    elif not literal.begun:
        return Intent.NONE, f"at the start of a {literal.kind.value}"
    if not _INERT_IN_LITERALS.match(situation.after):
        return Intent.NONE, "text follows the cursor"
    return Intent.LINE, f"continues a {literal.kind.value}"


def _on_blank_line(situation: Situation) -> tuple[Intent, str]:
    if not is_blank(situation.after):
        return Intent.LINE, "rest of the line"
    above = situation.visible_above(situation.cursor.line)
    if above is not None:
        if _comment_asks(situation, above):
            return Intent.BLOCK, "after a comment"
        if _body_is_empty(situation, above):
            return Intent.BLOCK, "empty body"
    return Intent.LINE, "blank line"


def _comment_asks(situation: Situation, above: int) -> bool:
    """Whether the line above is a comment of several words with nothing written for it below."""
    if above != situation.cursor.line - 1 or not _is_comment(situation, above):
        return False
    text = _comment_text(situation, above)
    words = re.findall(r"[^\W\d_]{2,}", text)
    if (
        len(words) < 2
        or text.startswith("#!")
        or re.search(r"[;{}=]\s*$|\bcoding[:=]|\b(?:noqa|eslint|pragma)\b", text)
    ):
        return False
    starred = 1 if situation.lines[above].lstrip().startswith("*") else 0
    if width(situation.before) < situation.indent_at(above) - starred:
        return False
    below = situation.cursor.line + 1
    if below >= len(situation.lines) or is_blank(situation.lines[below]):
        return True
    return situation.indent_at(below) < situation.indent_at(above) or situation.lines[below].lstrip()[:1] in "}])"


def _is_comment(situation: Situation, line: int) -> bool:
    """Whether a line holds nothing but a comment, or the end of one."""
    text = situation.lines[line].strip()
    block = situation.spec.block_comment
    if block and text.endswith(block[1]) and (text.startswith((block[0], "*")) or block[0] not in text):
        return True
    return bool(text) and lex(situation.spec, text).code_end == 0


def _comment_text(situation: Situation, last: int) -> str:
    """The text of the comment that ends on a line; of a block comment, all its lines."""
    first = last
    block = situation.spec.block_comment
    if block and situation.lines[last].rstrip().endswith(block[1]):
        while first > max(0, last - 50) and block[0] not in situation.lines[first]:
            first -= 1
    return "".join(situation.lines[first : last + 1]).strip()


def _body_is_empty(situation: Situation, above: int) -> bool:
    """Whether the cursor's blank line is the first of a body that holds at most comments and a docstring."""
    header: int | None = above
    while header is not None and _is_comment(situation, header):
        header = situation.visible_above(header)
    if header is not None and situation.spec.bodies is Bodies.INDENTATION:
        header = _above_docstring(situation, header)
    if header is None or not opens_block(situation.spec, situation.lines, header):
        return False
    line = situation.lines[header]
    start = statement_start(situation.spec, situation.lines, Point(header, len(line)))
    indent = situation.indent_at(start)
    if width(situation.before) <= indent and above != situation.cursor.line - 1:
        return False
    below = situation.visible_below(situation.cursor.line)
    return below is None or situation.indent_at(below) <= indent


def _above_docstring(situation: Situation, line: int) -> int | None:
    """The visible line above the docstring that ends on ``line``; ``line`` itself if none ends there."""
    text = situation.lines[line].rstrip()
    quotes = text[-3:]
    if quotes not in ('"""', "'''"):
        return line
    opener = re.compile(rf"\s*[rRuU]?{quotes}")
    first = opener.match(text)
    if first and text.count(quotes) > 1:
        return situation.visible_above(line)
    for number in range(line - (0 if not first else 1), max(-1, line - 100), -1):
        if opener.match(situation.lines[number]):
            return situation.visible_above(number)
    return line


def _after_opener(situation: Situation) -> tuple[Intent, str] | None:
    """At the end of a line that opens something: a block if that is a body and still empty."""
    spec, lines, line = situation.spec, situation.lines, situation.cursor.line
    code = situation.before.strip()
    tail = situation.after.strip()
    if situation.lexed.code_end < len(situation.text.rstrip()):
        return None
    if code[-1] in _CLOSER and not tail and situation.closed_below(_CLOSER[code[-1]]):
        return Intent.NONE, "before a body that is there"
    if tail and (code[-1] != "{" or not re.match(r"\}[)\];,]*$", tail)):
        return None
    if code[-1] in ":{":
        outer = situation.open_brackets[:-1] if code[-1] == "{" else situation.open_brackets
        if outer.endswith(("[", "{")) or not opens_block(spec, lines, line, code):
            return None
    elif not (_BODY_WORDS.match(code) and spec.opens and opens_block(spec, lines, line, code)):
        return None
    start = situation.start
    if not tail and situation.deeper_below(start if spec.bodies is Bodies.INDENTATION else line):
        return Intent.NONE, "before a body that is there"
    if code_of_line(spec, code) != code:
        return None
    return Intent.BLOCK, "after a signature"
