"""What a file defines, imports and uses, as data for whoever chooses what a model should see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from foretype.syntax.queries import Queries
from foretype.syntax.scopes import part, signature_lines
from foretype.syntax.trees import RegionTree

if TYPE_CHECKING:
    import tree_sitter

SymbolKind = Literal["function", "class", "type", "value"]
ReferenceKind = Literal["call", "type"]

_KINDS: dict[str, SymbolKind] = {
    "scope.function": "function",
    "scope.class": "class",
    "signature": "function",
    "definition.type": "type",
    "definition.value": "value",
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named definition.

    ``lines`` are its first and last line, ``signature`` those of what stands before its body (of all, if it has
    none); both ends included. ``container`` is the name of the class or function around it.
    """

    name: str
    kind: SymbolKind
    lines: tuple[int, int]
    signature: tuple[int, int]
    container: str | None


@dataclass(frozen=True, slots=True)
class Import:
    """An import statement: its first and last line, what it imports from (without quotes) and the names it binds."""

    lines: tuple[int, int]
    sources: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is called or used as a type, and the line of its use."""

    name: str
    kind: ReferenceKind
    line: int


def symbols(tree: RegionTree, queries: Queries) -> tuple[Symbol, ...]:
    """The named definitions in the tree's region, in the order of the text."""
    found: dict[tuple[int, str], tuple[int, Symbol]] = {}
    for kind in ("scopes", "definitions"):
        for captures in _matches(tree, queries, kind):
            role = next((role for role in _KINDS if role in captures), None)
            if role is None:
                continue
            node = captures[role][0]
            name, body = part(node, captures, "name"), part(node, captures, "body")
            if name is None:
                continue
            symbol = _symbol(tree, _KINDS[role], node, name, body)
            found.setdefault((name.start_byte, symbol.name), (node.end_byte, symbol))
    ordered = sorted(found.items(), key=lambda item: item[0])
    return tuple(_contained([(start, end, symbol) for (start, _), (end, symbol) in ordered]))


def imports(tree: RegionTree, queries: Queries) -> tuple[Import, ...]:
    """The import statements in the tree's region, in the order of the text."""
    nodes: dict[tuple[int, int], tuple[list[str], list[str]]] = {}
    lines: dict[tuple[int, int], tuple[int, int]] = {}
    for captures in _matches(tree, queries, "imports"):
        for node in captures.get("import", ()):
            lines[node.byte_range] = (tree.line_of(node.start_point), _last_line(tree, node))
            sources, names = nodes.setdefault(node.byte_range, ([], []))
            _add(sources, [tree.text(source).strip("\"'`<>") for source in captures.get("import.source", ())])
            _add(names, [tree.text(name) for name in captures.get("import.name", ())])
    return tuple(Import(lines[key], tuple(nodes[key][0]), tuple(nodes[key][1])) for key in sorted(nodes))


def references(tree: RegionTree, queries: Queries, first_line: int, last_line: int) -> tuple[Reference, ...]:
    """The names called or used as types between two lines (both included), in the order of the text."""
    first, last = first_line - tree.first_line, last_line - tree.first_line
    kinds: tuple[ReferenceKind, ...] = ("call", "type")
    found = {
        (node.start_byte, kind): Reference(tree.text(node), kind, tree.line_of(node.start_point))
        for captures in _matches(tree, queries, "references", (max(0, first), max(0, last + 1)))
        for kind in kinds
        for node in captures.get(f"reference.{kind}", ())
    }
    return tuple(found[key] for key in sorted(found) if first_line <= found[key].line <= last_line)


def _matches(
    tree: RegionTree, queries: Queries, kind: str, rows: tuple[int, int] | None = None
) -> list[dict[str, list[tree_sitter.Node]]]:
    import tree_sitter

    query = queries.get(tree.spec.id, kind)
    if query is None:
        return []
    cursor = tree_sitter.QueryCursor(query)
    if rows is not None:
        cursor.set_point_range((rows[0], 0), (rows[1], 0))
    return [captures for _, captures in cursor.matches(tree.root)]


def _symbol(
    tree: RegionTree,
    kind: SymbolKind,
    node: tree_sitter.Node,
    name: tree_sitter.Node,
    body: tree_sitter.Node | None,
) -> Symbol:
    first, last = tree.line_of(node.start_point), _last_line(tree, node)
    signature = signature_lines(tree, node, body) if body is not None else (first, last)
    return Symbol(tree.text(name), kind, (first, last), signature, None)


def _last_line(tree: RegionTree, node: tree_sitter.Node) -> int:
    row, column = node.end_point
    return tree.first_line + (row - 1 if column == 0 and row > node.start_point[0] else row)


def _contained(ordered: list[tuple[int, int, Symbol]]) -> list[Symbol]:
    """Gives each symbol the name of the innermost one around it."""
    result = []
    around: list[tuple[int, Symbol]] = []
    for start, end, symbol in ordered:
        while around and around[-1][0] < start:
            around.pop()
        container = next((outer.name for _, outer in reversed(around) if outer.kind in ("class", "function")), None)
        result.append(Symbol(symbol.name, symbol.kind, symbol.lines, symbol.signature, container))
        around.append((end, symbol))
    return result


def _add(names: list[str], more: list[str]) -> None:
    names.extend(name for name in more if name not in names)
