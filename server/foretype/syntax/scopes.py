"""The functions, classes and blocks around a cursor, by the tree where it is sound, else by indentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from foretype.syntax.languages import Bodies
from foretype.syntax.lexical import code_of_line, is_blank, line_above, opens_block, statement_start, width
from foretype.syntax.queries import Queries
from foretype.syntax.situation import Situation
from foretype.syntax.trees import RegionTree
from foretype.text.positions import Point

if TYPE_CHECKING:
    import tree_sitter

ScopeKind = Literal["function", "class", "block"]

_CLASS = re.compile(r"\b(?:class|struct|interface|trait|impl|enum|union|module|object|protocol|extension|namespace)\b")
_FUNCTION = re.compile(r"\b(?:def|func|function|fun|fn|sub|init)\b|=>\s*\{?$")
_NAME = re.compile(
    r"\b(?:def|func|function|fun|fn|class|struct|interface|trait|impl|enum|union|module|object|protocol|extension"
    r"|namespace)\s+(?:\([^)]*\)\s*)?(?:<[^>]*>\s*)?([\w.:?!]+)"
)
_METHOD = re.compile(r"(?!(?:if|for|while|switch|catch|with|match|return)\b)\b(\w+)\s*\([^()]*\)[^()=]*\{$")
_LOOK_BACK = 5_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What encloses a cursor.

    ``signature`` and ``body`` are first and last lines, both included; a body delimited by braces or words includes
    the lines these stand on. ``body`` is None while it is empty.
    """

    kind: ScopeKind
    name: str | None
    signature: tuple[int, int]
    body: tuple[int, int] | None


def scopes_at(situation: Situation, queries: Queries) -> tuple[Scope, ...]:
    """The scopes around the cursor, outermost first."""
    tree = situation.tree
    found = _by_tree(situation, tree, queries) if tree is not None else []
    sound = tree is not None and not situation.errors and (tree.first_line == 0 or not _is_indented(tree))
    if not sound:
        known = {scope.signature[0] for scope in found}
        found += [scope for scope in _by_indentation(situation) if scope.signature[0] not in known]
    return tuple(sorted(found, key=lambda scope: scope.signature))


def _is_indented(tree: RegionTree) -> bool:
    return tree.lines[0][:1] in (" ", "\t")


def _by_tree(situation: Situation, tree: RegionTree, queries: Queries) -> list[Scope]:
    import tree_sitter

    query = queries.get(situation.spec.id, "scopes")
    if query is None:
        return []
    point = _probe(situation)
    offset = tree.byte_at(point)
    cursor = tree_sitter.QueryCursor(query)
    cursor.set_byte_range(max(0, offset - 1), offset + 1)
    scopes: dict[int, Scope] = {}
    for _, captures in cursor.matches(tree.root):
        kind, node = _scope_node(captures)
        if kind is None or node is None or not node.start_byte < offset <= node.end_byte:
            continue
        scope = _scope(tree, kind, node, captures)
        body = part(node, captures, "body")
        key = body.id if body is not None else node.id
        if _encloses(situation, scope, node, tree) and (key not in scopes or scope.name):
            scopes[key] = scope
    return list(scopes.values())


def _scope_node(captures: dict[str, list[tree_sitter.Node]]) -> tuple[ScopeKind | None, tree_sitter.Node | None]:
    kinds: tuple[ScopeKind, ...] = ("function", "class", "block")
    return next(((kind, captures[f"scope.{kind}"][0]) for kind in kinds if f"scope.{kind}" in captures), (None, None))


def _probe(situation: Situation) -> Point:
    """Where to ask the tree: on a blank line of an indentation-scoped language, the end of the line above."""
    if situation.spec.bodies is not Bodies.INDENTATION or not is_blank(situation.before):
        return situation.cursor
    above = situation.visible_above(situation.cursor.line)
    if above is None:
        return situation.cursor
    return Point(above, len(situation.lines[above].rstrip()))


def _scope(
    tree: RegionTree, kind: ScopeKind, node: tree_sitter.Node, captures: dict[str, list[tree_sitter.Node]]
) -> Scope:
    body, name = part(node, captures, "body"), part(node, captures, "name")
    lines = None
    if body is not None and body.end_byte > body.start_byte:
        lines = (tree.line_of(body.start_point), tree.line_of(body.end_point))
    return Scope(kind, tree.text(name) if name is not None else None, signature_lines(tree, node, body), lines)


def part(
    node: tree_sitter.Node, captures: dict[str, list[tree_sitter.Node]], role: Literal["name", "body"]
) -> tree_sitter.Node | None:
    """What a pattern captures as the name or body of ``node``, else the node's field of that name."""
    return captures[role][0] if role in captures else node.child_by_field_name(role)


def signature_lines(tree: RegionTree, node: tree_sitter.Node, body: tree_sitter.Node | None) -> tuple[int, int]:
    """The first and last line of what stands before a body; the first line alone where there is none."""
    first = tree.line_of(node.start_point)
    before = body.prev_sibling if body is not None else None
    while before is not None and before.is_extra:
        before = before.prev_sibling
    return first, max(first, tree.line_of(before.end_point)) if before is not None else first


def _encloses(situation: Situation, scope: Scope, node: tree_sitter.Node, tree: RegionTree) -> bool:
    cursor = situation.cursor
    if situation.spec.bodies is Bodies.INDENTATION:
        written = situation.before if is_blank(situation.before) else situation.lines[cursor.line]
        column = width(written[: len(written) - len(written.lstrip())])
        return scope.signature[0] == cursor.line or column > situation.indent_at(scope.signature[0])
    closed = tree.source[node.end_byte - 1 : node.end_byte] in (b"}", b";") or node.has_error is False
    return tree.byte_at(cursor) < node.end_byte or not closed


def _by_indentation(situation: Situation) -> list[Scope]:
    spec, lines, line = situation.spec, situation.lines, situation.cursor.line
    limit = max(0, line - _LOOK_BACK)
    indent = width(situation.before) if is_blank(situation.before) else situation.indent_at(line)
    scopes = []
    above = line_above(lines, line, limit, indent - 1)
    while above is not None:
        if opens_block(spec, lines, above):
            start = statement_start(spec, lines, Point(above, len(lines[above])))
            if is_blank(code_of_line(spec, lines[start]).rstrip("{")) and start > 0:
                start = line_above(lines, start, limit, situation.indent_at(start)) or start
            code = code_of_line(spec, lines[start])
            name = _NAME.search(code) or _METHOD.match(code)
            kind: ScopeKind = (
                "class" if _CLASS.search(code) else "function" if name or _FUNCTION.search(code) else "block"
            )
            scopes.append(Scope(kind, name.group(1) if name else None, (start, above), (above + 1, line)))
            above = start
        above = line_above(lines, above, limit, situation.indent_at(above) - 1)
    return scopes
