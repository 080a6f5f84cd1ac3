"""Which lines of a document are parsed, and where they went after an edit."""

from __future__ import annotations

from collections.abc import Sequence

_MARGIN = 5
_AHEAD = 40


def choose_region(lines: Sequence[str], cursor_line: int, limit: int) -> tuple[int, int]:
    """The lines to parse, as a half-open range: all of them if they hold at most ``limit`` characters.

    Otherwise a window around the cursor of about that size, two thirds of it above. It begins at a top-level line
    (not indented, not blank, not a closer), after a blank one if possible, so that the fragment parses well; if none is
    near, at the least indented line. It ends before a top-level line if one follows the cursor at some distance.
    """
    if _fits(lines, limit):
        return 0, len(lines)
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
    return _good_start(lines, top, cursor_line), _good_end(lines, cursor_line, bottom)


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


def _good_start(lines: Sequence[str], top: int, cursor_line: int) -> int:
    if top == 0:
        return 0
    candidates = range(top, max(top, cursor_line - _MARGIN) + 1)
    middle = candidates[: max(1, len(candidates) // 2)]
    after_blank = (n for n in middle if is_top_level(lines[n]) and not lines[n - 1].strip())
    found = next(after_blank, None)
    if found is None:
        found = next((n for n in candidates if is_top_level(lines[n])), None)
    if found is not None:
        return found
    return min(candidates, key=lambda n: (len(lines[n]) - len(lines[n].lstrip()) if lines[n].strip() else 10_000, n))


def _good_end(lines: Sequence[str], cursor_line: int, bottom: int) -> int:
    if bottom >= len(lines):
        return len(lines)
    return next((n for n in range(bottom, cursor_line + _AHEAD, -1) if is_top_level(lines[n])), bottom)
