"""Messages between processes: length-prefixed msgpack frames."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import Struct

_LENGTH = struct.Struct(">I")
LENGTH_BYTES = _LENGTH.size

_T = TypeVar("_T")


class Message(Struct, frozen=True, tag=True, array_like=True):
    """One frame; the subclass's name is its tag."""


def encode(message: Message) -> bytes:
    """A frame: four bytes of length, most significant first, and the message in msgpack."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def body_length(header: bytes) -> int:
    """The number of bytes that follow a frame's header."""
    length: int = _LENGTH.unpack(header)[0]
    return length


def read(source: Callable[[int], bytes], decode: Callable[[bytes], _T]) -> _T | None:
    """Reads one frame from a blocking source; None at its end."""
    header = source(LENGTH_BYTES)
    if len(header) < LENGTH_BYTES:
        return None
    length = body_length(header)
    body = source(length)
    return decode(body) if len(body) == length else None
