"""What the index keeps of a file."""

from __future__ import annotations

from foretype.context.outline import Outline, outline_of
from foretype.syntax.languages import Languages
from foretype.syntax.outline import imports, symbols
from foretype.syntax.queries import Queries
from foretype.syntax.trees import whole_tree

LANGUAGES = Languages()
QUERIES = Queries(LANGUAGES)


def outline(language: str, text: str) -> Outline:
    lines = tuple(text.splitlines(keepends=True))
    tree = whole_tree(LANGUAGES, language, lines)
    assert tree is not None
    return outline_of(language, lines, symbols(tree, QUERIES), imports(tree, QUERIES))


def named(found: Outline) -> list[tuple[str, str | None]]:
    return [(symbol.name, symbol.container) for symbol in found.symbols]


def test_what_is_local_to_a_function_is_left_out() -> None:
    text = "def f():\n    def g():\n        pass\n    return g\n\n\nclass C:\n    def h(self):\n        x = 1\n"
    assert named(outline("python", text)) == [("f", None), ("C", None), ("h", "C")]


def test_wrappers_are_left_out_and_what_they_hold_is_not() -> None:
    text = "namespace shop {\nclass Cart {\n  int total() { return 1; }\n};\nint Cart::count() {\n  return 2;\n}\n}\n"
    assert named(outline("cpp", text)) == [("Cart", None), ("total", "Cart"), ("count", "Cart")]
    assert named(outline("ruby", "module Shop\n  class Cart\n    def total\n      1\n    end\n  end\nend\n")) == [
        ("Cart", None),
        ("total", "Cart"),
    ]


def test_receivers_and_qualifiers_are_containers() -> None:
    assert named(outline("go", "package a\n\nfunc (s *Store) Add(n int) error {\n\treturn nil\n}\n")) == [
        ("Add", "Store")
    ]
    assert named(outline("lua", "local M = {}\nfunction M.total(a)\n  return 1\nend\nfunction M:add(x) end\n")) == [
        ("M", None),
        ("total", "M"),
        ("add", "M"),
    ]


def test_type_parameters_are_no_part_of_a_name() -> None:
    text = "impl<T> Store<T> {\n    fn add(&self) -> usize {\n        1\n    }\n}\n"
    assert named(outline("rust", text)) == [("Store", None), ("add", "Store")]


def test_names_bound_by_imports_with_what_they_are_there() -> None:
    text = "from .money import (\n    Money as Amount,\n    add,\n)\nimport a.b as c\nimport os\n"
    links = outline("python", text).links
    assert [(link.sources, link.names) for link in links] == [
        ((".money",), (("Amount", "Money"), ("add", "add"))),
        (("a.b",), (("c", "b"),)),
        (("os",), (("os", "os"),)),
    ]
    script = "import { Money as Amount, add } from './money';\n"
    assert outline("typescript", script).links[0].names == (("Amount", "Money"), ("add", "add"))
    assert outline("rust", "use crate::money::{Money as Amount};\n").links[0].names == (("Amount", "Money"),)
