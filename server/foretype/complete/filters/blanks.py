"""Blanks at the end, and nothing but blanks."""

from __future__ import annotations

from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings


def trailing_blanks(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Takes blanks off the text's end; where the line goes on, only those that would double.

    Holds for growing text that is shown without the blanks at its end.
    """
    rest = surroundings.after[candidate.replaces :]
    text = candidate.text
    if not rest.strip():
        text = text.rstrip()
    elif rest[0] in " \t" and text.rsplit("\n", 1)[-1].strip():
        text = text.rstrip(" \t")
    return candidate.with_text(text, surroundings)


def blank(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Refuses an answer in which there is nothing to see. Only at the end."""
    return candidate if candidate.text.strip() else Rejection("blank")
