"""Code in another language inside a document: fenced blocks in Markdown, scripts and styles in HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.syntax.languages import Languages
from foretype.syntax.queries import Queries
from foretype.syntax.trees import RegionTree
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

if TYPE_CHECKING:
    import tree_sitter


@dataclass(frozen=True, slots=True)
class Embedded:
    """The whole lines that hold code of another language, as a half-open range."""

    language: str
    first_line: int
    end_line: int


def embedded_at(tree: RegionTree, languages: Languages, queries: Queries, cursor: Point) -> Embedded | None:
    """The code block that the cursor's line belongs to, if its language is known."""
    import tree_sitter

    query = queries.get(tree.spec.id, "embedded")
    if query is None:
        return None
    offset = tree.byte_at(cursor)
    ranged = tree_sitter.QueryCursor(query)
    ranged.set_byte_range(max(0, offset - 1), offset + 1)
    for pattern, captures in ranged.matches(tree.root):
        for content in captures.get("embedded", ()):
            row, column = content.start_point
            alone = not tree.lines[row].encode()[:column].strip()
            first = tree.first_line + (row if alone else row + 1)
            end = tree.line_of(content.end_point) + (0 if content.next_sibling else 1)
            spec = languages.find(_language(tree, query, pattern, captures))
            if spec is not None and first <= cursor.line < end:
                return Embedded(spec.id, first, end)
    return None


def _language(
    tree: RegionTree, query: tree_sitter.Query, pattern: int, captures: dict[str, list[tree_sitter.Node]]
) -> str:
    named = captures.get("embedded.language")
    if named:
        return tree.text(named[0]).strip("{}. \t").split(",")[0].strip()
    return query.pattern_settings(pattern).get("language") or ""


def extract(snapshot: Snapshot, embedded: Embedded) -> Snapshot:
    """The embedded lines as a document of their own, under the same URI."""
    lines = snapshot.lines[embedded.first_line : embedded.end_line]
    return Snapshot(snapshot.uri, snapshot.version, embedded.language, lines)
