"""Which places of a text lie in strings and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from foretype.syntax.languages import Languages, LanguageSpec
from foretype.syntax.queries import Queries

if TYPE_CHECKING:
    import tree_sitter

CODE, STRING, COMMENT = "c", "s", "#"
_KINDS = {"string": STRING, "docstring": STRING, "comment": COMMENT, "interpolation": CODE}


class Marker:
    """Marks texts of any language that has a grammar, and those that have none by their quotes and comment signs."""

    def __init__(self) -> None:
        self._languages = Languages()
        self._queries = Queries(self._languages)

    def language(self, path: str) -> str:
        """The LSP language id of a file, by its name; ``plaintext`` if it isn't known."""
        return self._languages.language_of_path(path) or "plaintext"

    def places(self, text: str, language: str) -> str:
        """For each place between two characters, both ends included, `CODE`, `STRING` or `COMMENT`.

        A string lies between its quotes: before the first and behind the last is code. Code in braces inside a string
        is code between the braces. The end of a line comment is comment.
        """
        spec = self._languages.spec(language)
        spans = list(self._spans(text, spec))
        places = [CODE] * (len(text) + 1)
        for start, end, kind in sorted(spans):
            closed = kind != COMMENT or _is_closed(text[start:end], spec)
            last = end if closed else end + 1
            places[start + 1 : last] = [kind] * max(0, last - start - 1)
        return "".join(places)

    def _spans(self, text: str, spec: LanguageSpec) -> Iterator[tuple[int, int, str]]:
        grammar, query = self._languages.grammar(spec.id), self._queries.get(spec.id, "text")
        if grammar is None or query is None:
            yield from _by_signs(text, spec)
        else:
            yield from _by_tree(text, grammar, query)


def _by_tree(text: str, grammar: tree_sitter.Language, query: tree_sitter.Query) -> Iterator[tuple[int, int, str]]:
    import tree_sitter

    source = text.encode("utf-8", "surrogatepass")
    root = tree_sitter.Parser(grammar).parse(source).root_node
    captures = tree_sitter.QueryCursor(query).captures(root)
    found = [(n.start_byte, n.end_byte, _KINDS[name]) for name, nodes in captures.items() for n in nodes]
    characters = _characters(source, {byte for start, end, _ in found for byte in (start, end)})
    for start, end, kind in found:
        # Some grammars count the line's end to the comment.
        ending = len(source[start:end]) - len(source[start:end].rstrip(b"\r\n")) if kind == COMMENT else 0
        yield characters[start], characters[end] - ending, kind


def _characters(source: bytes, offsets: set[int]) -> dict[int, int]:
    """The code points before each byte offset."""
    counted: dict[int, int] = {}
    characters = last = 0
    for offset in sorted(offsets):
        characters += len(source[last:offset].decode("utf-8", "surrogatepass"))
        counted[offset], last = characters, offset
    return counted


def _by_signs(text: str, spec: LanguageSpec) -> Iterator[tuple[int, int, str]]:
    sign = spec.line_comment_pattern or (re.escape(spec.line_comment) if spec.line_comment else None)
    comment = rf"(?P<comment>(?:{sign})[^\r\n]*)|" if sign else ""
    for token in re.finditer(comment + r"""(?P<string>"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*')""", text):
        yield token.start(), token.end(), COMMENT if token.lastgroup == "comment" else STRING


def _is_closed(comment: str, spec: LanguageSpec) -> bool:
    block = spec.block_comment
    return block is not None and comment.startswith(block[0]) and comment.endswith(block[1])
