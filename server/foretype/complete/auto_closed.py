"""Closers that the editor has put right of the cursor by itself: no protocol tells of them, but snapshots do."""

from __future__ import annotations

from foretype.text.documents import Snapshot
from foretype.text.positions import Point

_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}


def auto_closed(before: str, old: Snapshot | None, new: Snapshot, cursor: Point) -> str:
    """The beginning of the text after the cursor that appeared there as openers were typed.

    ``before`` is what that was at the last request. Only what is typed into the cursor's line counts; anything else
    that changed begins anew.
    """
    if old is None or len(old.lines) != len(new.lines) or old.uri != new.uri:
        return ""
    was, left, right = old.body(cursor.line), new.before(cursor), new.after(cursor)
    for length in range(len(right) + 1):
        fresh, rest = right[:length], right[length:]
        start = was[: len(was) - len(rest)]
        if not (was.endswith(rest) and left.startswith(start)):
            continue
        if fresh and fresh != _closers(left[len(start) :]):
            continue
        return fresh + before if rest.startswith(before) else fresh
    return ""


def _closers(typed: str) -> str:
    """What closes the brackets and quotes that a typed text leaves open."""
    open_ones: list[str] = []
    for char in typed:
        if open_ones and char == open_ones[-1]:
            open_ones.pop()
        elif char in _PAIRS and (not open_ones or open_ones[-1] not in "\"'`"):
            open_ones.append(_PAIRS[char])
    return "".join(reversed(open_ones))
