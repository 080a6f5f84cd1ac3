"""Trees over regions: incremental equals fresh, large files are read through a window, memory is bounded."""

from __future__ import annotations

import random

import pytest
import tree_sitter
from hypothesis import given, settings
from hypothesis import strategies as st

from foretype.syntax.languages import Languages
from foretype.syntax.region import choose_region, is_top_level
from foretype.syntax.trees import RegionTree, Trees, encode
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

LANGUAGES = Languages()
URI = "file:///a"
SOURCES = {
    "python": 'import os\n\n\nclass A:\n    """Doc é."""\n\n    def f(self, a):\n        if a:\n            return a\n'
    '        x = f"{a} b"\n        return None\n\n\ndef g():\n    # note\n    return A().f(2)\n',
    "javascript": "function f(a) {\n  const s = `x ${a} y`;\n  if (s) {\n    return [a].map((b) => b / 2);\n  }\n}\n",
    "go": "package a\n\nfunc F(a int) error {\n\tfor i := range xs {\n\t\tg(i)\n\t}\n\treturn nil\n}\n",
    "c": 'int f(int a)\n{\n    printf("a\\n");\n    return a ? 1 : 2;\n}\n\nstruct s {\n    int x;\n};\n',
}
PIECES = [
    "(",
    ")",
    "{",
    "}",
    '"',
    "'",
    "\n",
    "\r\n",
    "\r",
    "\n    ",
    "x",
    ".",
    ":",
    " ",
    "# a\n",
    "é",
    "😀",
    '"""',
    "/*",
]


def split(text: str) -> tuple[str, ...]:
    """Lines as a snapshot has them."""
    lines, line = [], ""
    for index, char in enumerate(text):
        line += char
        if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            lines.append(line)
            line = ""
    return (*lines, line)


def snapshot(text: str, language: str = "python", version: int = 1) -> Snapshot:
    return Snapshot(URI, version, language, split(text))


def shape(tree: RegionTree) -> list[tuple[object, ...]]:
    """Every node with its extent."""
    nodes: list[tuple[object, ...]] = []
    pending: list[tuple[tree_sitter.Node, int]] = [(tree.root, 0)]
    while pending:
        node, depth = pending.pop()
        nodes.append((depth, node.type, node.is_missing, node.byte_range, node.start_point, node.end_point))
        pending.extend((child, depth + 1) for child in node.children)
    return nodes


def fresh(tree: RegionTree) -> RegionTree:
    """The same region, parsed from nothing."""
    grammar = LANGUAGES.grammar(tree.spec.id)
    assert grammar is not None
    source = encode(tree.lines)
    return RegionTree(tree.spec, tree_sitter.Parser(grammar).parse(source), source, tree.first_line, tree.lines)


edits = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 4), st.sampled_from(PIECES), st.booleans()),
    min_size=1,
    max_size=12,
)


@given(language=st.sampled_from(sorted(SOURCES)), edits=edits)
@settings(max_examples=80, deadline=None)
def test_incremental_tree_equals_a_fresh_parse(language: str, edits: list[tuple[int, int, str, bool]]) -> None:
    """Exactly where the text parses; error recovery may differ, but never the text that is covered."""
    trees = Trees(LANGUAGES)
    text = SOURCES[language]
    trees.parse(snapshot(text, language), Point(0, 0))
    for place, length, piece, look in [*edits, (0, 0, "", True)]:
        start = place % (len(text) + 1)
        text = text[:start] + piece + text[start + length :]
        if look:
            tree = trees.parse(snapshot(text, language), Point(0, 0))
            assert tree is not None
            expected = fresh(tree)
            assert tree.source == expected.source
            assert tree.root.byte_range == expected.root.byte_range
            assert tree.root.has_error == expected.root.has_error
            if not tree.root.has_error:
                assert shape(tree) == shape(expected)
    tree = trees.parse(snapshot(SOURCES[language], language), Point(0, 0))
    assert tree is not None and shape(tree) == shape(fresh(tree))


def large(functions: int) -> str:
    return "".join(
        f"def function_{n}(a, b):\n    x = a + {n}\n    if x > b:\n        return [x, b]\n    return None\n\n\n"
        for n in range(functions)
    )


@pytest.mark.parametrize("line", [0, 3, 90_000, 174_999])
def test_only_a_window_of_a_large_file_is_parsed(line: int) -> None:
    document = snapshot(large(25_000))
    assert sum(map(len, document.lines)) > 2_000_000
    trees = Trees(LANGUAGES)
    tree = trees.parse(document, Point(line, 0))
    assert tree is not None
    assert trees.bytes_parsed == len(tree.source) <= tree.spec.region_bytes + 200
    assert tree.first_line <= line < tree.end_line
    assert not tree.root.has_error
    assert is_top_level(tree.lines[0])


