"""Characters that a reader doesn't see, or that show text in another order than it is read by machines."""

from __future__ import annotations

import re

from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings

# Bidirectional controls as in "Trojan Source" (Boucher and Anderson 2021), then what Unicode draws as nothing
# (default ignorable code points without the variation selectors and joiners that emoji and scripts need),
# control characters but tab and line feed, line and paragraph separators, surrogates, and what stands for bytes
# that are no text.
_UNSAFE = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]"
    "|(?<![^\x00-\x7f])[\u200c\u200d\ufe00-\ufe0f]"
)


def invisible(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Refuses text with an invisible, bidirectional or control character. Holds for growing text: it stays refused."""
    return Rejection("has invisible or bidirectional characters") if _UNSAFE.search(candidate.text) else candidate


def first_unsafe(text: str) -> int | None:
    """Where such a character stands, if there is one."""
    found = _UNSAFE.search(text)
    return found.start() if found else None
