"""Whether the cursor is inside a string, a comment or a docstring, by the tree where it is sound, else by the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from foretype.syntax.languages import Bodies
from foretype.syntax.lexical import code_of_line
from foretype.syntax.queries import Queries
from foretype.syntax.situation import Situation
from foretype.syntax.trees import RegionTree

if TYPE_CHECKING:
    import tree_sitter


class Kind(Enum):
    """What kind of text surrounds the cursor."""

    CODE = "code"
    STRING = "string"
    DOCSTRING = "docstring"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Literal:
    """The kind of text at the cursor, and whether a word of it stands before the cursor on the cursor's line."""

    kind: Kind
    begun: bool = False


def literal_at(situation: Situation, queries: Queries) -> Literal:
    """What surrounds the cursor.

    The tree is believed where its line has no error, and for literals that began above the statement, which the
    text alone cannot know of.
    """
    kind, begins = _by_text(situation)
    if situation.tree is not None:
        tree_kind, tree_begins = _by_tree(situation, situation.tree, queries)
        above = tree_kind is not Kind.CODE and tree_begins < situation.start
        if above or not situation.errors:
            kind, begins = tree_kind, tree_begins
    if kind is Kind.STRING and _is_docstring(situation, begins):
        kind = Kind.DOCSTRING
    if kind is Kind.CODE:
        return Literal(kind)
    written = situation.before
    if begins == situation.cursor.line:
        written = written[_first_quote_or_comment(situation, kind) :]
    return Literal(kind, begun=re.search(r"\w", written) is not None)


def _by_text(situation: Situation) -> tuple[Kind, int]:
    if situation.lexed.comment:
        return Kind.COMMENT, situation.cursor.line
    if situation.lexed.string is not None:
        return Kind.STRING, situation.string_line
    return Kind.CODE, situation.cursor.line


def _by_tree(situation: Situation, tree: RegionTree, queries: Queries) -> tuple[Kind, int]:
    import tree_sitter

    query = queries.get(situation.spec.id, "text")
    if query is None:
        return _by_text(situation)
    offset = tree.byte_at(situation.cursor)
    cursor = tree_sitter.QueryCursor(query)
    cursor.set_byte_range(max(0, offset - 1), offset + 1)
    innermost: tuple[int, Kind, int] = (-1, Kind.CODE, situation.cursor.line)
    for capture, nodes in cursor.captures(tree.root).items():
        for node in nodes:
            if _contains(situation, tree, capture, node, offset):
                innermost = max(
                    innermost, (node.start_byte, _KINDS[capture], tree.line_of(node.start_point)), key=lambda i: i[0]
                )
    return innermost[1], innermost[2]


_KINDS = {
    "comment": Kind.COMMENT,
    "string": Kind.STRING,
    "docstring": Kind.DOCSTRING,
    "interpolation": Kind.CODE,
}


def _contains(situation: Situation, tree: RegionTree, capture: str, node: tree_sitter.Node, offset: int) -> bool:
    if not node.start_byte < offset <= node.end_byte:
        return False
    text = tree.source[node.start_byte : node.end_byte]
    if capture == "comment":
        block = situation.spec.block_comment
        closed = block is not None and text.startswith(block[0].encode()) and text.endswith(block[1].encode())
        return offset < node.end_byte or (not closed and not text.endswith(b"\n"))
    closed = capture != "interpolation" or text[-1:] in (b"}", b")", b"`")
    return offset < node.end_byte or not closed


def _is_docstring(situation: Situation, begins: int) -> bool:
    """Whether a string that begins on this line is the first thing in a body or in the file (Python)."""
    spec = situation.spec
    if spec.bodies is not Bodies.INDENTATION:
        return False
    if not re.match(r"\s*[rRuU]?(?:\"\"\"|''')", situation.lines[begins]):
        return False
    above = situation.visible_above(begins)
    while above is not None and not code_of_line(spec, situation.lines[above]):
        above = situation.visible_above(above)
    return above is None or code_of_line(spec, situation.lines[above]).endswith(":")


def _first_quote_or_comment(situation: Situation, kind: Kind) -> int:
    """The column after the opener of a literal that begins on the cursor's line."""
    if kind is Kind.COMMENT:
        code = situation.lexed.code_end - (len(situation.text) - len(situation.before))
        marker = re.compile(r"\W*").match(situation.before, max(0, code))
        return marker.end() if marker else 0
    column = situation.lexed.string_start - (len(situation.text) - len(situation.before))
    opener = re.compile(r"\w{0,3}[\"'`]+").match(situation.before, max(0, column))
    return opener.end() if opener else 0
