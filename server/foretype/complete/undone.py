"""What the user has just deleted, so that it isn't offered back."""

from __future__ import annotations

from foretype.text.documents import Snapshot
from foretype.text.positions import Point


def undone(before: str, old: Snapshot | None, new: Snapshot, cursor: Point) -> str:
    """The text deleted at the cursor since the last insertion; ``before`` is what that was at the last request.

    Only deletions within the cursor's line count; anything else that changed begins anew.
    """
    if old is None or old is new or old.version == new.version:
        return before
    removed = _removed(old, new, cursor)
    return removed + before if removed else ""


def _removed(old: Snapshot, new: Snapshot, cursor: Point) -> str:
    """What one deletion took from the cursor's line, at the cursor; empty if the line changed otherwise."""
    if len(old.lines) != len(new.lines):
        return ""
    was, left, right = old.lines[cursor.line], new.before(cursor), new.lines[cursor.line][cursor.column :]
    if len(was) <= len(left) + len(right) or not was.startswith(left) or not was.endswith(right):
        return ""
    return was[len(left) : len(was) - len(right)]
