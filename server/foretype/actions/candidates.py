"""Edits that may be right: code for a target, where it came from, and what was proved of it."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.actions.answers import with_endings
from foretype.actions.target import Target
from foretype.actions.verdict import Verdict
from foretype.text.documents import Snapshot


@dataclass(frozen=True, slots=True)
class Candidate:
    """``code`` is what the target's text becomes, with the document's line endings.

    The lower the ``cost``, the likelier it is.
    """

    code: str
    origin: str
    cost: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate and its verdict."""

    candidate: Candidate
    verdict: Verdict


def candidate(snapshot: Snapshot, target: Target, code: str, origin: str, cost: float) -> Candidate:
    """A candidate whose line endings are those of its place."""
    like = target.text if "\n" in target.text or "\r" in target.text else snapshot.lines[target.start.line]
    return Candidate(with_endings(code, like), origin, cost)


def text_with(snapshot: Snapshot, target: Target, code: str) -> str:
    """The document's text with the target replaced."""
    lines = snapshot.lines
    before = "".join(lines[: target.start.line]) + lines[target.start.line][: target.start.column]
    after = lines[target.end.line][target.end.column :] + "".join(lines[target.end.line + 1 :])
    return before + code + after
