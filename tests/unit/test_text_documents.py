"""The document store under LSP changes, against a model that holds the text as one string."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.text.documents import AlreadyOpen, Change, DocumentError, DocumentStore, Snapshot, UnknownDocument
from foretype.text.edits import Edit, split_lines
from foretype.text.positions import Encoding, Point, Position

URI = "file:///a.py"
PIECES = ["a", "bc", "é", "e\u0301", "😀", "\U0001f469\u200d\U0001f680", "\ud83d", "\ude00", "\r\n", "\n", "\r"]
PIECES += ["\x0c", "\x85", "\u2028"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
POSITIONS = st.builds(Position, st.integers(0, 12), st.integers(0, 24))
CHANGES = st.one_of(st.builds(Change, POSITIONS, POSITIONS, TEXTS), TEXTS)
ENCODINGS = st.sampled_from(Encoding)


def opened(text: str) -> DocumentStore:
    store = DocumentStore()
    store.open(URI, "python", 1, text)
    return store


def model_offset(text: str, position: Position, encoding: Encoding) -> int:
    """Walk the whole string, character by character, as the specification's text describes a position."""
    starts = [0, *(ending.end() for ending in re.finditer(r"\r\n|\r|\n", text))]
    if position.line >= len(starts):
        return len(text)
    at, left = starts[position.line], position.character
    while at < len(text) and text[at] not in "\r\n":
        if encoding is Encoding.UTF8:
            left -= len(text[at].encode("utf-8", "surrogatepass"))
        elif encoding is Encoding.UTF16:
            left -= 1 if ord(text[at]) < 0x10000 else 2
        else:
            left -= 1
        if left < 0:
            break
        at += 1
    return at


def model_change(text: str, change: Change | str, encoding: Encoding) -> str:
    if isinstance(change, str):
        return change
    start, end = sorted(model_offset(text, position, encoding) for position in (change.start, change.end))
    return text[:start] + change.text + text[end:]


@given(TEXTS, ENCODINGS, st.lists(st.lists(CHANGES, max_size=4), max_size=4))
def test_any_sequence_of_changes_gives_the_text_of_the_string_model(
    text: str, encoding: Encoding, notifications: list[list[Change | str]]
) -> None:
    store = opened(text)
    seen = [(store.snapshot(URI), text)]
    for version, changes in enumerate(notifications, start=2):
        store.change(URI, version, changes, encoding)
        for change in changes:
            text = model_change(text, change, encoding)
        seen.append((store.snapshot(URI), text))
        assert store.snapshot(URI).version == version
    for snapshot, expected in seen:
        assert snapshot.text == expected
        assert snapshot.lines == tuple(re.split(r"(?<=\n)|(?<=\r)(?!\n)", expected))


@given(TEXTS, ENCODINGS)
def test_every_position_round_trips(text: str, encoding: Encoding) -> None:
    snapshot = opened(text).snapshot(URI)
    for line in range(len(snapshot.lines)):
        for column in range(len(snapshot.body(line)) + 1):
            point = Point(line, column)
            position = snapshot.position(point, encoding)
            assert snapshot.point(position, encoding) == point == snapshot.clamp(point)
            assert model_offset(text, position, encoding) == len(snapshot.text_between(Point(0, 0), point))


@given(TEXTS, POSITIONS, POSITIONS)
def test_text_between_is_a_slice_of_the_text(text: str, one: Position, other: Position) -> None:
    snapshot = opened(text).snapshot(URI)
    first, last = sorted((one, other))
    start, end = snapshot.point(first, Encoding.UTF32), snapshot.point(last, Encoding.UTF32)
    expected = text[model_offset(text, first, Encoding.UTF32) : model_offset(text, last, Encoding.UTF32)]
    assert snapshot.text_between(start, end) == expected
    assert snapshot.text_between(end, start) == ""
    assert snapshot.text_between(Point(0, 0), snapshot.end) == text


def test_each_change_applies_to_the_state_after_the_former() -> None:
    store = opened("one\ntwo\n")
    applied = store.change(
        URI,
        2,
        [
            Change(Position(0, 0), Position(0, 0), "😀\n"),
            Change(Position(0, 2), Position(0, 2), "!"),
            Change(Position(2, 99), Position(1, 3), " "),
        ],
        Encoding.UTF16,
    )
    assert store.snapshot(URI) == Snapshot(URI, 2, "python", ("😀!\n", "one \n", ""))
    assert applied == (
        Edit(Point(0, 0), Point(0, 0), "😀\n"),
        Edit(Point(0, 1), Point(0, 1), "!"),
        Edit(Point(1, 3), Point(2, 3), " "),
    )


def test_a_full_text_is_reported_as_an_edit_of_everything() -> None:
    store = opened("one\ntwo")
    assert store.change(URI, 2, ["new"], Encoding.UTF16) == (Edit(Point(0, 0), Point(1, 3), "new"),)
    assert store.snapshot(URI).lines == ("new",)


def test_a_snapshot_is_kept_until_the_next_change_and_shares_the_untouched_lines() -> None:
    store = opened("one\ntwo\nthree\n")
    first = store.snapshot(URI)
    assert store.snapshot(URI) is first
    store.change(URI, 2, [Change(Position(1, 0), Position(1, 3), "2")], Encoding.UTF8)
    second = store.snapshot(URI)
    assert first.lines == ("one\n", "two\n", "three\n", "")
    assert second.lines == ("one\n", "2\n", "three\n", "")
    assert second.lines[0] is first.lines[0]
    assert second.lines[2] is first.lines[2]


def test_a_change_of_nothing_still_moves_the_version() -> None:
    store = opened("one")
    store.snapshot(URI)
    store.change(URI, 7, [], Encoding.UTF8)
    assert store.snapshot(URI).version == 7


def test_parts_of_a_line_around_the_cursor() -> None:
    snapshot = opened("ab\r\ncd").snapshot(URI)
    assert (snapshot.before(Point(0, 1)), snapshot.after(Point(0, 1))) == ("a", "b")
    assert (snapshot.before(Point(0, 2)), snapshot.after(Point(0, 2))) == ("ab", "")
    assert snapshot.clamp(Point(0, 3)) == Point(0, 2)
    assert snapshot.clamp(Point(7, 0)) == snapshot.end == Point(1, 2)


def test_what_is_not_open_cannot_be_used_and_what_is_open_not_opened() -> None:
    store = DocumentStore()
    for use in (store.snapshot, store.close, lambda uri: store.change(uri, 2, ["x"], Encoding.UTF8)):
        with pytest.raises(UnknownDocument, match=r"^file:///a\.py is not open: .*\.$"):
            use(URI)
    store.open(URI, "python", 1, "one")
    with pytest.raises(AlreadyOpen, match=r"^file:///a\.py is already open: .*\.$"):
        store.open(URI, "python", 1, "two")
    assert store.snapshot(URI).text == "one"
    assert issubclass(UnknownDocument, DocumentError)
    assert issubclass(AlreadyOpen, DocumentError)
    assert store.uris() == (URI,)
    store.close(URI)
    assert store.uris() == ()
    store.open(URI, "python", 1, "two")
    assert store.snapshot(URI).text == "two"


@given(st.text(st.sampled_from("ab\n\r\U0001f600"), max_size=30), st.integers(0, 40))
def test_offsets_and_points_are_inverse(text: str, offset: int) -> None:
    snapshot = Snapshot("file:///a", 1, "python", tuple(split_lines(text)))
    point = snapshot.point_at(offset)
    assert snapshot.offset_at(point) == min(offset, len(text))
    assert snapshot.point_at(len(text)) == snapshot.end
