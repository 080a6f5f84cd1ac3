"""How an answer becomes an edit: read strictly, put at its place's indentation, and as small as it can be."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.actions.answers import Unusable, code_of, leaves_out, reindented, with_endings
from foretype.actions.candidates import candidate, text_with
from foretype.actions.diff import minimal_edits
from foretype.actions.target import Finder, Target
from foretype.syntax.languages import Languages
from foretype.syntax.queries import Queries
from foretype.text.documents import Snapshot
from foretype.text.edits import apply, split_lines
from foretype.text.positions import Point

LINES = st.lists(st.sampled_from(["a", "b = 1", "    c", "", "é😀", "d\f"]), max_size=8)
ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])


def snapshot_of(text: str, language: str = "python") -> Snapshot:
    return Snapshot("file:///a", 1, language, tuple(split_lines(text)))


def finder_of(snapshot: Snapshot) -> Finder:
    languages = Languages()
    return Finder(languages, Queries(languages), snapshot)


@given(LINES, LINES, LINES, LINES, ENDINGS, ENDINGS)
def test_minimal_edits_make_the_new_text_and_touch_nothing_around(head, old, new, tail, ending, other) -> None:
    before, after = ending.join(old), other.join(new)
    lines = split_lines(ending.join([*head, ""]) + before + ending.join(["", *tail]))
    start = Point(len(head), 0)
    edits = minimal_edits(start, before, after)
    for one, next_ in itertools.pairwise(edits):
        assert one.end <= next_.start
    whole = "".join(lines)
    for edit in reversed(edits):
        apply(lines, edit)
    prefix = ending.join([*head, ""])
    assert "".join(lines) == prefix + after + whole[len(prefix) + len(before) :]


def test_an_edit_is_only_what_differs() -> None:
    [edit] = minimal_edits(Point(4, 4), "if a < b:\n        x()\n    y()", "if a <= b:\n        x()\n    y()")
    assert (edit.start, edit.end, edit.text) == (Point(4, 10), Point(4, 10), "=")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("x = 1\n```", "x = 1"),
        ("x = 1\ny = 2\n```\nThis sets x.", "x = 1\ny = 2"),
        ("x = 1", "x = 1"),
        ("\n\n    x = 1  \n\n```", "    x = 1"),
        ("```", ""),
    ],
)
def test_the_code_of_an_answer(answer: str, code: str) -> None:
    assert code_of(answer, "```python\n") == code


def test_an_answer_with_two_blocks_is_refused() -> None:
    with pytest.raises(Unusable, match="more than one"):
        code_of("x\n```\nor\n```python\ny\n```", "```python\n")


def test_a_placeholder_never_takes_a_secret_s_place() -> None:
    with pytest.raises(Unusable, match="which was not sent"):
        code_of('```python\npassword = "FORETYPE_REDACTED_1"\n```')


@pytest.mark.parametrize("line", ["    ...", "# ...", "  // ... ", "# rest of the code", "// existing code here"])
def test_code_that_stands_for_other_code_leaves_something_out(line: str) -> None:
    assert leaves_out("a", f"a\n{line}\nb")
    assert not leaves_out(f"{line}\n", f"{line}\nb")


@pytest.mark.parametrize("line", ["x = ...", "# the code of the rest room", "f(...)", "# see below..."])
def test_other_dots_and_comments_do_not(line: str) -> None:
    assert not leaves_out("a", f"a\n{line}\nb")


@pytest.mark.parametrize(
    ("code", "indent", "lines", "expected"),
    [
        ("if x:\n    y()", "    ", ["def f():\n", "    z\n"], "if x:\n        y()"),
        ("  if x:\n      y()", "", ["def f():\n", "    z\n"], "if x:\n    y()"),
        ("if (x) {\n  y()\n}", "\t", ["f() {\n", "\tz\n"], "if (x) {\n\t\ty()\n\t}"),
        ("if x:\n    y()", "  ", ["def f():\n", "  z\n"], "if x:\n    y()"),
        ("a\n\nb", "    ", ["    z\n"], "a\n\n    b"),
    ],
)
def test_code_takes_the_indentation_of_its_place(code: str, indent: str, lines: list[str], expected: str) -> None:
    assert reindented(code, indent, lines, 0) == expected


@given(st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_endings_are_those_of_the_place(ending: str) -> None:
    assert with_endings("a\nb", f"x{ending}y") == f"a{ending}b"


def test_a_method_is_found_exactly_and_replaced_exactly() -> None:
    text = "class A:\r\n    def f(self):\r\n        return 1\r\n\r\n    x = 2"
    snapshot = snapshot_of(text)
    target = finder_of(snapshot).scope(Point(2, 10), Point(2, 10))
    assert target is not None
    assert (target.name, target.indent, target.start, target.end) == ("f", "    ", Point(1, 4), Point(2, 16))
    made = candidate(snapshot, target, "def f(self):\n        return 2", "the model", 1.0)
    assert text_with(snapshot, target, made.code) == text.replace("return 1", "return 2")


@pytest.mark.parametrize(
    ("language", "text", "line", "name"),
    [
        ("javascript", "export function add(a, b) {\n  return a - b\n}\n", 1, "add"),
        ("go", "package a\n\nfunc Add(a, b int) int {\n\treturn a - b\n}\n", 3, "Add"),
        ("rust", "fn add(a: u8) -> u8 {\n    a\n}\n", 1, "add"),
        ("java", "class A {\n  int add(int a) {\n    return a;\n  }\n}\n", 2, "add"),
    ],
)
def test_functions_are_found_in_other_languages(language: str, text: str, line: int, name: str) -> None:
    found = finder_of(snapshot_of(text, language)).scope(Point(line, 2), Point(line, 2))
    assert found is not None and found.name == name


def test_a_statement_is_the_smallest_node_that_has_its_lines() -> None:
    snapshot = snapshot_of("def f():\n    x = g(\n        1,\n    )\n    return x\n")
    found = finder_of(snapshot).statement(Point(2, 8), Point(2, 9))
    assert found is not None and found.text == "1"
    found = finder_of(snapshot).statement(Point(1, 8), Point(1, 9))
    assert found is not None and found.text.startswith("x = g(") and found.text.endswith(")")


def test_a_statement_with_what_follows_in_its_block() -> None:
    text = "def f():\n    if a:\n        x = open(p)\n        y = x.read()\n        return y\n    return 1\n"
    finder = finder_of(snapshot_of(text))
    found = finder.tail(Point(2, 12), Point(2, 16))
    assert found is not None and (found.lines, found.indent) == ((2, 4), "        ")
    assert finder.tail(Point(4, 8), Point(4, 9)) is None


def test_a_target_knows_its_lines() -> None:
    assert Target("lines", "", Point(3, 4), Point(5, 1), "", "").size == 3
