"""One tree-sitter tree for each document, parsed when a request needs it, over a bounded region of lines."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.syntax.languages import Languages, LanguageSpec
from foretype.syntax.region import choose_region, keep_region
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

if TYPE_CHECKING:
    import tree_sitter


_TOO_LONG = 2


@dataclass(frozen=True, slots=True)
class RegionTree:
    """A tree over the lines from ``first_line`` on; ``source`` is the UTF-8 text that was parsed.

    Rows of the tree are lines of the document less ``first_line``; its columns are bytes.
    """

    spec: LanguageSpec
    tree: tree_sitter.Tree
    source: bytes
    first_line: int
    lines: tuple[str, ...]

    @property
    def root(self) -> tree_sitter.Node:
        """The root node."""
        return self.tree.root_node

    @property
    def end_line(self) -> int:
        """The first line of the document after the region."""
        return self.first_line + len(self.lines)

    def byte_at(self, point: Point) -> int:
        """The byte offset in ``source`` of a place in the document; places outside of the region are clamped."""
        row = point.line - self.first_line
        if row < 0:
            return 0
        if row >= len(self.lines):
            return len(self.source)
        return len(encode(self.lines[:row])) + len(encode((self.lines[row][: point.column],)))

    def point_at(self, position: tree_sitter.Point) -> Point:
        """The place in the document of a node's start or end point."""
        row, column = position
        if row >= len(self.lines):
            return Point(self.end_line, 0)
        line = encode((self.lines[row],))[:column]
        return Point(self.first_line + row, len(line.decode("utf-8", "surrogatepass")))

    def line_of(self, position: tree_sitter.Point) -> int:
        """The document's line of a node's start or end point."""
        return self.first_line + position[0]

    def has_error_on(self, line: int) -> bool:
        """Whether a syntax error touches a line of the document."""
        row = line - self.first_line
        return self.root.has_error and 0 <= row < len(self.lines) and _has_error_on(self.root, row)

    def text(self, node: tree_sitter.Node) -> str:
        """A node's text."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")


def whole_tree(languages: Languages, language: str, lines: tuple[str, ...]) -> RegionTree | None:
    """The tree of all lines, however many: for work off the path of a request. None without a grammar."""
    import tree_sitter

    spec, grammar = languages.find(language), languages.grammar(language)
    if spec is None or grammar is None:
        return None
    source = encode(lines)
    return RegionTree(spec, tree_sitter.Parser(grammar).parse(source), source, 0, lines)


def _has_error_on(node: tree_sitter.Node, row: int) -> bool:
    if node.is_error or node.is_missing:
        return True
    touching = (c for c in node.children if c.has_error and c.start_point[0] <= row <= c.end_point[0])
    return any(_has_error_on(child, row) for child in touching)


def encode(lines: Sequence[str]) -> bytes:
    """Lines as the parser reads them: UTF-8, and a lone ``\\r`` as ``\\n``, so that rows are lines. Keeps lengths."""
    text = "".join(lines)
    if "\r" in text:
        text = re.sub(r"\r(?!\n)", "\n", text)
    return text.encode("utf-8", "surrogatepass")


@dataclass(slots=True)
class _Entry:
    tree: RegionTree
    document_lines: int


class Trees:
    """The trees of the documents used most recently, at most ``capacity``.

    Nothing happens on a keystroke: the next request finds the difference between what was parsed last and the
    snapshot it has, which makes one edit of any number of changes. Not thread-safe.
    """

    def __init__(self, languages: Languages, capacity: int = 16) -> None:
        self.bytes_parsed = 0
        self._languages = languages
        self._capacity = capacity
        self._entries: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._parsers: dict[str, tree_sitter.Parser] = {}

    def parse(self, snapshot: Snapshot, cursor: Point) -> RegionTree | None:
        """The tree of the region around the cursor, or None: no grammar, or lines too long to be parsed in time.

        A document no larger than its language's ``region_bytes`` is parsed as a whole.
        """
        spec = self._languages.find(snapshot.language)
        parser = self._parser(spec) if spec else None
        if spec is None or parser is None:
            return None
        key = (snapshot.uri, spec.id)
        entry = self._entries.get(key)
        tree = self._reparse(entry, parser, snapshot, cursor) if entry else None
        if tree is None:
            start, end = choose_region(snapshot.lines, cursor.line, spec.region_bytes, spec.header)
            lines = snapshot.lines[start:end]
            if sum(map(len, lines)) > _TOO_LONG * spec.region_bytes:
                return None
            if entry and entry.tree.lines == lines:
                tree = RegionTree(spec, entry.tree.tree, entry.tree.source, start, lines)
            else:
                source = encode(lines)
                self.bytes_parsed += len(source)
                tree = RegionTree(spec, parser.parse(source), source, start, lines)
        self._entries[key] = _Entry(tree, len(snapshot.lines))
        self._entries.move_to_end(key)
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
        return tree

    def forget(self, uri: str) -> None:
        """Drops what is kept for a document, and for the languages embedded in it."""
        for key in [key for key in self._entries if key[0] == uri]:
            del self._entries[key]

    def _parser(self, spec: LanguageSpec) -> tree_sitter.Parser | None:
        if spec.id not in self._parsers:
            grammar = self._languages.grammar(spec.id)
            if grammar is None:
                return None
            import tree_sitter

            self._parsers[spec.id] = tree_sitter.Parser(grammar)
        return self._parsers[spec.id]

    def _reparse(
        self, entry: _Entry, parser: tree_sitter.Parser, snapshot: Snapshot, cursor: Point
    ) -> RegionTree | None:
        old = entry.tree
        region = (old.first_line, old.end_line)
        kept = keep_region(region, old.lines, entry.document_lines, snapshot.lines, cursor.line)
        if kept is None:
            return None
        start, end = kept
        lines = snapshot.lines[start:end]
        if lines == old.lines:
            return RegionTree(old.spec, old.tree, old.source, start, lines)
        source = encode(lines)
        if len(source) > 2 * max(old.spec.region_bytes, 1):
            return None
        self.bytes_parsed += len(source)
        tree = parser.parse(source, edited(old.tree, old.source, source))
        return RegionTree(old.spec, tree, source, start, lines)


def edited(tree: tree_sitter.Tree, old: bytes, new: bytes) -> tree_sitter.Tree:
    """A copy of ``tree`` told of the one edit that turns ``old`` into ``new``; the common head and tail are kept."""
    shorter = min(len(old), len(new))
    head = _common(shorter, lambda n: old[:n] == new[:n])
    while head and new[head : head + 1] and new[head] & 0xC0 == 0x80:
        head -= 1
    tail = _common(shorter - head, lambda n: old[len(old) - n :] == new[len(new) - n :])
    while tail and new[len(new) - tail] & 0xC0 == 0x80:
        tail -= 1
    copy = tree.copy()
    old_end, new_end = len(old) - tail, len(new) - tail
    copy.edit(head, old_end, new_end, _point(new, head), _point(old, old_end), _point(new, new_end))
    return copy


def _common(most: int, same: Callable[[int], bool]) -> int:
    """The largest ``n`` up to ``most`` for which ``same`` holds, given that it holds for all smaller ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if same(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _point(source: bytes, offset: int) -> tuple[int, int]:
    return source.count(b"\n", 0, offset), offset - (source.rfind(b"\n", 0, offset) + 1)
