"""The indentation unit a file uses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from foretype.syntax.lexical import LONGEST_LINE

_AROUND = 100
_INDENTS = re.compile(r"^([ \t]*)[^\s]", re.MULTILINE)


def indent_unit(lines: Sequence[str], line: int, default: str = "    ") -> str:
    """One step of indentation: a tab or 2 to 8 spaces, as most steps in the lines around ``line`` have it.

    Where none is indented, as the blanks that ``line`` consists of have it: the user put them there.
    """
    steps: Counter[str] = Counter()
    previous = ""
    around = lines[max(0, line - _AROUND) : line + _AROUND]
    for current in _INDENTS.findall("".join(text for text in around if len(text) <= LONGEST_LINE)):
        if len(current) > len(previous) and current.startswith(previous):
            steps[current[len(previous) :]] += 1
        previous = current
    own = lines[line].strip("\r\n") if line < len(lines) and lines[line].isspace() else ""
    usual = (step for step in (*(step for step, _ in steps.most_common()), own) if _is_step(step))
    return next(usual, default)


def _is_step(blanks: str) -> bool:
    return blanks == "\t" or (2 <= len(blanks) <= 8 and not blanks.strip(" "))
