"""What a model answered, read strictly: one block of code, put at the indentation of what it replaces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foretype.errors import ForetypeError
from foretype.syntax.indents import indent_unit
from foretype.trust.secrets import MARK

FENCE = "```"
_BLOCK = re.compile(r"```[^\n`]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)
_DOTS = r"(?:\#|//|/\*)?[ \t]*(?:\.\.\.|…)[ \t]*(?:\*/)?"
_REST = r"(?:\#|//)[^\n]*\b(?:rest of|existing|remaining|previous|your)\b[^\n]*\bcode\b[^\n]*"
_PLACEHOLDER = re.compile(rf"^[ \t]*(?:{_DOTS}|{_REST})$", re.MULTILINE | re.IGNORECASE)


class Unusable(ForetypeError):
    """An answer that is not what was asked for; the text says in what."""


def code_of(answer: str, begun: str = "") -> str:
    """The code in an answer, without the fence. ``begun`` is how the answer was made to begin. Raises `Unusable`."""
    text = (begun + answer).replace("\r\n", "\n")
    blocks = _BLOCK.findall(text)
    if len(blocks) > 1:
        raise Unusable("the answer has more than one block of code")
    if not blocks and FENCE in text:
        raise Unusable("the answer's block of code can't be read")
    code = blocks[0] if blocks else text
    if MARK in code:
        raise Unusable("the answer has a placeholder where your code has a secret, which was not sent")
    lines = [line.rstrip() for line in code.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)


def reindented(code: str, indent: str, lines: Sequence[str], line: int) -> str:
    """``code`` for a place whose line begins with ``indent``: its first line without blanks, the others as they fit.

    Its unit of indentation becomes that of the text around ``line``.
    """
    own = code.split("\n")
    first = _blanks(own[0])
    shifted = [text.removeprefix(first) if text.startswith(first) else text.lstrip(" \t") for text in own]
    unit, theirs = indent_unit(lines, line), indent_unit([f"{each}\n" for each in shifted], 0, "")
    if theirs and theirs != unit:
        shifted = [_in_units(text, theirs, unit) for text in shifted]
    return "\n".join([shifted[0], *(f"{indent}{text}" if text else text for text in shifted[1:])])


def leaves_out(before: str, after: str) -> bool:
    """Whether code has new lines that only stand for other code: ``...``, or a comment on the rest."""
    return len(_PLACEHOLDER.findall(after)) > len(_PLACEHOLDER.findall(before))


def with_endings(code: str, like: str) -> str:
    """``code`` with the line endings of the text ``like``: the first found there, else ``\\n``."""
    found = re.search(r"\r\n|\n|\r", like)
    ending = found.group() if found else "\n"
    return code.replace("\n", ending)


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _in_units(line: str, theirs: str, unit: str) -> str:
    count = 0
    while line.startswith(theirs):
        line, count = line[len(theirs) :], count + 1
    return unit * count + line
