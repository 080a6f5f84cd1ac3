"""Control tokens spelled out as text, and what chat models put around code."""

from __future__ import annotations

import re

from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.prompt.families import LEAKS
from foretype.prompt.fences import FENCE, FENCED, fence_start, opening_length

_LEAK = re.compile("|".join(re.escape(leak) for leak in sorted(LEAKS, key=len, reverse=True)))
_LONGEST = max(map(len, LEAKS))


def special_tokens(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Ends the text where a control token is spelled out, unless the lines around spell any out: they are about them.

    Holds for growing text, once ``leak_begun`` is held back.
    """
    found = _LEAK.search(candidate.text)
    if found is None or any(_LEAK.search(line) for line in _near(surroundings)):
        return candidate
    return candidate.with_text(candidate.text[: found.start()], surroundings)


def leak_begun(text: str) -> int:
    """How many characters at the end of a growing text may be the beginning of a control token."""
    start = text.find("<", max(0, len(text) - _LONGEST))
    while start >= 0:
        if any(leak.startswith(text[start:]) for leak in LEAKS):
            return len(text) - start
        start = text.find("<", start + 1)
    return 0


def _near(surroundings: Surroundings) -> tuple[str, ...]:
    return (*surroundings.above, surroundings.before, surroundings.after, *surroundings.below)


def chat(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Takes code out of a fence, drops a sentence before it, and ends the text at a closing fence.

    Only at the end: a sentence is known by its end. Text that may be one is held back while it grows.
    """
    if not fences(surroundings):
        return candidate
    text = candidate.text[opening(candidate.text, surroundings, True) or 0 :]
    end = fence_end(text, surroundings)
    if end is not None:
        text = text[:end]
    return candidate.with_text(text, surroundings)


def opening(text: str, surroundings: Surroundings, done: bool) -> int | None:
    """The length of a sentence and a fence that a text begins with; None while that can't be told.

    In comments and documentation a sentence may be the answer: it counts only before a fence.
    """
    return opening_length(text, done, surroundings.prose) if fences(surroundings) else 0


def fence_end(text: str, surroundings: Surroundings) -> int | None:
    """Where a line with a fence begins after something visible; its line end is left out."""
    start = fence_start(text) if fences(surroundings) else None
    return None if start is None else len(text[:start].rstrip("\n"))


def fences(surroundings: Surroundings) -> bool:
    """Whether a fence in the text can only come from the model: the language has none and none stands around."""
    return surroundings.spec.id not in FENCED and not any(FENCE.match(line) for line in _near(surroundings))
