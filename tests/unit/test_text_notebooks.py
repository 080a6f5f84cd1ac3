"""Cells in their order, and a cell below the code before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.text.notebooks import Cell, Notebook, view
from foretype.text.positions import Point


def snapshot(text: str, language: str = "python", uri: str = "cell") -> Snapshot:
    return Snapshot(uri, 7, language, tuple(split_lines(text)))


def notebook(names: str) -> Notebook:
    """Capitals are code."""
    return Notebook(tuple(Cell(name, name.isupper()) for name in names))


def names(book: Notebook) -> str:
    return "".join(cell.uri for cell in book.cells)


@pytest.mark.parametrize(
    ("start", "removed", "added", "expected"),
    [
        (0, 0, "X", "XABc"),
        (1, 1, "XY", "AXYc"),
        (3, 0, "X", "ABcX"),
        (9, 9, "X", "ABcX"),
        (0, 9, "", ""),
        (-1, -1, "X", "XABc"),
    ],
)
def test_splicing(start: int, removed: int, added: str, expected: str) -> None:
    assert names(notebook("ABc").spliced(start, removed, notebook(added).cells)) == expected


def test_the_code_before_a_cell() -> None:
    book = notebook("AbCDe")
    assert [book.code_before(name) for name in "ACDbeZ"] == [(), ("A",), ("A", "C"), (), (), ()]
    turned = book.updated([Cell("b", True), Cell("C", False), Cell("Z", True)])
    assert turned.code_before("D") == ("A", "b")
    assert names(turned) == "AbCDe"


def test_a_document_alone_is_seen_as_it_is() -> None:
    own = snapshot("x")
    for before in ([], [snapshot("")], [snapshot("y", "go")]):
        seen = view(own, before)
        assert seen.snapshot is own
        assert seen.inner(Point(0, 1)) == seen.outer(Point(0, 1)) == Point(0, 1)


TEXTS = st.text(alphabet="ab é😀\n\r\x0c\u2028", max_size=12)


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_all_text_is_there_and_the_own_lines_are_where_it_says(text: str, before: list[str]) -> None:
    own = snapshot(text)
    seen = view(own, [snapshot(each) for each in before])
    assert seen.snapshot.lines[seen.first_line :] == own.lines
    above = "".join(each if each.endswith(("\n", "\r")) or not each else each + "\n" for each in before)
    assert seen.snapshot.text == above + text
    for line, content in enumerate(own.lines):
        point = Point(line, len(content))
        assert seen.outer(seen.inner(point)) == point
        assert seen.snapshot.lines[seen.inner(point).line] == content
    assert (seen.snapshot.uri, seen.snapshot.version, seen.snapshot.language) == ("cell", 7, "python")


def test_the_nearest_cells_that_fit_are_taken_whole() -> None:
    before = [snapshot("aaaa"), snapshot("bb"), snapshot("cc", "go"), snapshot("dd")]
    assert view(snapshot("x"), before, most=4).snapshot.text == "bb\ndd\nx"
    assert view(snapshot("x"), before, most=3).snapshot.text == "dd\nx"
    assert view(snapshot("x"), before, most=1).snapshot.text == "x"
    assert view(snapshot("x"), before, most=99).snapshot.text == "aaaa\nbb\ndd\nx"
