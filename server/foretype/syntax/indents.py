"""The indentation unit a file uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from foretype.syntax.lexical import indentation, is_blank

_AROUND = 150


def indent_unit(lines: Sequence[str], line: int, default: str = "    ") -> str:
    """One step of indentation: a tab or some spaces, as most steps in the lines around ``line`` have it."""
    steps: Counter[str] = Counter()
    previous = ""
    for text in lines[max(0, line - _AROUND) : line + _AROUND]:
        if is_blank(text):
            continue
        current = indentation(text)
        if len(current) > len(previous) and current.startswith(previous):
            step = current[len(previous) :]
            if step == "\t" or (step.isspace() and "\t" not in step and 2 <= len(step) <= 8):
                steps[step] += 1
        previous = current
    return steps.most_common(1)[0][0] if steps else default
