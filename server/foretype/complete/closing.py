"""Blocks that ended before their brackets were closed are closed, so that what is offered leaves none open."""

from __future__ import annotations

from foretype.complete.filters.brackets import OPENERS, lex, lexicon, match
from foretype.complete.filters.candidate import Surroundings
from foretype.complete.filters.outlook import KINDS, closings, count, outlook
from foretype.syntax.lexical import indentation

CUT_OFF = frozenset({"limit", "repetition", "code fence", "end"})
"""Reasons of ``stop.cut`` that say nothing of where a block would have ended: a model's own end is often too early."""


def closed(text: str, surroundings: Surroundings) -> str:
    """The text with what closes the brackets that it opened and that nothing below closes.

    Those of one line are closed on one line, indented like it. A text that ends inside a string or comment stays.
    """
    if not count(surroundings) or surroundings.after.strip():
        return text
    words, start = lexicon(surroundings.spec), len(surroundings.before)
    whole = surroundings.before + text.rstrip()
    lexed = lex(words, whole)
    if lexed.quote or lexed.comment:
        return text
    counts = closings(words, surroundings.before, text)
    missing = list(outlook(surroundings).due)
    if counts:
        missing = [due - done for due, done in zip(missing, counts[-1][1], strict=True)]
    lines: dict[int, str] = {}
    for opener in reversed(match(lexed.brackets).openers):
        kind = KINDS[opener.char]
        if opener.offset < start or missing[kind] <= 0:
            break
        missing[kind] -= 1
        line = whole.rfind("\n", 0, opener.offset) + 1
        lines[line] = lines.get(line, "") + OPENERS[opener.char]
    ends = (indentation(whole[line:].split("\n", 1)[0]) + closers for line, closers in lines.items())
    return "\n".join((text.rstrip(), *ends)) if lines else text
