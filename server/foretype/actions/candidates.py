"""Edits that may be right: code for a target, where it came from, and what was proved of it."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.actions.answers import with_endings
from foretype.actions.target import Target
from foretype.actions.verdict import Verdict
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit
from foretype.text.positions import Point


@dataclass(frozen=True, slots=True)
class Candidate:
    """``code`` is what the target's text becomes, with the document's line endings.

    The lower the ``cost``, the likelier it is. ``imports`` are what it needs elsewhere in the file.
    """

    code: str
    origin: str
    cost: float
    imports: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate, its verdict, and what exactly it replaces."""

    candidate: Candidate
    verdict: Verdict
    target: Target


def candidate(snapshot: Snapshot, target: Target, code: str, origin: str, cost: float) -> Candidate:
    """A candidate whose line endings are those of its place."""
    like = target.text if "\n" in target.text or "\r" in target.text else snapshot.lines[target.start.line]
    return Candidate(with_endings(code, like), origin, cost)


def replaced(snapshot: Snapshot, target: Target, code: str) -> Target:
    """What an edit replaces: the target, or the whole of its lines when nothing is left of it."""
    last = target.end.line
    blank_after = not snapshot.lines[last][target.end.column :].strip()
    if code or snapshot.lines[target.start.line][: target.start.column].strip() or not blank_after:
        return target
    start = Point(target.start.line, 0)
    end = Point(last + 1, 0) if last + 1 < len(snapshot.lines) else Point(last, len(snapshot.lines[last]))
    return Target(target.kind, target.name, start, end, snapshot.text_between(start, end), "")


def text_with(snapshot: Snapshot, target: Target, code: str) -> str:
    """The document's text with the target replaced."""
    lines = snapshot.lines
    before = "".join(lines[: target.start.line]) + lines[target.start.line][: target.start.column]
    after = lines[target.end.line][target.end.column :] + "".join(lines[target.end.line + 1 :])
    return before + code + after