def test_typing_in_a_large_file_parses_no_more_than_the_window() -> None:
    lines = list(split(large(25_000)))
    trees = Trees(LANGUAGES)
    place = Point(80_001, 4)
    trees.parse(Snapshot(URI, 1, "python", tuple(lines)), place)
    before = trees.bytes_parsed
    for version in range(2, 12):
        lines[place.line] = lines[place.line][:4] + "y" + lines[place.line][4:]
        lines.insert(3, "# a line far above\n")
        place = Point(place.line + 1, 4)
        tree = trees.parse(Snapshot(URI, version, "python", tuple(lines)), place)
        assert tree is not None and tree.text(tree.root).count("y") >= version - 1
        assert shape(tree) == shape(fresh(tree))
    assert trees.bytes_parsed - before < 10 * 21_000


def test_nothing_is_parsed_when_nothing_in_the_region_changed() -> None:
    lines = list(split(large(5_000)))
    trees = Trees(LANGUAGES)
    first = trees.parse(Snapshot(URI, 1, "python", tuple(lines)), Point(20_000, 0))
    parsed = trees.bytes_parsed
    lines[0:2] = []
    lines.append("x = 1\n")
    second = trees.parse(Snapshot(URI, 2, "python", tuple(lines)), Point(19_998, 0))
    assert first is not None and second is not None
    assert (second.first_line, second.lines) == (first.first_line - 2, first.lines)
    assert trees.bytes_parsed == parsed


def test_region_moves_with_the_cursor() -> None:
    document = snapshot(large(5_000))
    trees = Trees(LANGUAGES)
    for line in (100, 30_000, 15, 34_999):
        tree = trees.parse(document, Point(line, 0))
        assert tree is not None and tree.first_line <= line < tree.end_line


@given(seed=st.integers(0, 1_000), line=st.integers(0, 3_000))
@settings(max_examples=60, deadline=None)
def test_chosen_region_holds_the_cursor_and_stays_small(seed: int, line: int) -> None:
    rng = random.Random(seed)
    lines = [" " * rng.choice([0, 0, 4, 4, 8]) + "x" * rng.choice([0, 5, 60]) + "\n" for _ in range(3_000)]
    line = min(line, len(lines) - 1)
    start, end = choose_region(lines, line, 20_000)
    assert start <= line < end
    assert sum(map(len, lines[start:end])) <= 20_000 + 200


def test_at_most_so_many_documents_are_kept() -> None:
    trees = Trees(LANGUAGES, capacity=2)
    documents = [Snapshot(f"file:///{n}", 1, "python", ("x = 1\n", "")) for n in range(3)]
    for document in documents:
        trees.parse(document, Point(0, 0))
    parsed = trees.bytes_parsed
    trees.parse(documents[2], Point(0, 0))
    assert trees.bytes_parsed == parsed
    trees.parse(documents[0], Point(0, 0))
    assert trees.bytes_parsed > parsed


def test_forgotten_document_is_parsed_again() -> None:
    trees = Trees(LANGUAGES)
    trees.parse(snapshot("x = 1\n"), Point(0, 0))
    parsed = trees.bytes_parsed
    trees.forget(URI)
    trees.parse(snapshot("x = 1\n"), Point(0, 0))
    assert trees.bytes_parsed == 2 * parsed


def test_language_without_a_grammar_has_no_tree() -> None:
    assert Trees(LANGUAGES).parse(snapshot("x\n", "cobol"), Point(0, 0)) is None


def test_rows_are_lines_whatever_ends_them() -> None:
    tree = Trees(LANGUAGES).parse(snapshot("a = 1\rb = 2\r\nc = 'é😀' + d\n"), Point(0, 0))
    assert tree is not None
    starts = [tree.point_at(node.start_point) for node in tree.root.children]
    assert starts == [Point(0, 0), Point(1, 0), Point(2, 0)]
    node = tree.root.descendant_for_byte_range(tree.byte_at(Point(2, 11)), tree.byte_at(Point(2, 12)))
    assert node is not None and tree.text(node) == "d"
    assert tree.point_at(node.start_point) == Point(2, 11)


def test_errors_are_found_on_their_line() -> None:
    tree = Trees(LANGUAGES).parse(snapshot("a = 1\nb = )\nc = 2\n"), Point(0, 0))
    assert tree is not None
    assert [tree.has_error_on(line) for line in range(4)] == [False, True, False, False]
