"""Cutting a byte stream into messages, however it arrives and whatever is damaged."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.lsp.framing import Malformed, MessageSplitter, decode


def framed(body, *headers):
    return b"".join([*headers, b"Content-Length: %d\r\n" % len(body), b"\r\n", body])


def bodies(found):
    return [part for part in found if isinstance(part, bytes)]


def damage(found):
    return [part for part in found if isinstance(part, Malformed)]


@given(st.lists(st.binary(max_size=300), max_size=5), st.data())
def test_any_bodies_in_any_pieces(expected, data):
    stream = b"".join(framed(body) for body in expected)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    splitter = MessageSplitter()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += splitter.feed(stream[start:end])
    assert found == expected


@pytest.mark.parametrize(
    "headers",
    [
        b"content-length: 2\r\n\r\n",
        b"Content-Length:2\n\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n",
        b"\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_headers_as_clients_spell_them(headers):
    assert MessageSplitter().feed(headers + b"{}") == [b"{}"]


@pytest.mark.parametrize(
    "junk",
    [
        b"hello\r\n",
        b"not a header\r\nnor this\r\n\r\n",
        b'{"jsonrpc": "2.0"}',
        b"Content-Length: many\r\n\r\nContent-Length: -1\r\n\r\n{}",
        b"Content-Length: 999999999999\r\n\r\n",
        b"\xff\xfe\x00\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
    ],
)
def test_the_next_message_is_found_after_what_is_none(junk):
    found = MessageSplitter().feed(junk + framed(b"first") + framed(b"second"))
    assert bodies(found) == [b"first", b"second"]
    assert len(damage(found)) <= 1
    assert not any(part.body for part in damage(found))


def test_damage_is_reported_once_until_a_message_was_read():
    splitter = MessageSplitter()
    assert len(damage(splitter.feed(b"junk\r\n" * 100))) == 1
    assert bodies(splitter.feed(framed(b"{}"))) == [b"{}"]
    assert len(damage(splitter.feed(b"junk\r\n" * 100))) == 1


def test_a_length_that_is_too_short_costs_one_message():
    found = MessageSplitter().feed(b'Content-Length: 3\r\n\r\n{"a": 1}' + framed(b"{}"))
    assert bodies(found) == [b'{"a', b"{}"]
    assert len(damage(found)) == 1


def test_a_line_without_end_does_not_fill_the_memory():
    splitter = MessageSplitter()
    found = [part for _ in range(100) for part in splitter.feed(b"x" * 10_000)]
    assert len(found) == 1
    assert len(splitter._buffer) < 100_000
    assert bodies(splitter.feed(b"\r\n" + framed(b"{}"))) == [b"{}"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b'{"a": \xff}', "is not UTF-8 at byte 6"),
        (b"[" * 1_000_000, "too deep"),
        (b"1" * 10_000, "too long"),
    ],
)
def test_a_body_that_is_no_json(body, reason):
    content = decode(body)
    if reason == "too long" and isinstance(content, int):
        pytest.skip("this Python reads numbers of any length")
    assert isinstance(content, Malformed)
    assert content.body
    assert reason in content.reason
    assert "\n" not in content.reason


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_json_is_decoded(value):
    assert decode(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) == value
