"""What files define, import and use."""

from __future__ import annotations

import pytest

from foretype.syntax.languages import Languages
from foretype.syntax.outline import Import, Reference, Symbol, imports, references, symbols
from foretype.syntax.queries import Queries, grammars_folder
from foretype.syntax.trees import RegionTree, whole_tree

LANGUAGES = Languages()
QUERIES = Queries(LANGUAGES)


def fixture(language: str) -> RegionTree:
    (path,) = (grammars_folder() / language).glob("fixture.*")
    tree = whole_tree(LANGUAGES, language, tuple(path.read_text(encoding="utf-8").splitlines(keepends=True)))
    assert tree is not None
    return tree


def tree_of(language: str, text: str) -> RegionTree:
    tree = whole_tree(LANGUAGES, language, tuple(text.splitlines(keepends=True)))
    assert tree is not None
    return tree


def test_symbols_have_signatures_and_containers() -> None:
    text = (
        "LIMIT = 1\n\n\nclass A(\n    B,\n):\n    unit = 2\n\n"
        "    def f(\n        self,\n    ) -> int:\n        # why\n        return 1\n"
    )
    assert symbols(tree_of("python", text), QUERIES) == (
        Symbol("LIMIT", "value", (0, 0), (0, 0), None),
        Symbol("A", "class", (3, 12), (3, 5), None),
        Symbol("unit", "value", (6, 6), (6, 6), "A"),
        Symbol("f", "function", (8, 12), (8, 10), "A"),
    )


def test_bodiless_signatures_and_types() -> None:
    text = "type Pair = [A, B];\ninterface Shape {\n  area(scale: number): number;\n}\n"
    assert symbols(tree_of("typescript", text), QUERIES) == (
        Symbol("Pair", "type", (0, 0), (0, 0), None),
        Symbol("Shape", "class", (1, 3), (1, 1), None),
        Symbol("area", "function", (2, 2), (2, 2), "Shape"),
    )


def test_imports() -> None:
    text = "import a.b\nfrom .c import (\n    d,\n    e as f,\n)\n"
    assert imports(tree_of("python", text), QUERIES) == (
        Import((0, 0), ("a.b",), ("a.b",)),
        Import((1, 4), (".c",), ("d", "f")),
    )
    assert imports(tree_of("c", '#include <stdio.h>\n#include "a.h"\n'), QUERIES) == (
        Import((0, 0), ("stdio.h",), ()),
        Import((1, 1), ("a.h",), ()),
    )


def test_references_between_two_lines() -> None:
    text = "a = f(1)\nb: Shape = g.h(a)\nc = k()\n"
    assert references(tree_of("python", text), QUERIES, 1, 1) == (
        Reference("Shape", "type", 1),
        Reference("h", "call", 1),
    )


@pytest.mark.parametrize("language", [spec.id for spec in LANGUAGES.specs if spec.id not in ("html", "markdown")])
def test_every_fixture_has_symbols_within_its_lines(language: str) -> None:
    tree = fixture(language)
    found = symbols(tree, QUERIES)
    assert found
    for symbol in found:
        assert symbol.name and 0 <= symbol.lines[0] <= symbol.signature[1] <= symbol.lines[1] < len(tree.lines)


def test_language_without_a_grammar_has_no_whole_tree() -> None:
    assert whole_tree(LANGUAGES, "cobol", ("x\n",)) is None
