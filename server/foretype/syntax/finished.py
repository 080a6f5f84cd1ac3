"""Whether the statement at the end of a line is finished, so that nothing is left to suggest there."""

from __future__ import annotations

import re

from foretype.syntax.languages import Bodies, Semicolons
from foretype.syntax.lexical import brace_opens_block, code_of_line, is_blank, line_above
from foretype.syntax.situation import Situation

STATEMENT = "after a finished statement"
ITEM = "after a finished item"

_HAS_VALUE = re.compile(
    r"(?<![=!<>:])=(?!=)|:=|<-|^(?:return|yield|raise|throw|del|assert|puts|print|require\w*|import|use|from|echo)\b"
)
_TAG_END = re.compile(r"(?:</[\w.:-]*|/|--)>$")
_ITEM_HOLDERS = re.compile(r"\b(?:struct|enum|union|match|switch|interface|object|type|record)\b")
_NESTED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")


def finished_reason(situation: Situation) -> str | None:
    """Why nothing is left to write on the cursor's line, or None when something may be. Unsure means None.

    The line must hold code, and the cursor be at its end, outside of strings and comments.
    """
    before = situation.before
    if not is_blank(situation.after) or before != before.rstrip():
        return None
    if before.endswith(","):
        return ITEM if _item_is_finished(situation) else None
    if situation.spec.tags and _TAG_END.search(before) and not _opened_on_line(situation):
        return STATEMENT
    if situation.lexed.brackets:
        return None
    return STATEMENT if _statement_is_finished(situation) else None


def is_complete(situation: Situation) -> bool:
    """Whether what is on the line could stand as it is: brackets closed, no error in the tree, no header.

    Weaker than ``finished_reason``: half a word is complete in this sense if it would parse.
    """
    code = situation.before.strip()
    if not code or not is_blank(situation.after) or situation.lexed.brackets or situation.errors:
        return False
    if situation.lexed.string is not None or situation.lexed.comment:
        return False
    if situation.uses_semicolons():
        return code.endswith((";", "}"))
    return not _is_header(situation) and re.search(r"[\w)\]}\"'`]$", code) is not None


def _is_header(situation: Situation) -> bool:
    header = situation.spec.header
    return header is not None and re.match(header, situation.text.strip()) is not None


def _statement_is_finished(situation: Situation) -> bool:
    spec, before = situation.spec, situation.before
    last = before[-1]
    if last == ";":
        if spec.semicolons is Semicolons.NEVER:
            return before.endswith(";;") or (spec.bodies is Bodies.BRACES and not _is_header(situation))
        return True
    if last == "}" and (spec.bodies is Bodies.BRACES or before.strip() == "}"):
        return _brace_is_finished(situation)
    if situation.uses_semicolons() or situation.errors:
        return False
    word = re.search(r"\w+$", before)
    if word:
        return word.group() in spec.words and (
            before.strip() == word.group() or re.search(r"(?:[=:]\s*|\breturn\s+)\w+$", before) is not None
        )
    if last not in spec.soft_finishers or _is_header(situation):
        return False
    if re.search(r"\bsuper\([^()]*\)$", before):
        return False
    if last == ")" or spec.bodies is Bodies.NONE:
        return True
    code = situation.text.strip()
    if last in "\"'`":
        return _HAS_VALUE.search(code) is not None or re.match(r"\w[\w.]*\s+[\"'`]|\"\"\"|'''", code) is not None
    return _HAS_VALUE.search(code) is not None


def _opened_on_line(situation: Situation) -> bool:
    """Whether a bracket is open that was opened on the cursor's line."""
    brackets = situation.lexed.brackets
    return bool(brackets) and brackets[-1] >= len(situation.text) - len(situation.before)


def _brace_is_finished(situation: Situation) -> bool:
    """Whether a closing brace ends its statement: the end of a literal wants a semicolon, ``do`` and ``try`` more."""
    matched = situation.lexed.matched
    if matched is None:
        return True
    head = situation.text[:matched].rstrip()
    code = code_of_line(situation.spec, head.splitlines()[-1]) if head else ""
    if re.search(r"\b(?:do|try|repeat)$", code):
        return False
    if situation.spec.types_need_semicolon and re.search(r"\b(?:struct|class|union|enum)\b[^()]*$", code):
        return False
    literal = not brace_opens_block(situation.spec, code)
    if literal or re.search(r"(?<![=!<>])=(?![=>])|^return\b", head):
        return not situation.uses_semicolons() and (not literal or _HAS_VALUE.search(head) is not None)
    return True


def _item_is_finished(situation: Situation) -> bool:
    """Whether a comma ends an item that stands alone on its line, as its neighbours do."""
    spec, lines, line = situation.spec, situation.lines, situation.cursor.line
    if situation.lexed.brackets:
        opener = situation.lexed.brackets[-1]
        rest_of_line = situation.text[opener + 1 :].splitlines()[0] if situation.text[opener + 1 :] else ""
        if "\n" not in situation.text[opener:] or code_of_line(spec, rest_of_line):
            return False
    else:
        indent = situation.indent_at(line)
        holder = line_above(lines, line, max(0, line - 200), indent - 1)
        if holder is not None and lines[holder].strip() == "{":
            holder = situation.visible_above(holder)
        if spec.bodies is not Bodies.BRACES or holder is None or not _ITEM_HOLDERS.search(lines[holder]):
            return False
    code = situation.before.strip()
    while (flat := _NESTED.sub("", code)) != code:
        code = flat
    if code.count(",") != 1:
        return False
    above, below = situation.visible_above(line), situation.visible_below(line)
    beside = [n for n in (above, below) if n is not None and situation.indent_at(n) == situation.indent_at(line)]
    return any(code_of_line(spec, lines[n]).endswith(",") or n == below for n in beside)
