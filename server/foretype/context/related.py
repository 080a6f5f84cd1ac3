"""Gathers what a model might want to see for a cursor, most of all the definitions of the names used there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from foretype.context.chunks import most_alike, split
from foretype.context.edits import EditedLines
from foretype.context.excerpts import excerpt, first_line
from foretype.context.index import SymbolIndex
from foretype.context.lookup import Definition, Scope
from foretype.context.names import Use, identifiers, uses_near
from foretype.context.outline import Outline, related_languages
from foretype.syntax.languages import Languages
from foretype.syntax.outline import Symbol

AROUND = 32
"""Lines before and after the cursor that excerpts of other files are compared with."""

MOST_NEEDED, MOST_LINKED, MOST_IMPORTED, MOST_SIMILAR, MOST_EDITED = 40, 20, 30, 4, 2
LONGEST_EDIT = 16


class Tier(IntEnum):
    """Why a piece is wanted, the most wanted first."""

    ENCLOSING = 0  # signatures around the cursor, of the same file
    NEEDED = 1  # definitions of names used near the cursor
    IMPORTS = 2  # of the same file
    EDITED = 3  # edited lately in another file
    LINKED = 4  # what the needed ones are made of
    IMPORTED = 5  # other names that the file imports
    SIMILAR = 6  # alike code in open or recent files


@dataclass(frozen=True, slots=True)
class Piece:
    """An excerpt of a file, its lines there (both ends included), and why it is wanted; ends with a newline."""

    tier: Tier
    path: str
    lines: tuple[int, int]
    text: str

    @property
    def is_needed(self) -> bool:
        """Whether the code at the cursor can hardly be right without it."""
        return self.tier <= Tier.NEEDED


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is open or was lately."""

    path: str
    language: str
    lines: Sequence[str]
    outline: Outline | None


@dataclass(frozen=True, slots=True)
class Question:
    """A cursor in a file, and what the prompt holds of it: the lines of ``window``, as a half-open range.

    ``symbols`` are all that syntax found, local ones too. ``others`` are the files to look for similar code in.
    """

    path: str
    lines: Sequence[str]
    outline: Outline
    symbols: tuple[Symbol, ...]
    line: int
    window: tuple[int, int]
    others: tuple[OpenFile, ...] = ()
    edits: tuple[EditedLines, ...] = ()


Source = Callable[[str], Sequence[str] | None]
"""Gives an indexed file's lines, as the index has them; None if it has gone."""


def gather(question: Question, index: SymbolIndex, languages: Languages, source: Source) -> tuple[Piece, ...]:
    """The pieces in the order in which they are wanted."""
    return tuple(_Gathering(question, index, languages, source).pieces())


