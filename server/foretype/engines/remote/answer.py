"""From what a service generates to what it answers: without reasoning, fence and repetition, up to the first stop."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foretype.engines.remote.healing import Agreement
from foretype.prompt.fences import opening_length

_CLOSING = re.compile(r"\n[ \t]*(?:```|~~~)")
_CLOSING_BEGUN = re.compile(r"\n[ \t]*(?:`{0,2}|~{0,2})\Z")
THINK, THOUGHT = "<think>", "</think>"


class Reasoning:
    """Leaves out ``<think>...</think>`` at an answer's beginning, and the blank lines after it."""

    def __init__(self) -> None:
        self._held = ""
        self._state = "begun"

    def feed(self, text: str) -> str:
        """What of the text is no reasoning."""
        if self._state == "past":
            return text
        self._held += text
        if self._state == "begun":
            stripped = self._held.lstrip()
            if not stripped.startswith(THINK):
                return "" if THINK.startswith(stripped) else self._end(self._held)
            self._state = "inside"
            self._held = stripped[len(THINK) :]
        if self._state == "inside":
            before, found, after = self._held.partition(THOUGHT)
            if not found:
                self._held = before[-len(THOUGHT) :]
                return ""
            self._state = "after"
            self._held = after
        rest = self._held.lstrip("\r\n")
        return self._end(rest) if rest else ""

    def flush(self) -> str:
        """What is left at the answer's end."""
        return self._end(self._held) if self._state == "begun" else ""

    def _end(self, text: str) -> str:
        self._state = "past"
        self._held = ""
        return text


class Unfenced:
    """Takes code out of a fence that the whole answer stands in, with a sentence before it."""

    def __init__(self) -> None:
        self._held = ""
        self._state = "begun"
        self._unsaid = 0

    @property
    def over(self) -> bool:
        """Whether the fence was closed."""
        return self._state == "over"

    def feed(self, text: str) -> str:
        """What of the text stands in the fence, as far as that can be told; all of it where there is none."""
        return self._take(text, done=False)

    def flush(self) -> str:
        """What was held back, at the end."""
        return self._take("", done=True)

    def _take(self, text: str, done: bool) -> str:
        if self._state in ("plain", "over"):
            return text if self._state == "plain" else ""
        text, self._held = self._held + text, ""
        if self._state == "begun":
            visible = text.lstrip()
            length = opening_length(visible, done, only_fence=True) if visible or done else None
            if length is None:
                self._held = text
                return ""
            if not length:
                self._state = "plain"
                return text
            # A fence may close at once: its line end is looked at with what follows, and not given.
            self._state, self._unsaid, text = "inside", 1, visible[length - 1 :]
        closing = _CLOSING.search(text)
        if closing is not None:
            self._state = "over"
        begun = closing or (None if done else _CLOSING_BEGUN.search(text))
        end = begun.start() if begun else len(text)
        self._held = text[end:]
        given, self._unsaid = text[self._unsaid : end], max(0, self._unsaid - end)
        return given


class Stops:
    """Ends a text before the first stop in it; what may be the beginning of a stop is held back."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """What of the text comes before any stop."""
        if self.stopped or not self._stops:
            return "" if self.stopped else text
        held = self._held + text
        found = [at for stop in self._stops if (at := held.find(stop)) >= 0]
        if found:
            self.stopped = True
            self._held = ""
            return held[: min(found)]
        keep = max((_overlap(held, stop) for stop in self._stops), default=0)
        self._held = held[len(held) - keep :]
        return held[: len(held) - keep]

    def flush(self) -> str:
        """What is left at the answer's end."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """How much of the text's end is a beginning of the stop."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)


class Answer:
    """All of these, in the order in which they apply; ``fenced`` if the answer may stand in a fence."""

    def __init__(self, typed: str, strict: bool, stops: Sequence[str], reasons: bool, fenced: bool = False) -> None:
        self._reasoning = Reasoning() if reasons else None
        self._unfenced = Unfenced() if fenced else None
        self._agreement = Agreement(typed, strict)
        self._stops = Stops(stops)

    @property
    def over(self) -> bool:
        """Whether nothing more will come of what is generated."""
        closed = self._unfenced is not None and self._unfenced.over
        return closed or self._stops.stopped or self._agreement.disagrees

    @property
    def stopped(self) -> bool:
        """Whether a stop appeared."""
        return self._stops.stopped

    def feed(self, text: str) -> str:
        """The part of the answer that more generated text settles."""
        if self._reasoning is not None:
            text = self._reasoning.feed(text)
        if self._unfenced is not None:
            text = self._unfenced.feed(text)
            if self._unfenced.over:
                # Nothing follows that would bring out what is held back.
                return self._last(text)
        return self._stops.feed(self._agreement.feed(text)) if text else ""

    def flush(self) -> str:
        """What was held back, at the end."""
        rest = self._reasoning.flush() if self._reasoning is not None else ""
        if self._unfenced is not None:
            rest = self._unfenced.feed(rest) + self._unfenced.flush()
        return self._last(rest)

    def _last(self, text: str) -> str:
        agreed = self._agreement.feed(text) + self._agreement.flush()
        before = self._stops.feed(agreed)
        return before if self._stops.stopped else before + self._stops.flush()
