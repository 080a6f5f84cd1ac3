"""What models that were taught to chat put before and around code: a sentence, and a code fence."""

from __future__ import annotations

import re

FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
FENCED = frozenset({"markdown", "md", "mdx", "quarto", "rmd"})
"""Languages in which a fence is text like any other, by all their names."""

_OPENING = re.compile(r"[ \t]*(?:```|~~~)[^\n]*\n")
_OPENING_BEGUN = re.compile(r"[ \t]*(?:`{1,2}|~{1,2}|(?:```|~~~)[^\n]*)")
_SENTENCE = re.compile(
    r"[ \t]*(?:sure|certainly|of course|here(?:'s| is| are)|below is"
    r"|the (?:completed?|following|missing|updated|fixed))\b[^\n]*[:!.][ \t]*\n\s*",
    re.IGNORECASE,
)
_SENTENCE_BEGUN = re.compile(r"[ \t]*(?:sure|certainly|of(?: course)?|here(?:'s)?|below|the)\b", re.IGNORECASE)
_FIRST_WORDS = ("sure", "certainly", "of", "here", "below", "the")


def opening_length(text: str, done: bool, only_fence: bool = False) -> int | None:
    """The length of a sentence and a fence that a text begins with; None while that can't be told.

    ``done`` says that no more of the text will come. With ``only_fence``, a sentence counts only before a fence.
    """
    length = 0
    if sentence := _SENTENCE.match(text):
        length = sentence.end()
    elif not done and _may_be_sentence(text):
        return None
    if opening := _OPENING.match(text, length):
        return opening.end()
    if not done and _OPENING_BEGUN.fullmatch(text, length):
        return None
    if not done and only_fence and length == len(text):
        return None
    return 0 if only_fence else length


def _may_be_sentence(text: str) -> bool:
    """Whether a growing text may turn out to begin with a sentence."""
    begun = text.strip(" \t").lower()
    is_word_begun = bool(begun) and any(word.startswith(begun) for word in _FIRST_WORDS)
    return "\n" not in text and (is_word_begun or _SENTENCE_BEGUN.match(text) is not None)


def fence_start(text: str) -> int | None:
    """Where the first line with a fence begins."""
    found = FENCE.search(text)
    return found.start() if found else None
