"""Streaming stop rules: what of the text decoded so far belongs to the answer, and whether the answer is whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.complete.blocks import block_end
from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.chain import VISIBLE
from foretype.complete.filters.tokens import fence_end, opening, special_tokens
from foretype.complete.filters.unsafe import first_unsafe
from foretype.syntax.intent import Intent
from foretype.syntax.lexical import code_of_line, opens_block

_UNFINISHED = (*"([{,:=+-*/%&|<>?.\\~^@!", "and", "or", "not", "in")
_WORD_END = re.compile(r"(?:[\w$@#]|\d\.)+\Z")


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a stream that belongs to the answer.

    ``text`` has ``\\n`` for line endings. Once ``complete``, nothing that the stream goes on with changes ``text``;
    ``reason`` then says what ended the answer, in a few plain words.
    """

    text: str
    complete: bool
    reason: str


def cut(
    text: str, intent: Intent, surroundings: Surroundings, done: bool, max_lines: int, truncated: bool = False
) -> Cut:
    """Cuts what a stream has brought so far.

    ``done`` says that no more will come, ``truncated`` that it ended at a limit and not by itself: then an
    unfinished line is left out of a block, and an unfinished word off a line. A code fence or sentence that a chat
    model begins with is no part of the answer, nor is anything from a control token, a closing fence or an
    invisible character on.

    A line ends with its first line end after something visible. A line end before that means that the cursor's line
    is finished, and the answer empty, unless the line plainly goes on (it ends with an opener, a comma, an operator
    or the like, and nothing follows the cursor): then the first visible line below is the answer. For blocks see
    ``blocks.block_end``; they have at most ``max_lines`` visible lines.
    """
    text = text if done or not text.endswith("\r") else text[:-1]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    begin = opening(text, surroundings, done)
    if begin is None:
        return Cut("", False, "")
    text, ended = _ended(text[begin:], surroundings)
    finished = done or bool(ended)
    if intent is Intent.BLOCK:
        found = _block(text, surroundings, finished, max_lines)
    else:
        found = _line(text, surroundings, finished)
    if found.reason == "end" and ended:
        return Cut(found.text, True, ended)
    return _without_rest(found, intent) if found.reason == "end" and truncated else found


def _ended(text: str, surroundings: Surroundings) -> tuple[str, str]:
    """The text up to what can be no part of any answer, and what that is."""
    ends: list[tuple[int, str]] = []
    outcome = special_tokens(Candidate(text), surroundings)
    if not isinstance(outcome, Rejection) and outcome.text != text:
        ends.append((len(outcome.text), "special token"))
    if (fence := fence_end(text, surroundings)) is not None:
        ends.append((fence, "code fence"))
    if (unsafe := first_unsafe(text)) is not None:
        # The character stays, for the filters to refuse the answer.
        ends.append((unsafe + 1, "invisible character"))
    if not ends:
        return text, ""
    end, reason = min(ends)
    return text[:end], reason


def _line(text: str, surroundings: Surroundings, done: bool) -> Cut:
    visible = len(text) - len(text.lstrip())
    if "\n" in text[:visible] and not _goes_on(surroundings):
        return Cut("", True, "the line is finished")
    end = text.find("\n", visible)
    if end >= 0 and visible < len(text):
        return Cut(text[:end], True, "line")
    return Cut(text, done, "end" if done else "")


def _goes_on(surroundings: Surroundings) -> bool:
    """Whether the cursor's line plainly needs another one below."""
    code = code_of_line(surroundings.spec, surroundings.before)
    if surroundings.prose or surroundings.after.strip() or not code:
        return False
    return code.endswith(_UNFINISHED) or opens_block(surroundings.spec, [surroundings.before], 0, code)


def _block(text: str, surroundings: Surroundings, done: bool, max_lines: int) -> Cut:
    lines = text.split("\n")
    end = block_end(lines, surroundings, done, max_lines)
    if end is not None:
        return Cut("\n".join(lines[: end.line]) + ("\n" if end.opens_line else ""), True, end.reason)
    return Cut(text, done, "end" if done else "")


def _without_rest(found: Cut, intent: Intent) -> Cut:
    lines = found.text.split("\n")
    if intent is Intent.BLOCK and any(line.strip() for line in lines[:-1]):
        return Cut("\n".join(lines[:-1]), True, "limit")
    return Cut(_whole_words(found.text), True, "limit")


def partial(text: str) -> str | None:
    """What of an unfinished answer may be shown: whole words and numbers, and at least `VISIBLE` visible characters.

    A longer text's part begins with a shorter one's. Blanks at the end are left out, line ends are not.
    """
    part = _whole_words(text)
    shown = sum(not char.isspace() for char in part)
    return part if shown >= VISIBLE else None


def _whole_words(text: str) -> str:
    while text and "\ud800" <= text[-1] <= "\udbff":
        text = text[:-1]
    return _WORD_END.sub("", text).rstrip(" \t")