class _Gathering:
    def __init__(self, question: Question, index: SymbolIndex, languages: Languages, source: Source) -> None:
        self._question = question
        self._index = index
        self._languages = languages
        self._source = source
        self._spec = languages.spec(question.outline.language)
        self._scope = Scope(index, question.path, question.outline)
        self._seen: set[tuple[str, tuple[int, int]]] = set()
        self._guessed: dict[Definition, set[str]] = {}

    def pieces(self) -> Iterator[Piece]:
        """All pieces, each part of a file once."""
        around = self._enclosing()
        yield from (self._own_lines(Tier.ENCLOSING, *lines) for lines in around)
        needed = list(self._needed())
        yield from needed
        yield from self._imports()
        yield from self._edited()
        yield from self._linked(needed)
        yield from self._imported()
        yield from self._similar()

    def _enclosing(self) -> list[tuple[int, int]]:
        """The lines of the signatures around the cursor that are above the window."""
        top = self._question.window[0]
        return [
            (first_line(self._question.lines, symbol), min(symbol.signature[1], top - 1))
            for symbol in self._scopes()
            if symbol.lines[0] < top
        ]

    def _scopes(self) -> list[Symbol]:
        line = self._question.line
        return [
            symbol
            for symbol in self._question.symbols
            if symbol.kind in ("function", "class") and symbol.lines[0] < line <= symbol.lines[1]
        ]

    def _needed(self) -> Iterator[Piece]:
        question = self._question
        also = [n for scope in self._scopes() for n in range(scope.signature[0], scope.signature[1] + 1)]
        wanted: dict[Definition, set[str]] = {}
        for use in uses_near(question.lines, question.line, also):
            found = self._own(use) or self._scope.find(use.name, use.alone, use.owned)
            if not found and use.alone:
                self._guessed.update({definition: set() for definition in self._scope.guess(use.name)})
            for definition in found:
                wanted.setdefault(self._whole(definition), set()).add(use.name)
        yield from self._excerpts(Tier.NEEDED, wanted.items(), MOST_NEEDED)

    def _own(self, use: Use) -> tuple[Definition, ...]:
        """Definitions in the same file that the window doesn't show."""
        first, end = self._question.window
        return tuple(
            Definition(self._question.path, symbol)
            for symbol in self._question.outline.symbols
            if symbol.name == use.name
            and (use.alone if symbol.container is None else use.owned)
            and not (first <= symbol.lines[0] < end)
            and not symbol.lines[0] <= self._question.line <= symbol.lines[1]
        )

    def _whole(self, definition: Definition) -> Definition:
        """For a member its class, if that is where it stands; in the file being edited, the member alone."""
        symbol, path = definition.symbol, definition.path
        outline = self._index.outlines.get(path)
        if symbol.container is None or path == self._question.path or outline is None:
            return definition
        classes = [each for each in outline.symbols if each.kind == "class" and each.name == symbol.container]
        inside = [each for each in classes if each.lines[0] <= symbol.lines[0] <= each.lines[1]]
        return Definition(path, inside[-1]) if inside else definition

    def _linked(self, needed: Sequence[Piece]) -> Iterator[Piece]:
        """The types and functions that needed definitions name, of their own files or imported there."""
        wanted = dict(self._guessed)
        scopes: dict[str, Scope] = {}
        for piece in needed:
            outline = self._index.outlines.get(piece.path)
            if outline is None or piece.path == self._question.path:
                continue
            scope = scopes.setdefault(piece.path, Scope(self._index, piece.path, outline))
            types = {each.name: each for each in outline.symbols if each.kind in ("class", "type")}
            for name in dict.fromkeys(identifiers(piece.text)):
                if name in types:
                    wanted.setdefault(Definition(piece.path, types[name]), set())
                elif name in scope.bound:
                    for definition in scope.find(name)[:1]:
                        wanted.setdefault(definition, set())
        yield from self._excerpts(Tier.LINKED, wanted.items(), MOST_LINKED)

    def _imported(self) -> Iterator[Piece]:
        wanted = {definition: set[str]() for name in self._scope.bound for definition in self._scope.find(name)}
        yield from self._excerpts(Tier.IMPORTED, wanted.items(), MOST_IMPORTED)

    def _imports(self) -> Iterator[Piece]:
        for link in self._question.outline.links:
            if link.lines[1] < self._question.window[0]:
                yield self._own_lines(Tier.IMPORTS, *link.lines)

    def _edited(self) -> Iterator[Piece]:
        count = 0
        for edit in self._question.edits:
            lines = self._lines(edit.path) if edit.path != self._question.path else None
            if lines is None or count == MOST_EDITED:
                continue
            first = max(0, edit.first - 2)
            last = min(edit.last + 2, first + LONGEST_EDIT - 1, len(lines) - 1)
            text = "".join(lines[first : last + 1])
            if text.strip() and self._is_new(edit.path, (first, last)):
                count += 1
                yield Piece(Tier.EDITED, edit.path, (first, last), _ended(text))

    def _similar(self) -> Iterator[Piece]:
        question = self._question
        group = related_languages(question.outline.language)
        around = "".join(question.lines[max(0, question.line - AROUND) : question.line + AROUND])
        chunks = [
            chunk
            for other in question.others
            if other.path != question.path and other.language in group
            for chunk in split(other.path, other.lines, other.outline)
        ]
        for chunk in most_alike(chunks, around, MOST_SIMILAR):
            if self._is_new(chunk.path, chunk.lines):
                yield Piece(Tier.SIMILAR, chunk.path, chunk.lines, _ended(chunk.text))

    def _excerpts(self, tier: Tier, wanted: Iterable[tuple[Definition, set[str]]], most: int) -> Iterator[Piece]:
        count = 0
        for definition, names in wanted:
            path, symbol = definition.path, definition.symbol
            own = path == self._question.path
            outline = self._question.outline if own else self._index.outlines.get(path)
            lines = self._lines(path)
            if outline is None or lines is None or symbol.lines[1] >= len(lines) or count == most:
                continue
            if self._is_new(path, symbol.lines):
                count += 1
                spec = self._languages.spec(outline.language)
                yield Piece(tier, path, symbol.lines, excerpt(lines, outline, symbol, spec, frozenset(names)))

    def _lines(self, path: str) -> Sequence[str] | None:
        return self._question.lines if path == self._question.path else self._source(path)

    def _own_lines(self, tier: Tier, first: int, last: int) -> Piece:
        text = "".join(self._question.lines[first : last + 1])
        return Piece(tier, self._question.path, (first, last), _ended(text))

    def _is_new(self, path: str, lines: tuple[int, int]) -> bool:
        """False for what lies in a piece given before."""
        if any(known == path and first <= lines[0] and lines[1] <= last for known, (first, last) in self._seen):
            return False
        self._seen.add((path, lines))
        return True


def _ended(text: str) -> str:
    """The text with ``\\n`` for each line ending, the last one too."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain if plain.endswith("\n") else plain + "\n"
