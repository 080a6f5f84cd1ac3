"""Answers that say again what was there: the text left of the cursor, or what the user has just deleted."""

from __future__ import annotations

import re

from foretype.complete.filters.brackets import faults, lexicon
from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.lines import essence, telling, visible

_FRAGMENT = re.compile(r"[^\W\d]\w{2,}\Z")
_NAME = re.compile(r"\b[^\W\d]")
_MOST_LINES = 3
_LONG_UNDONE = 8


def echo(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Drops what repeats the text left of the cursor: the line so far, with lines above it, or the word begun.

    A whole word is dropped only if it is three letters or more. Only at the end: brackets to come decide whether
    ``f(f(x))`` is meant. Text that begins as an echo is held back while it grows.
    """
    text = candidate.text
    while (shorter := _without_echo(text, surroundings)) != text:
        text = shorter
    return candidate.with_text(text, surroundings)


def _without_echo(text: str, surroundings: Surroundings) -> str:
    begun = surroundings.before.strip()
    start = _after_lines_above(text, surroundings)
    if start and not begun:
        return text[start:].lstrip(" \t")
    if len(begun) > 1 and _NAME.search(begun) and not (begun.endswith(",") and "(" not in begun):
        stripped = text[start:].lstrip(" \t")
        for repeated in (surroundings.before.lstrip(), begun):
            if stripped.startswith(repeated):
                shorter = stripped[len(repeated) :]
                return shorter if start or _no_worse(shorter, text, surroundings) else text
    fragment = _FRAGMENT.search(surroundings.before)
    if fragment and text.startswith(fragment.group()):
        shorter = text[len(fragment.group()) :]
        return shorter if _no_worse(shorter, text, surroundings) else text
    return text


def _after_lines_above(text: str, surroundings: Surroundings) -> int:
    """Where the text goes on after repeating the nearest lines above, or 0."""
    above = visible(surroundings.above[-2 * _MOST_LINES :])
    lines = text.lstrip("\n").split("\n", _MOST_LINES)
    for count in range(min(_MOST_LINES, len(lines) - 1, len(above)), 0, -1):
        if any(map(telling, lines[:count])) and [*map(essence, lines[:count])] == [*map(essence, above[-count:])]:
            return len(text) - len("\n".join(lines[count:]))
    return 0


def _no_worse(shorter: str, text: str, surroundings: Surroundings) -> bool:
    if surroundings.prose:
        return True
    words = lexicon(surroundings.spec)
    return faults(words, surroundings.before + shorter) <= faults(words, surroundings.before + text)


def echo_begun(text: str, surroundings: Surroundings) -> bool:
    """Whether a growing text repeats what stands before it so far."""
    begun = surroundings.before.strip()
    start = text.strip()
    if begun and (start.startswith(begun) or begun.startswith(start)):
        return True
    above = visible(surroundings.above[-2 * _MOST_LINES :])[-_MOST_LINES:]
    first = essence(start.split("\n", 1)[0])
    if any(essence(line).startswith(first) for line in above):
        return True
    fragment = _FRAGMENT.search(surroundings.before)
    return bool(fragment and text.startswith(fragment.group()))


def undo(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Refuses to bring back what the user deleted last, or an answer that begins with it if that was long.

    Only at the end: a short deletion counts only if it is the whole answer.
    """
    undone, text = surroundings.undone.strip(), candidate.text.strip()
    if undone and (text == undone or (len(undone) >= _LONG_UNDONE and text.startswith(undone))):
        return Rejection("brings back what was just deleted")
    return candidate


def undo_begun(text: str, surroundings: Surroundings) -> bool:
    """Whether a growing text may turn out to be what the user deleted last."""
    undone, start = surroundings.undone.strip(), text.strip()
    return bool(undone) and (undone.startswith(start) or (len(undone) >= _LONG_UNDONE and start.startswith(undone)))
