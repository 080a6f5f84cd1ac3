"""Which brackets and quotes an editor would close by itself; pure."""

from __future__ import annotations

import re
from types import MappingProxyType

from foretype.bench.marks import CODE, STRING

CLOSERS = MappingProxyType({"(": ")", "[": "]", "{": "}"})


def matches(region: str, places: str) -> dict[int, int]:
    """The openers in code whose closer the region holds, and where; quotes only if both are on one line."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for i, char in enumerate(region):
        in_code = places[i] == CODE and places[i + 1] == CODE
        if char in CLOSERS and in_code:
            open_.append(i)
        elif char in CLOSERS.values() and in_code and open_:
            opener = open_.pop()
            if CLOSERS[region[opener]] == char:
                found[opener] = i
        elif char in "\"'`" and places[i] == CODE and places[i + 1] == STRING and region[i : i + 3] != char * 3:
            line = re.compile(r"[^\r\n]*").match(region, i + 1)
            end = line.end() if line else i
            close = (
                j for j in range(i + 1, end) if region[j] == char and places[j] == STRING and places[j + 1] == CODE
            )
            if (closer := next(close, None)) is not None:
                found[i] = closer
    return found
