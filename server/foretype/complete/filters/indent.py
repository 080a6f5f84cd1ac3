"""Indentation of what is inserted, in the file's own manner. Odd alignment is left as it is."""

from __future__ import annotations

from foretype.complete.filters.brackets import lex, lexicon, match
from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.lines import level, visible
from foretype.syntax.languages import Bodies
from foretype.syntax.lexical import indentation, width

_CONTEXT = 8
_LARGEST_STEP = 4
"""Columns; no model indents by more for each level."""
_OPENING = (":", "{", "do", "then", "else", "=>", "->", "=", "|", "\\")


def indent(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Drops blanks that double those before the cursor; gives lines that follow the file's tabs or spaces, its step,
    and the cursor's depth where a body was written as if its header stood at the left margin.

    May lengthen the text. Holds for growing text that ends with a line's end or within its first line: what is done
    to a line depends on that line, the first, and the first after it that isn't blank.
    """
    first, *rest = candidate.text.split("\n")
    lines = [_first(first, surroundings), *rest]
    if not surroundings.prose and any(line.strip() for line in rest):
        converted = _rescaled(first, lines[0], _converted(rest, surroundings), surroundings)
        lines[1:] = _shifted(lines[0], converted, surroundings)
    text = "\n".join(lines)
    return candidate.with_text(text, surroundings)


def _first(line: str, surroundings: Surroundings) -> str:
    before, lead = surroundings.before, indentation(line)
    code = line[len(lead) :]
    if not lead or not code:
        return line
    if before and not before.isspace():
        comment = surroundings.spec.line_comment
        aligned = lead != " " or before[-1] != " " or before[-2:].isspace()
        return line if aligned or (comment is not None and code.startswith(comment)) else code
    return code if _doubles(width(before), width(before + lead), surroundings) else line


def _doubles(cursor: int, begin: int, surroundings: Surroundings) -> bool:
    """Whether a line that would begin at column ``begin`` should rather begin at the cursor's."""
    above, below = visible(surroundings.above), visible(surroundings.below)
    if not above:
        return False
    last = above[-1].rstrip()
    brackets = lex(lexicon(surroundings.spec), "\n".join(above[-_CONTEXT:])).brackets
    if any(opener.char in "([" for opener in match(brackets).openers):
        return False
    depths = {level(line) for line in above if level(line) <= level(last)} | {level(line) for line in below[:1]}
    if last.endswith(_OPENING):
        depths = {depth for depth in depths if depth > level(last)} | {level(last) + width(surroundings.indent_unit)}
    return cursor in depths and begin not in depths


def _converted(rest: list[str], surroundings: Surroundings) -> list[str]:
    """The lines with the file's kind of blanks, if the file has one kind only."""
    leads = [indentation(line) for line in rest if line.strip() and indentation(line)]
    if not leads:
        return rest
    own = [indentation(line) for line in (*surroundings.above, surroundings.before, *surroundings.below)]
    if surroundings.indent_unit == "\t" or surroundings.before.startswith("\t"):
        step = next((size for size in (4, 2) if len(leads[0]) % size == 0), 0)
        if not step or "\t" in leads[0] or any(" " in lead for lead in own):
            return rest
        return [_with_tabs(line, step) for line in rest]
    if any("\t" in lead for lead in own) or not surroundings.indent_unit:
        return rest
    return [_with_spaces(line, surroundings.indent_unit) for line in rest]


def _with_tabs(line: str, step: int) -> str:
    lead = indentation(line)
    if "\t" in lead or len(lead) % step or not line.strip():
        return line
    return "\t" * (len(lead) // step) + line[len(lead) :]


def _with_spaces(line: str, unit: str) -> str:
    lead = indentation(line)
    return line if " " in lead else unit * len(lead) + line[len(lead) :]


def _rescaled(written: str, first: str, rest: list[str], surroundings: Surroundings) -> list[str]:
    """The lines in the file's step, if the answer was written in a larger one from its first line on.

    That is so if the first line was moved left to the cursor, and the next one stands where it would follow on the line
    as it was ``written``. Where the answer has no such step, or a line isn't on one, it is moved as far as the first.
    """
    before, unit = surroundings.before, width(surroundings.indent_unit)
    if written == first or before.strip() or "\t" in before + written or not unit or surroundings.indent_unit == "\t":
        return rest
    cursor, begin = len(before), len(before) + len(indentation(written))
    body = next(level(line) for line in rest if line.strip())
    opens = first.rstrip().endswith(_OPENING)
    if (body <= begin) if opens else (body != begin):
        return rest
    depth, odd = divmod(cursor, unit)
    step = begin // depth if depth and not odd and begin % depth == 0 else 0
    step = step if 0 < step <= _LARGEST_STEP and body % step == 0 else 0
    return [_at_step(line, step, unit, begin - cursor) for line in rest]


def _at_step(line: str, step: int, unit: int, moved: int) -> str:
    lead = indentation(line)
    if "\t" in lead or not line.strip():
        return line
    on_step = step and len(lead) % step == 0
    columns = len(lead) // step * unit if on_step else max(0, len(lead) - moved)
    return " " * columns + line[len(lead) :]


def _shifted(first: str, rest: list[str], surroundings: Surroundings) -> list[str]:
    """The lines moved right by the cursor's line's indentation, if they were written without it."""
    base = indentation(surroundings.before)
    header = (surroundings.before + first).rstrip()
    body = next(line for line in rest if line.strip())
    opens = {Bodies.INDENTATION: ":", Bodies.BRACES: "{"}.get(surroundings.spec.bodies)
    if not base or opens is None or not header.endswith(opens) or not 0 < level(body) <= width(base):
        return rest
    return [base + line if line.strip() else line for line in rest]
