"""Which lines of a document are parsed, and where they went after an edit."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARGIN = 5
_DEEPEST = 10_000
_AHEAD = 40


def choose_region(lines: Sequence[str], cursor_line: int, limit: int, header: str | None = None) -> tuple[int, int]:
    """The lines to parse, as a half-open range: all of them if they hold at most ``limit`` characters.

    Otherwise a window around the cursor of about that size, two thirds of it above. It begins where a fragment parses
    well and is least likely to be in the middle of a comment or string: at a line that matches ``header`` (see
    ``LanguageSpec``), as little indented as there is, and as far above; without one, at a top-level line (not indented,
    not blank, not a closer). It ends before a top-level line if one follows at some distance. Where no such beginning
    is near, errors are certain and costly, and a quarter of the window must do.
    """
    if _fits(lines, limit):
        return 0, len(lines)
    start, end = _window(lines, cursor_line, limit, header)
    if start == 0 or is_top_level(lines[start]) or (header is not None and re.match(header, lines[start].lstrip())):
        return start, end
    return _window(lines, cursor_line, limit // 4, header)


def keep_region(
    region: tuple[int, int], old: Sequence[str], total: int, lines: Sequence[str], cursor_line: int
) -> tuple[int, int] | None:
    """Where a region lies in the next snapshot, or None when the cursor or an edit has left it.

    ``region`` and ``old`` are the range and the lines parsed last, ``total`` the document's line count then. Only the
    region's edges are looked at: lines above may have been added or removed, or lines inside, or lines below.
    """
    start, end = region
    grown = len(lines) - total
    if start > 0:
        start = next((s for s in (start, start + grown) if 0 <= s < len(lines) and lines[s] == old[0]), -1)
    if start < 0:
        return None
    if end == total:
        end = len(lines)
    else:
        end = next((e for e in (end + grown, end) if start < e <= len(lines) and lines[e - 1] == old[-1]), -1)
    if end < 0 or not start <= cursor_line < end:
        return None
    near_top = start > 0 and cursor_line - start < _MARGIN
    near_bottom = end < len(lines) and end - cursor_line <= _MARGIN
    return None if near_top or near_bottom else (start, end)


def is_top_level(line: str) -> bool:
    """Whether a line begins a statement of its own at the outermost level."""
    return bool(line) and line[0] not in " \t\r\n\f)]}#/*-" and not line.startswith(("else", "end", '"""', "'''"))


def _fits(lines: Sequence[str], limit: int) -> bool:
    total = 0
    for line in lines:
        total += len(line)
        if total > limit:
            return False
    return True


def _window(lines: Sequence[str], cursor_line: int, limit: int, header: str | None) -> tuple[int, int]:
    top = cursor_line
    budget = limit * 2 // 3
    while top > 0 and budget > 0:
        top -= 1
        budget -= len(lines[top])
    bottom = cursor_line
    budget = limit // 3
    while bottom < len(lines) and budget > 0:
        budget -= len(lines[bottom])
        bottom += 1
    return _good_start(lines, top, cursor_line, header), _good_end(lines, cursor_line, bottom)


def _good_start(lines: Sequence[str], top: int, cursor_line: int, header: str | None) -> int:
    if top == 0:
        return 0
    candidates = range(top, max(top, cursor_line - _MARGIN) + 1)
    if header is not None:
        announces = re.compile(rf"(?:{header}).*[:{{(,]\s*$")
        headers = [number for number in candidates if announces.match(lines[number].lstrip())]
        if headers:
            return min(headers, key=lambda number: (_indent(lines[number]), number))
    found = next((number for number in candidates if is_top_level(lines[number])), None)
    return found if found is not None else min(candidates, key=lambda number: (_indent(lines[number]), number))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else _DEEPEST


def _good_end(lines: Sequence[str], cursor_line: int, bottom: int) -> int:
    if bottom >= len(lines):
        return len(lines)
    return next((n for n in range(bottom, cursor_line + _AHEAD, -1) if is_top_level(lines[n])), bottom)
