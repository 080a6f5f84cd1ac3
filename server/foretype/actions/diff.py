"""The least edits that make one text of another, as places in a snapshot."""

from __future__ import annotations

import difflib

from foretype.text.edits import Edit, split_lines
from foretype.text.positions import Point


def minimal_edits(start: Point, before: str, after: str) -> tuple[Edit, ...]:
    """Edits, in order and apart from each other, that turn ``before`` into ``after`` where it begins at ``start``."""
    old, new = split_lines(before), split_lines(after)
    edits = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_first, old_last, new_first, new_last in matcher.get_opcodes():
        if tag != "equal":
            removed, added = "".join(old[old_first:old_last]), "".join(new[new_first:new_last])
            edits.append(_trimmed(start, old, old_first, removed, added))
    return tuple(edits)


def _trimmed(start: Point, old: list[str], first: int, removed: str, added: str) -> Edit:
    """The edit without what both texts begin and end with, which never parts a line's ending."""
    prefix = _common(removed, added)
    if removed[prefix - 1 : prefix] == "\r":
        prefix -= 1
    rest, fresh = removed[prefix:], added[prefix:]
    suffix = _common(rest[::-1], fresh[::-1])
    if suffix and rest[len(rest) - suffix] == "\n":
        # "\r\n" on one side and "\n" on the other share their last character only.
        parted = rest[: len(rest) - suffix].endswith("\r") or fresh[: len(fresh) - suffix].endswith("\r")
        suffix -= 1 if parted else 0
    gone, text = rest[: len(rest) - suffix], fresh[: len(fresh) - suffix]
    begin = _after(_after(start, "".join(old[:first])), removed[:prefix])
    return Edit(begin, _after(begin, gone), text)


def _after(point: Point, text: str) -> Point:
    lines = split_lines(text)
    if len(lines) == 1:
        return Point(point.line, point.column + len(text))
    return Point(point.line + len(lines) - 1, len(lines[-1]))


def _common(left: str, right: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
