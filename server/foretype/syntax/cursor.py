"""Where the cursor is and what fits there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from foretype.syntax.embedded import embedded_at, extract
from foretype.syntax.finished import is_complete
from foretype.syntax.indents import indent_unit
from foretype.syntax.intent import Intent, intent_at
from foretype.syntax.languages import Languages, LanguageSpec
from foretype.syntax.lexical import LONGEST_LINE, indentation
from foretype.syntax.literals import Kind, literal_at
from foretype.syntax.queries import Queries
from foretype.syntax.scopes import Scope, scopes_at
from foretype.syntax.situation import look
from foretype.syntax.trees import RegionTree, Trees
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

__all__ = ["Intent", "Scope", "Syntax", "SyntaxAt", "syntax_at"]


@dataclass(frozen=True, slots=True)
class SyntaxAt:
    """What syntax tells of a cursor.

    ``language`` is the folder name under ``grammars/`` (of the embedded language inside a code block), or the
    document's own id if it is not known. ``reason`` says in a few plain words why the intent is what it is.
    ``indent`` is the blanks the line begins with, ``indent_unit`` one step of indentation, ``statement_line`` the
    line on which the statement at the cursor begins, ``open_brackets`` its openers not closed before the cursor,
    outermost first. ``complete`` is whether the line could stand as it is (the rest of the line is empty, brackets are
    closed, it parses): no reason to be silent, but a good one to ask for confidence. Scopes are outermost first.
    """

    language: str
    intent: Intent
    reason: str
    in_string: bool
    in_comment: bool
    in_docstring: bool
    indent: str
    indent_unit: str
    statement_line: int
    open_brackets: str
    complete: bool
    scopes: tuple[Scope, ...]


def syntax_at(
    spec: LanguageSpec,
    tree: RegionTree | None,
    queries: Queries,
    snapshot: Snapshot,
    cursor: Point,
    explicit: bool = False,
) -> SyntaxAt:
    """Reads the cursor's surroundings; without a tree, from the text alone. ``cursor`` must lie in the snapshot.

    ``explicit`` is true when the user asked for a suggestion: then only the inside of a word gets none.
    """
    situation = look(spec, tree, snapshot.lines, cursor)
    literal = literal_at(situation, queries)
    intent, reason = intent_at(situation, literal, explicit)
    return SyntaxAt(
        language=spec.id or snapshot.language,
        intent=intent,
        reason=reason,
        in_string=literal.kind in (Kind.STRING, Kind.DOCSTRING),
        in_comment=literal.kind is Kind.COMMENT,
        in_docstring=literal.kind is Kind.DOCSTRING,
        indent=indentation(snapshot.lines[cursor.line]),
        indent_unit=indent_unit(snapshot.lines, cursor.line),
        statement_line=situation.start,
        open_brackets=situation.open_brackets,
        complete=literal.kind is Kind.CODE and is_complete(situation),
        scopes=scopes_at(situation, queries),
    )


class Syntax:
    """Everything syntax can tell of open documents; keeps what it has parsed and compiled. Not thread-safe."""

    def __init__(self, languages: Languages | None = None) -> None:
        self.languages = languages or Languages()
        self.queries = Queries(self.languages)
        self.trees = Trees(self.languages)

    def at(self, snapshot: Snapshot, cursor: Point, explicit: bool = False) -> SyntaxAt:
        """Parses what is needed and reads the cursor's surroundings; inside a code block, by its own language."""
        if len(snapshot.lines[cursor.line]) > LONGEST_LINE:
            return self._at_long_line(snapshot, cursor, explicit)
        tree = self.trees.parse(snapshot, cursor)
        embedded = embedded_at(tree, self.languages, self.queries, cursor) if tree else None
        if embedded is None:
            spec = self.languages.spec(snapshot.language)
            return syntax_at(spec, tree, self.queries, snapshot, cursor, explicit)
        inner = extract(snapshot, embedded)
        place = Point(cursor.line - embedded.first_line, cursor.column)
        spec = self.languages.spec(embedded.language)
        found = syntax_at(spec, self.trees.parse(inner, place), self.queries, inner, place, explicit)
        return _moved(found, embedded.first_line)

    def warm(self, language: str) -> None:
        """Loads a language's grammar and compiles its queries, which takes up to 0.1 s: for when a document opens."""
        spec = self.languages.find(language)
        if spec is not None:
            for kind in ("text", "scopes", "embedded"):
                self.queries.get(spec.id, kind)

    def _at_long_line(self, snapshot: Snapshot, cursor: Point, explicit: bool) -> SyntaxAt:
        """Reads only what is near the cursor, from the text alone."""
        line = snapshot.lines[cursor.line]
        first = max(0, cursor.column - LONGEST_LINE // 2)
        near = line[first : cursor.column + LONGEST_LINE // 2]
        inner = Snapshot(snapshot.uri, snapshot.version, snapshot.language, (near,))
        place = Point(0, cursor.column - first)
        found = syntax_at(self.languages.spec(snapshot.language), None, self.queries, inner, place, explicit)
        return _moved(found, cursor.line)

    def forget(self, uri: str) -> None:
        """Drops what is kept for a closed document."""
        self.trees.forget(uri)


def _moved(found: SyntaxAt, lines: int) -> SyntaxAt:
    scopes = tuple(
        replace(
            scope,
            signature=(scope.signature[0] + lines, scope.signature[1] + lines),
            body=(scope.body[0] + lines, scope.body[1] + lines) if scope.body else None,
        )
        for scope in found.scopes
    )
    return replace(found, statement_line=found.statement_line + lines, scopes=scopes)
