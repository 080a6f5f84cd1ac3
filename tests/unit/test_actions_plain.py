"""The actions that need no model: what they make, and where they aren't possible and say why."""

from __future__ import annotations

import pytest

from foretype.actions.plain import plain_actions
from foretype.syntax.languages import Languages
from foretype.syntax.trees import whole_tree
from foretype.text.documents import Snapshot
from foretype.text.edits import apply, split_lines
from foretype.text.positions import Point

EXTRACT, INVERT = "Extract to a variable", "Invert the if"


def act(marked: str, language: str, title: str) -> str:
    """The text after an action at the selection between two ``|`` (or the cursor at one), or why there is none."""
    parts = marked.split("|")
    text = "".join(parts)
    snapshot = Snapshot("file:///a", 1, language, tuple(split_lines(text)))
    places = []
    for before in (parts[0], "".join(parts[:-1])):
        lines = split_lines(before)
        places.append(Point(len(lines) - 1, len(lines[-1])))
    tree = whole_tree(Languages(), language, snapshot.lines)
    assert tree is not None
    found = next((each for each in plain_actions(tree, snapshot, *places) if each.title == title), None)
    if found is None:
        return "not offered"
    lines = list(snapshot.lines)
    for edit in sorted(found.edits, key=lambda each: each.start, reverse=True):
        apply(lines, edit)
    return found.disabled or "".join(lines)


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", "def f(a):\n    return (|a + 1|) * 2\n", "def f(a):\n    value = a + 1\n    return (value) * 2\n"),
        ("python", "value = 1\nprint(|value + 1|)\n", "value = 1\nvalue_2 = value + 1\nprint(value_2)\n"),
        ("python", "if |x()|:\r\n    y()\r\n", "value = x()\r\nif value:\r\n    y()\r\n"),
        ("javascript", "f(|a.b(1)|);\n", "const value = a.b(1);\nf(value);\n"),
        ("go", "package a\n\nfunc f() {\n\tg(|1 + h()|)\n}\n",
         "package a\n\nfunc f() {\n\tvalue := 1 + h()\n\tg(value)\n}\n"),
        ("rust", "fn f() {\n    g(|a + 1|);\n}\n", "fn f() {\n    let value = a + 1;\n    g(value);\n}\n"),
        ("python", "é = 1\nprint('😀', |é + 1|)\n", "é = 1\nvalue = é + 1\nprint('😀', value)\n"),
    ],
)  # fmt: skip
def test_a_variable_is_extracted(language: str, before: str, after: str) -> None:
    assert act(before, language, EXTRACT) == after


@pytest.mark.parametrize(
    "before",
    [
        "while |x()|:\n    pass\n",
        "y = a and |b()|\n",
        "y = [|g(x)| for x in xs]\n",
        "f = lambda: |g()|\n",
        "if a:\n    pass\nelif |b()|:\n    pass\n",
        "|x.y| = 1\n",
        "f(|a + |b)\n",
        "|f()|\n",
    ],
)
def test_what_is_not_computed_once_before_its_statement_is_not_extracted(before: str) -> None:
    text = before.replace("|", "")
    assert act(before, "python", EXTRACT) not in (text, "not offered")
    assert "\n" not in act(before, "python", EXTRACT)


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", "|if a == b:\n    x()\nelse:\n    y()\n", "if a != b:\n    y()\nelse:\n    x()\n"),
        ("python", "i|f not a:\n    x()\nelse:\n    y()\n", "if a:\n    y()\nelse:\n    x()\n"),
        ("python", "|if a and b:\n    x()\nelse:\n    y()\n", "if not (a and b):\n    y()\nelse:\n    x()\n"),
        ("python", "|if a < b:\n    x()\nelse:\n    y()\n", "if not (a < b):\n    y()\nelse:\n    x()\n"),
        ("javascript", "|if (a === b) {\n  x()\n} else {\n  y()\n}\n", "if (a !== b) {\n  y()\n} else {\n  x()\n}\n"),
        ("go", "package a\n\nfunc f() {\n\t|if a {\n\t\tx()\n\t} else {\n\t\ty()\n\t}\n}\n",
         "package a\n\nfunc f() {\n\tif !a {\n\t\ty()\n\t} else {\n\t\tx()\n\t}\n}\n"),
    ],
)  # fmt: skip
def test_an_if_is_inverted(language: str, before: str, after: str) -> None:
    assert act(before, language, INVERT) == after


def test_an_if_without_a_plain_else_says_so() -> None:
    assert "no else" in act("|if a:\n    x()\n", "python", INVERT)
    assert "another condition" in act("|if a:\n    x()\nelif b:\n    y()\nelse:\n    z()\n", "python", INVERT)
    assert act("x|()\n", "python", INVERT) == "not offered"
