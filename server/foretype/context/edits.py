"""Where files were edited lately, followed through later edits of the same file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

MOST_EDITS = 12
NEAR = 6
"""Edits so many lines apart are one."""


@dataclass(frozen=True, slots=True)
class EditedLines:
    """Lines of a file that were edited, both ends included."""

    path: str
    first: int
    last: int


def changed_lines(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int] | None:
    """The one replacement between two texts: first line, its end in the old and in the new; None if they are equal.

    Ends are not included.
    """
    shorter = min(len(old), len(new))
    first = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    if first == len(old) == len(new):
        return None
    rest = shorter - first
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    return first, len(old) - tail, len(new) - tail


class RecentEdits:
    """The last few places that were edited, the latest first."""

    def __init__(self) -> None:
        self._edits: list[EditedLines] = []

    @property
    def edits(self) -> tuple[EditedLines, ...]:
        """The places, the latest first."""
        return tuple(self._edits)

    def note(self, path: str, old: Sequence[str], new: Sequence[str]) -> None:
        """Records how a file changed; what was known of its other lines moves along."""
        changed = changed_lines(old, new)
        if changed is None:
            return
        first, old_end, new_end = changed
        fresh = EditedLines(path, first, max(first, new_end - 1))
        kept = []
        for edit in self._edits:
            moved = edit if edit.path != path else _moved(edit, first, old_end, new_end)
            if moved.path == path and moved.first - NEAR <= fresh.last and fresh.first <= moved.last + NEAR:
                fresh = EditedLines(path, min(fresh.first, moved.first), max(fresh.last, moved.last))
            else:
                kept.append(moved)
        self._edits = [fresh, *kept][:MOST_EDITS]

    def forget(self, path: str) -> None:
        """Forgets a file."""
        self._edits = [edit for edit in self._edits if edit.path != path]


def _moved(edit: EditedLines, first: int, old_end: int, new_end: int) -> EditedLines:
    if edit.first >= old_end:
        return replace(edit, first=edit.first + new_end - old_end, last=edit.last + new_end - old_end)
    if edit.last < first:
        return edit
    return replace(edit, first=min(edit.first, first), last=max(first, edit.last + new_end - old_end))
