"""What a filter is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from foretype.syntax.languages import PLAIN, LanguageSpec

WINDOW = 30
"""Lines above and below that are enough; fewer mean that the file begins or ends there."""


def nothing_is_secret(before: str, text: str, after: str) -> bool:
    """For where nobody can tell."""
    return False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The text around the cursor, and what is known about it. Everything without line endings.

    ``before`` and ``after`` are the cursor's line on both sides of the cursor, ``above`` the lines over it with the
    nearest last, ``below`` those under it with the nearest first: `WINDOW` of each (more do no harm), fewer only where
    the file begins or ends. ``indent_unit`` is one level of the file's indentation. ``auto_closed`` is what the
    editor put right of the cursor when an opener was typed (a beginning of ``after``), if that is known. ``undone``
    is the text that the user deleted last, at the cursor. ``prose`` says that the cursor stands in a comment, or in
    a string that spans lines: brackets and quotes mean nothing there. ``holds_secret`` says whether a text has a
    secret in it, given what stands before it, the text, and what stands after it.
    """

    before: str
    after: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    spec: LanguageSpec = field(default=PLAIN, repr=False)
    indent_unit: str = "    "
    auto_closed: str = ""
    undone: str = ""
    prose: bool = False
    holds_secret: Callable[[str, str, str], bool] = field(default=nothing_is_secret, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Text to insert at the cursor, with ``\\n`` as line ending, and how many characters after the cursor it replaces.

    What is replaced is always part of ``text``, in order, so that an editor can show the rest as an insertion.
    """

    text: str
    replaces: int = 0

    def with_text(self, text: str, surroundings: Surroundings) -> Candidate:
        """The candidate with another text; itself if that is the same. It replaces nothing that isn't in it."""
        if text == self.text:
            return self
        kept = contains(text, surroundings.after[: self.replaces])
        return Candidate(text, self.replaces if kept else 0)


def contains(text: str, part: str) -> bool:
    """Whether the characters of ``part`` stand in ``text`` in order."""
    rest = iter(text)
    return all(char in rest for char in part)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A filter's refusal; ``reason`` completes "rejected: ..."."""

    reason: str


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the chain made of a candidate: the candidate, or None and why; ``changed_by`` names filters, in order."""

    candidate: Candidate | None
    changed_by: tuple[str, ...] = ()
    rejected: str | None = None
