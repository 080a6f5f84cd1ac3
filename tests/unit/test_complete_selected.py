"""The item in focus of a pop-up: what is asked instead, and what becomes of the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.bench.scripted import ScriptedEngine
from foretype.complete.ledger import Ledger
from foretype.complete.pipeline import Completer
from foretype.complete.results import CompletionRequest, CompletionResult, Suggestion
from foretype.complete.run import OnUpdate
from foretype.complete.selected import ELSEWHERE, NO_CONTINUATION, accepted, complete
from foretype.config.schema import Settings
from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit, apply, split_lines
from foretype.text.positions import Point


def request(text: str, selected: str, start: int, end: int | None = None) -> CompletionRequest:
    """``$`` is the cursor; ``start`` and ``end`` are columns of its line."""
    before, after = text.split("$")
    lines = split_lines(before)
    cursor = Point(len(lines) - 1, len(lines[-1]))
    snapshot = Snapshot("file:///a.py", 3, "python", tuple(split_lines(before + after)))
    stop = None if end is None else Point(cursor.line, end)
    return CompletionRequest(snapshot, cursor, True, selected, Point(cursor.line, start), stop)


def found(cursor: Point, *texts: str, replaces: int = 0) -> CompletionResult:
    end = Point(cursor.line, cursor.column + replaces)
    return CompletionResult(tuple(Suggestion(text, text, cursor, end) for text in texts), None, "engine", Ledger())


@pytest.mark.parametrize(
    ("text", "selected", "start", "end", "continued", "cursor"),
    [
        ("a\nx.pri$)\n", "print", 2, 5, "a\nx.print)\n", Point(1, 7)),
        ("a\nx.pri$)\n", "print", 2, None, "a\nx.print)\n", Point(1, 7)),
        ("x.pr$int()", "printer", 2, 7, "x.printer()", Point(0, 9)),
        ("x.prnt$", "print", 2, 6, "x.print", Point(0, 7)),
        ("x.$\nb", "count", 2, 2, "x.count\nb", Point(0, 7)),
        ("if$\nb", "if x:\n    y", 0, 2, "if x:\n    y\nb", Point(1, 5)),
    ],
)
def test_the_request_as_if_the_item_had_been_accepted(
    text: str, selected: str, start: int, end: int | None, continued: str, cursor: Point
) -> None:
    item = accepted(request(text, selected, start, end))
    assert item is not None
    assert item.request.snapshot.text == continued
    assert (item.request.cursor, item.request.explicit, item.request.selected) == (cursor, True, None)
    assert item.request.snapshot.uri == "file:///a.py"


def test_suggestions_begin_with_the_item_and_replace_its_range() -> None:
    item = accepted(request("x.pr$int)", "printer", 2, 7))
    assert item is not None
    result = item.result(found(item.request.cursor, "(1)", "(2\n)", replaces=1))
    assert [each.text for each in result.suggestions] == ["printer(1)", "printer(2\n)"]
    assert {(each.start, each.end) for each in result.suggestions} == {(Point(0, 2), Point(0, 8))}
    assert [each.id for each in result.suggestions] == ["(1)", "(2\n)"]


def test_what_does_not_continue_the_item_is_not_offered() -> None:
    item = accepted(request("x.pri$", "print", 2))
    assert item is not None
    assert item.result(found(Point(0, 2), "print()")).suggestions == ()
    assert item.result(found(Point(0, 2), "print()")).rejected == NO_CONTINUATION
    nothing = CompletionResult((), "mid-word", "engine", Ledger())
    assert item.result(nothing) == nothing


@pytest.mark.parametrize(
    ("start", "end"), [(Point(0, 6), None), (Point(0, 1), Point(0, 4)), (Point(1, 0), None), (None, None)]
)
async def test_an_item_that_replaces_text_elsewhere(start: Point | None, end: Point | None) -> None:
    asked: list[CompletionRequest] = []

    async def ask(request: CompletionRequest, on_update: OnUpdate | None) -> CompletionResult:
        asked.append(request)
        return found(request.cursor, "nt()")

    snapshot = Snapshot("file:///a.py", 3, "python", ("x.pri\n", ""))
    strange = CompletionRequest(snapshot, Point(0, 5), False, "print", start, end)
    result = await complete(ask, strange, lambda _: pytest.fail("nothing is to be shown"))
    assert (result.suggestions, result.rejected) == ((), ELSEWHERE)
    assert asked == [CompletionRequest(snapshot, Point(0, 5))]


async def test_growing_answers_are_moved_too() -> None:
    updates: list[CompletionResult] = []

    async def ask(request: CompletionRequest, on_update: OnUpdate | None) -> CompletionResult:
        assert on_update is not None
        on_update(found(request.cursor, "("))
        return found(request.cursor, "(x)")

    result = await complete(ask, request("pri$", "print", 0), updates.append)
    assert [each.suggestions[0].text for each in (*updates, result)] == ["print(", "print(x)"]


LINE = st.text(alphabet="ab é😀(", max_size=8)


@given(
    LINE,
    LINE,
    LINE,
    st.text(alphabet="pq\n", min_size=1, max_size=5),
    st.text(alphabet="yz\n", min_size=1),
    st.integers(0, 3),
)
def test_accepting_the_answer_is_accepting_the_item_and_then_the_rest(
    before: str, replaced: str, after: str, selected: str, rest: str, replaces: int
) -> None:
    asked = request(f"above\n{before}{replaced}${after}\nbelow", selected, len(before))
    item = accepted(asked)
    assert item is not None
    cursor = item.request.cursor
    replaces = min(replaces, len(after))
    lines = list(item.request.snapshot.lines)
    apply(lines, Edit(cursor, Point(cursor.line, cursor.column + replaces), rest))
    (suggestion,) = item.result(found(cursor, rest, replaces=replaces)).suggestions
    assert suggestion.text.startswith(selected)
    direct = list(asked.snapshot.lines)
    apply(direct, Edit(suggestion.start, suggestion.end, suggestion.text))
    assert direct == lines


async def test_the_pipeline_continues_the_item_and_knows_the_rest_once_it_is_accepted() -> None:
    completer = Completer(lambda *_: ScriptedEngine(lambda _: None, "quantity * price\n"), Syntax(), Settings())
    try:
        asked = request("total = sh$\n", "shipping + ", 8, 10)
        result = await completer.complete(replace(asked, explicit=False))
        (suggestion, *_) = result.suggestions
        assert suggestion.text == "shipping + quantity * price"
        assert (suggestion.start, suggestion.end) == (Point(0, 8), Point(0, 10))
        taken = Snapshot("file:///a.py", 4, "python", ("total = shipping + \n", ""))
        result = await completer.complete(CompletionRequest(taken, Point(0, 19)))
        assert result.suggestions[0].text == "quantity * price"
        assert result.ledger.source == "cache"
        assert (completer.last("file:///a.py") or result).ledger.source == "cache"
    finally:
        await completer.aclose()
