"""The filters in their order, and how they are run over whole and over growing answers."""

from __future__ import annotations

from collections.abc import Callable

from foretype.complete.filters.blanks import blank, trailing_blanks
from foretype.complete.filters.candidate import Candidate, Filtered, Rejection, Surroundings
from foretype.complete.filters.comments import comment_begun, comments
from foretype.complete.filters.echo import echo, echo_begun, undo, undo_begun
from foretype.complete.filters.indent import indent
from foretype.complete.filters.lines import begins, visible
from foretype.complete.filters.loops import held, loop_start, repetition
from foretype.complete.filters.redaction import redaction
from foretype.complete.filters.semicolons import semicolons
from foretype.complete.filters.suffix import meets, meets_begun, next_lines, without_brace
from foretype.complete.filters.tail import brackets, rest_of_line, safe_end, tail_begun
from foretype.complete.filters.tokens import chat, leak_begun, special_tokens
from foretype.complete.filters.unsafe import invisible
from foretype.trust.secrets import secret_begun

Filter = Callable[[Candidate, Surroundings], Candidate | Rejection]

FILTERS: tuple[tuple[str, Filter], ...] = (
    ("special tokens", special_tokens),
    ("code fence", chat),
    ("invisible characters", invisible),
    ("redaction", redaction),
    ("echo", echo),
    ("undo", undo),
    ("comments", comments),
    ("indentation", indent),
    ("repetition", repetition),
    ("next lines", next_lines),
    ("rest of line", rest_of_line),
    ("brackets", brackets),
    ("semicolons", semicolons),
    ("trailing blanks", trailing_blanks),
    ("blank", blank),
)
"""In order: first what is no code at all, then what repeats the surroundings, then how it joins them.

Each filter is pure and idempotent. Those that say "only at the end" may change their mind while a text grows.
"""

VISIBLE = 4
"""The fewest visible characters that are worth showing before an answer is whole."""

_MOST_ROUNDS = 8


def run(candidate: Candidate, surroundings: Surroundings) -> Filtered:
    """Runs all filters over a whole answer, again until none changes it: so the chain is idempotent too."""
    current = Candidate(candidate.text.replace("\r\n", "\n").replace("\r", "\n"), candidate.replaces)
    changed: dict[str, None] = {}
    for _ in range(_MOST_ROUNDS):
        start = current
        for name, filter_ in FILTERS:
            outcome = filter_(current, surroundings)
            if isinstance(outcome, Rejection):
                return Filtered(None, tuple(changed), outcome.reason)
            if outcome is not current:
                changed[name] = None
                current = outcome
        if current == start:
            return Filtered(current, tuple(changed))
    return Filtered(None, tuple(changed), "the filters do not agree on it")


LATE = frozenset(
    {
        "has invisible or bidirectional characters",
        "has a placeholder for a secret",
        "has a secret in it",
        "goes round in circles",
        "has brackets that cross",
        "leaves a bracket or quote open",
    }
)
"""Reasons for which an answer can still be refused after a part of it was shown: then what was shown stays."""


def run_partial(candidate: Candidate, surroundings: Surroundings) -> Filtered:
    """What of a growing answer can be shown so that all that may come only extends it.

    ``candidate`` is what ``stop.partial`` gave: whole words, and of an answer of several lines all but the last are
    whole. Whatever the stream goes on with, ``run`` over its final cut gives a text that begins with the one given
    here, or refuses it for a reason in `LATE`. Where that can't be promised yet there is no candidate. What is
    replaced after the cursor may still change.
    """
    text = candidate.text[: len(candidate.text) - leak_begun(candidate.text)]
    text = text[: len(text) - secret_begun(text)]
    text = _without_comments(text, surroundings)
    text = text[: len(text) - comment_begun(text, surroundings)].rstrip(" \t")
    for unsafe in (invisible, redaction):
        outcome = unsafe(candidate, surroundings)
        if isinstance(outcome, Rejection):
            return Filtered(None, (), outcome.reason)
    if echo_begun(text, surroundings) or undo_begun(text, surroundings):
        return Filtered(None, (), "may repeat what was there")
    shown = indent(Candidate(text), surroundings)
    text = _settled(text if isinstance(shown, Rejection) else shown.text, surroundings)
    text = _joined(without_brace(text, surroundings), surroundings)
    ended = semicolons(Candidate(text, candidate.replaces), surroundings)
    text = text if isinstance(ended, Rejection) else ended.text
    if sum(not char.isspace() for char in text) < VISIBLE:
        return Filtered(None, (), "too little to show yet")
    joined = rest_of_line(Candidate(text, candidate.replaces), surroundings)
    replaces = candidate.replaces if isinstance(joined, Rejection) else joined.replaces
    return Filtered(Candidate(text, replaces), () if candidate.text.startswith(text) else ("indentation",))


def _without_comments(text: str, surroundings: Surroundings) -> str:
    outcome = comments(Candidate(text), surroundings)
    return text if isinstance(outcome, Rejection) else outcome.text


def _joined(text: str, surroundings: Surroundings) -> str:
    """Without what may yet be trimmed because of what the line goes on with, and what closes more than is open."""
    while True:
        shorter = text[: safe_end(text, surroundings)].rstrip()
        shorter = shorter[: len(shorter) - tail_begun(shorter, surroundings)]
        if shorter == text:
            return text
        text = shorter


def _settled(text: str, surroundings: Surroundings) -> str:
    """Without the lines that may yet turn out to repeat what is around them, and an unfinished line but the first."""
    lines = text.split("\n")
    first = surroundings.before + lines[0]
    above, below = visible(surroundings.above)[-1:], visible(surroundings.below)[:1]
    if len(lines) == 1:
        return "" if any(begins(first, other) for other in (*above, *below)) else text
    whole = lines[:-1]
    numbers = (
        held([first, *whole[1:]], surroundings),
        meets_begun(whole, surroundings),
        meets(whole, surroundings, False),
        loop_start([first, *whole[1:]], surroundings),
    )
    return "\n".join(whole[: min(number for number in numbers if number is not None)])
