"""Semicolons where a language can do without and the file does."""

from __future__ import annotations

import re
from functools import lru_cache

from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.lines import visible
from foretype.syntax.languages import LanguageSpec, Semicolons
from foretype.syntax.lexical import code_alone, lex

ENOUGH = 3
"""Statements without a semicolon, beside none with one, that make it the file's habit."""

_COULD_HAVE_ONE = re.compile(r"[\w)\]'\"`]\s*$")
_JOINS = tuple("([`+-*/,.")
"""What a line may begin with to be read as going on with the line above (ECMA-262, 12.10)."""


def semicolons(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Takes semicolons off the ends of lines, in a file whose statements end without.

    One that an empty body needs or that keeps two lines apart stays. Holds for growing text.
    """
    spec = surroundings.spec
    if surroundings.prose or spec.semicolons is not Semicolons.OPTIONAL or ";" not in candidate.text:
        return candidate
    if surroundings.after[candidate.replaces :].strip() or not _does_without(surroundings):
        return candidate
    lines = candidate.text.split("\n")
    kept = [_without(spec, surroundings.before, lines, number) for number in range(len(lines))]
    return candidate.with_text("\n".join(kept), surroundings)


@lru_cache(maxsize=64)
def _does_without(surroundings: Surroundings) -> bool:
    code = (code_alone(surroundings.spec, "\n".join(lines)) for lines in (surroundings.above, surroundings.below))
    lines = visible(tuple("\n".join(code).split("\n")))
    if any(line.rstrip().endswith(";") for line in (*surroundings.above, *surroundings.below)):
        return False
    header = surroundings.spec.header
    could = (line for line in lines if _COULD_HAVE_ONE.search(line) and not (header and re.match(header, line.strip())))
    return sum(1 for _ in could) >= ENOUGH


def _without(spec: LanguageSpec, before: str, lines: list[str], number: int) -> str:
    """A line without the semicolon at its end, if there is one to take off."""
    line = lines[number]
    bare = line.rstrip().rstrip(";").rstrip()
    if bare == line.rstrip() or not bare.strip():
        return line
    follows = next((other.strip() for other in lines[number + 1 :] if other.strip()), "")
    whole = (before if number == 0 else "") + bare
    if follows.startswith(_JOINS) or (spec.header and re.match(spec.header, whole.strip())):
        return line
    text = before + "\n".join((*lines[:number], bare))
    state = lex(spec, text)
    # In round brackets they part a loop's header.
    is_inside = state.string is not None or state.comment or any(text[at] == "(" for at in state.brackets)
    return line if is_inside else bare
