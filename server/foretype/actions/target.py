"""What an action works on: a node of the tree, as exact places in a snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from foretype.syntax.languages import Languages
from foretype.syntax.queries import Queries
from foretype.syntax.trees import RegionTree, whole_tree
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

if TYPE_CHECKING:
    import tree_sitter

TargetKind = Literal["function", "class", "lines"]


@dataclass(frozen=True, slots=True)
class Target:
    """The text between two points, which is all that an action may replace.

    ``start`` is its first character that isn't blank, ``indent`` the blanks before that on its line. ``lines`` are its
    first and last line, both included. ``name`` is a function's or a class's.
    """

    kind: TargetKind
    name: str
    start: Point
    end: Point
    text: str
    indent: str

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last line."""
        return self.start.line, self.end.line

    @property
    def size(self) -> int:
        """How many lines it has."""
        return self.end.line - self.start.line + 1


@dataclass(frozen=True, slots=True)
class Node:
    """A scope in a tree, and its name."""

    kind: Literal["function", "class"]
    name: str
    node: tree_sitter.Node


class Finder:
    """Finds targets in one snapshot, which it parses as a whole."""

    def __init__(self, languages: Languages, queries: Queries, snapshot: Snapshot) -> None:
        self.languages = languages
        self._queries = queries
        self._snapshot = snapshot
        self.tree: RegionTree | None = whole_tree(languages, snapshot.language, snapshot.lines)

    def scope(self, start: Point, end: Point, kind: Literal["function", "class"] = "function") -> Target | None:
        """The innermost function or class around a range."""
        around = [each for each in self._scopes(start, end) if each.kind == kind and each.name]
        if not around or self.tree is None:
            return None
        innermost = min(around, key=lambda each: each.node.end_byte - each.node.start_byte)
        return self._target(kind, innermost.name, innermost.node)

    def function_node(self, target: Target) -> tree_sitter.Node | None:
        """The node that a target was made from."""
        if self.tree is None:
            return None
        start, end = self.tree.byte_at(target.start), self.tree.byte_at(target.end)
        return self.tree.root.descendant_for_byte_range(start, end)

    def statement(self, start: Point, end: Point) -> Target | None:
        """The smallest node around a range that has its lines for itself."""
        node = self._statement(start, end)
        return None if node is None else self._target("lines", "", node)

    def _statement(self, start: Point, end: Point) -> tree_sitter.Node | None:
        if self.tree is None:
            return None
        node = self.tree.root.descendant_for_byte_range(self.tree.byte_at(start), self.tree.byte_at(end))
        while node is not None and not self._fills_lines(node):
            node = node.parent
        while node is not None and node.parent is not None and node.parent.byte_range == node.byte_range:
            node = node.parent
        return node if node is not None and node.parent is not None else None

    def tail(self, start: Point, end: Point) -> Target | None:
        """The smallest statement around a range, with all that follows it in its block."""
        if self.tree is None:
            return None
        node = self._statement(start, end)
        block = node.parent if node is not None else None
        if node is None or block is None or block.parent is None:
            return None
        last = [child for child in block.named_children if child.type != "comment"][-1]
        stop = self._snapshot.clamp(self.tree.point_at(last.end_point))
        return self._made("lines", "", self.tree.point_at(node.start_point), stop) if last.id != node.id else None

    def lines(self, start: Point, end: Point) -> Target:
        """The lines of a range, whatever they are."""
        lines = self._snapshot.lines
        last = end.line - 1 if end.column == 0 and end.line > start.line else end.line
        blanks = len(lines[start.line]) - len(lines[start.line].lstrip(" \t"))
        return self._made("lines", "", Point(start.line, blanks), Point(last, len(self._snapshot.body(last).rstrip())))

    def _scopes(self, start: Point, end: Point) -> Iterator[Node]:
        import tree_sitter

        tree = self.tree
        query = self._queries.get(tree.spec.id, "scopes") if tree is not None else None
        if tree is None or query is None:
            return
        first, last = tree.byte_at(start), tree.byte_at(end)
        cursor = tree_sitter.QueryCursor(query)
        cursor.set_byte_range(first, max(first + 1, last))
        kinds: Sequence[Literal["function", "class"]] = ("function", "class")
        for _, captures in cursor.matches(tree.root):
            for kind in kinds:
                for node in captures.get(f"scope.{kind}", ()):
                    if node.start_byte <= first and last <= node.end_byte:
                        name = captures["name"][0] if "name" in captures else node.child_by_field_name("name")
                        yield Node(kind, tree.text(name) if name is not None else "", node)

    def _fills_lines(self, node: tree_sitter.Node) -> bool:
        assert self.tree is not None
        if not node.is_named:
            return False
        start, end = self.tree.point_at(node.start_point), self.tree.point_at(node.end_point)
        before = self._snapshot.lines[start.line][: start.column]
        after = self._snapshot.body(end.line)[end.column :] if end.line < len(self._snapshot.lines) else ""
        return not before.strip() and not after.strip(" \t;,")

    def _target(self, kind: TargetKind, name: str, node: tree_sitter.Node) -> Target:
        assert self.tree is not None
        start, end = self.tree.point_at(node.start_point), self._snapshot.clamp(self.tree.point_at(node.end_point))
        if end.column == 0 and end.line > start.line:
            end = Point(end.line - 1, len(self._snapshot.body(end.line - 1)))
        return self._made(kind, name, start, end)

    def _made(self, kind: TargetKind, name: str, start: Point, end: Point) -> Target:
        line = self._snapshot.lines[start.line]
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        return Target(kind, name, start, end, self._snapshot.text_between(start, end), indent)
