"""Token healing for services that take text: the word begun is left out, and the answer has to begin with it."""

from __future__ import annotations

import re

LONGEST_WORD = 16
"""Letters; a word is generated again, so a long one costs tokens before the first new text."""

_TAIL = re.compile(rf"[ \t]?(?:[A-Z]?[a-z]{{1,{LONGEST_WORD}}}|[A-Z]{{1,{LONGEST_WORD}}})?\Z")


def split(text: str) -> tuple[str, str]:
    """Text without its tail, and the tail: a word begun with the one blank before it, or the last blank.

    A prompt that ends inside a token is continued badly, and tokens of code are split at capitals, at underscores and
    before the last of several blanks: ``retur`` is ``ret`` and ``ur`` where ``return`` is one token, and four blanks
    before it are three, and one in front of the word. The two parts together are the text.
    """
    found = _TAIL.search(text)
    at = found.start() if found else len(text)
    if at and text[at:] and text[at].isalpha() and text[at - 1].isalpha() and text[at].islower():
        return text, ""  # the word is longer than what is worth generating again
    return text[:at], text[at:]


class Agreement:
    """Holds an answer back until it has said what was typed already, and leaves that out.

    ``disagrees`` is set when it says something else: nothing of such an answer is given. With ``strict`` false it is
    given as it is, which is for services that may or may not repeat what they were told; so it is where only a blank
    was left out, since services may trim their answers.
    """

    def __init__(self, typed: str, strict: bool = True) -> None:
        self._typed = typed
        self._strict = strict
        self._held = ""
        self._agreed = not typed
        self.disagrees = False

    def feed(self, text: str) -> str:
        """What of the text is new."""
        if self._agreed or self.disagrees:
            return "" if self.disagrees else text
        self._held += text
        if self._held.startswith(self._typed):
            self._agreed = True
            return self._held[len(self._typed) :]
        return "" if self._typed.startswith(self._held) else self._give_up()

    def flush(self) -> str:
        """What is left at the answer's end."""
        return "" if self._agreed or self.disagrees else self._give_up()

    def _give_up(self) -> str:
        if self._strict and self._typed.strip():
            self.disagrees = True
            return ""
        self._agreed = True
        return self._held
