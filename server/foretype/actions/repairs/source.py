"""A Python file with its syntax tree, and changes to it by places in its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from foretype.syntax.indents import indent_unit
from foretype.text.edits import body, split_lines

Node = TypeVar("Node", bound=ast.AST)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LONGEST_LINE = 88


@dataclass(frozen=True, slots=True)
class Change:
    """Characters of a text, from ``start`` to ``end`` (not included), to replace."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that belong together.

    ``imports`` are lines that they need at the top of the file. ``taken`` says what was taken for granted, where the
    repair depends on something that the file's text doesn't show.
    """

    changes: tuple[Change, ...]
    imports: tuple[str, ...] = ()
    taken: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What a finding is about: a part of the source, and the finding's text."""

    start: int
    end: int
    message: str


class Source:
    """A Python file. Its tree is Python's own, which knows no comments; columns become characters here.

    Raises SyntaxError (and ValueError, for null bytes) when it is no Python that this Python can read.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self.lines = split_lines(text)
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's parent."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def ending(self) -> str:
        """The first line's ending."""
        return self.lines[0][len(body(self.lines[0])) :] or "\n"

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def segment(self, node: ast.AST) -> str:
        """A node's text."""
        return self.text[self.start(node) : self.end(node)]

    def line_start(self, line: int) -> int:
        """Where a line (counted from 1, as the tree does) begins; the text's end for one after the last."""
        return self._starts[min(line, len(self._starts)) - 1]

    def blanks(self, line: int) -> str:
        """What a line (counted from 1) is indented by."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip(" \t"))]

    def unit(self, line: int) -> str:
        """One step of indentation around a line (counted from 1)."""
        return indent_unit(self.lines, line - 1)

    def is_own_line(self, node: ast.stmt) -> bool:
        """Whether a statement has its lines for itself, but for a comment after it."""
        before = self.text[self.line_start(node.lineno) : self.start(node)]
        after = body(self.text[self.end(node) : self.line_start((node.end_lineno or node.lineno) + 1)]).strip()
        return not before.strip() and (not after or after.startswith("#"))

    def is_whole_line(self, line: int) -> bool:
        """Whether a line (counted from 1) begins a statement, so that another may stand before it."""
        return any(isinstance(node, ast.stmt) and node.lineno == line for node in ast.walk(self.tree))

    def around(self, place: Place, *kinds: type[Node]) -> Node | None:
        """The innermost node of some kinds around a place."""
        return min(self.all_around(place, *kinds), key=lambda node: self.end(node) - self.start(node), default=None)

    def all_around(self, place: Place, *kinds: type[Node]) -> Iterator[Node]:
        """The nodes of some kinds around a place, the outermost first."""
        for node in ast.walk(self.tree):
            if isinstance(node, kinds) and self.start(node) <= place.start and place.end <= self.end(node):
                yield node

    def beginning(self, place: Place, *kinds: type[Node]) -> Node | None:
        """The node of some kinds that begins where a place does, the largest."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, kinds) and self.start(node) == place.start]
        return max(found, key=self.end, default=None)

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, the innermost first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The innermost function that a node is in."""
        return next((each for each in self.up(node) if isinstance(each, FUNCTIONS)), None)

    def function_around(self, place: Place) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The innermost function around a place."""
        found: list[ast.FunctionDef | ast.AsyncFunctionDef] = list(self.all_around(place, ast.FunctionDef))
        found += self.all_around(place, ast.AsyncFunctionDef)
        return min(found, key=lambda node: self.end(node) - self.start(node), default=None)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node is, or is in."""
        return next(each for each in (node, *self.up(node)) if isinstance(each, ast.stmt))

    def block(self, statement: ast.stmt) -> tuple[list[ast.stmt], int]:
        """The block that a statement is in, and which of it the statement is."""
        parent = self.parents[statement]
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and statement in block:
                return block, block.index(statement)
        raise ValueError("a statement is in no block")

    @cached_property
    def names(self) -> frozenset[str]:
        """All identifiers in the file, of whatever kind."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            for _, value in ast.iter_fields(node):
                if isinstance(value, str) and not isinstance(node, ast.Constant):
                    found.update(value.split("."))
                elif isinstance(value, list):
                    found.update(each for each in value if isinstance(each, str))
        return frozenset(found)

    def free(self, *wanted: str) -> str:
        """The first of some names that the file uses for nothing, else one with a number."""
        names = (*wanted, *(f"{wanted[0]}_{number}" for number in range(2, 1_000)))
        return next(name for name in names if name not in self.names)

    def first_statement(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt | None:
        """Before which statement of a function something may be put: not its documentation; None if there is none."""
        rest = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
        return rest[0] if rest and rest[0].lineno > function.lineno and self.is_own_line(rest[0]) else None

    def before(self, statement: ast.stmt, line: str) -> Change:
        """A line of code put before a statement that begins a line."""
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))])
        at = self.line_start(first)
        return Change(at, at, f"{self.blanks(first)}{line}{self.ending}")

    def line_end(self, node: ast.AST) -> int:
        """Where the line that a node ends on ends, without its ending."""
        line: int = node.end_lineno  # type: ignore[attr-defined]
        return self.line_start(line) + len(body(self.lines[line - 1]))

    def comments(self, first: int, last: int, outside: Sequence[ast.AST] = ()) -> list[str]:
        """The comments in some lines (counted from 1, both included) that lie in none of some nodes."""
        import io
        import tokenize

        text = "".join(f"{body(line)}\n" for line in self.lines)
        found = [
            (self.line_start(token.start[0]) + token.start[1], token.string)
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT and first <= token.start[0] <= last
        ]
        spans = [(self.start(each), self.end(each)) for each in outside]
        return [text for at, text in found if not any(start <= at < end for start, end in spans)]

    def inside_strings(self) -> frozenset[int]:
        """The lines (counted from 1) whose beginning may lie in a string: no blank may come or go there."""
        found: set[int] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr) or (
                isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
            ):
                found.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
        return frozenset(found)

    def shifted(self, first: int, last: int, remove: str, add: str) -> str:
        """Lines ``first`` to ``last`` (counted from 1, both included) indented otherwise: ``add`` for ``remove``.

        Raises ValueError where that would change a string or a line isn't indented by ``remove``.
        """
        strings = self.inside_strings()
        out = []
        for number in range(first, last + 1):
            line = self.lines[number - 1]
            if number in strings or not body(line).strip():
                out.append(line)
            elif line.startswith(remove):
                out.append(add + line[len(remove) :])
            elif line.lstrip(" \t").startswith("#"):
                out.append(add + line.lstrip(" \t"))
            else:
                raise ValueError("a line is not indented as its block is")
        return "".join(out)

    def _offset(self, line: int, column: int) -> int:
        text = self.lines[line - 1]
        prefix = text[:column]
        if not prefix.isascii():
            prefix = text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore")
        return self._starts[line - 1] + len(prefix)


def applied(text: str, changes: tuple[Change, ...]) -> str:
    """A text after changes, which don't overlap."""
    for change in sorted(changes, key=lambda each: (each.start, each.end), reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def difference(before: str, after: str) -> Change:
    """The one change that makes one text of another."""
    least = min(len(before), len(after))
    start = next((at for at in range(least) if before[at] != after[at]), least)
    same = next((at for at in range(least - start) if before[-1 - at] != after[-1 - at]), least - start)
    return Change(start, len(before) - same, after[start : len(after) - same])
