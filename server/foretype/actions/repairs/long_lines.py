"""Lines that are too long: comments and documentation wrapped. Code is for the formatter."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from foretype.actions.repairs.source import LONGEST_LINE, Change, Place, Repair, Source
from foretype.text.edits import body


def wrapped(source: Source, place: Place) -> Iterator[Repair]:
    """A comment or a line of documentation in several lines; a comment after code in a line before it."""
    limit = re.search(r"> (\d+)\)", place.message)
    width = int(limit.group(1)) if limit is not None else LONGEST_LINE
    number = source.text.count("\n", 0, place.start) + 1
    line, start = body(source.lines[number - 1]), source.line_start(number)
    indent = source.blanks(number)
    comments = source.comments(number, number)
    if comments and line.rstrip().endswith(comments[-1].rstrip()):
        comment = comments[-1].rstrip()
        code = line[: len(line.rstrip()) - len(comment)].rstrip()
        rows = _comment(comment, indent, width)
        if not code.strip():
            yield Repair((Change(start, start + len(line), source.ending.join(rows)),))
        elif len(code) <= width and source.is_whole_line(number):
            yield Repair((Change(start, start + len(line), source.ending.join([*rows, code])),))
        return
    if number in _documentation(source):
        rows = textwrap.wrap(line.strip(), width - _columns(indent), break_long_words=False, break_on_hyphens=False)
        if len(rows) > 1:
            yield Repair((Change(start, start + len(line), source.ending.join(f"{indent}{row}" for row in rows)),))


def _comment(comment: str, indent: str, width: int) -> list[str]:
    mark = re.match(r"#+[:!]?\s*", comment)
    lead = mark.group() if mark is not None else "# "
    text = comment[len(lead) :]
    rows = textwrap.wrap(text, width - _columns(indent) - len(lead), break_long_words=False, break_on_hyphens=False)
    return [f"{indent}{lead}{row}" for row in rows or [text]]


def _columns(indent: str) -> int:
    """How wide an indentation is where a tab is as wide as four blanks, as for ruff."""
    return len(indent.expandtabs(4))


def _documentation(source: Source) -> frozenset[int]:
    """The lines (counted from 1) inside of docstrings, but for those with the quotes."""
    found: set[int] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.update(range(node.lineno + 1, node.end_lineno or node.lineno))
    return frozenset(found)
