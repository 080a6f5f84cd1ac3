"""What the server and the process that knows the workspace say to each other: length-prefixed msgpack frames."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import Struct

_LENGTH = struct.Struct(">I")
LENGTH_BYTES = _LENGTH.size


class Message(Struct, frozen=True, tag=True, array_like=True):
    """One frame; the subclass's name is its tag."""


class Folders(Message, frozen=True, tag=True, array_like=True):
    """The workspace folders as (path, name); ``watched`` if somebody tells of changes in them."""

    folders: tuple[tuple[str, str], ...]
    watched: bool


class Opened(Message, frozen=True, tag=True, array_like=True):
    """A document's text now, which counts in place of the file's."""

    path: str
    language: str
    text: str


class Closed(Message, frozen=True, tag=True, array_like=True):
    """A document is no longer open; the file counts again."""

    path: str


class Changed(Message, frozen=True, tag=True, array_like=True):
    """Files or folders were made, changed or removed."""

    paths: tuple[str, ...]


class Ask(Message, frozen=True, tag=True, array_like=True):
    """What is related to a line of an open document, of which the prompt holds the lines of ``window``.

    ``known`` are the paths of what the prompt shows already.
    """

    id: int
    path: str
    line: int
    window: tuple[int, int]
    known: tuple[str, ...]


class Related(Message, frozen=True, tag=True, array_like=True):
    """The answer: pieces as (tier, path, first line, last line, text), and the paths to show for their paths.

    ``gone`` are those known that are not to be shown any more. ``milliseconds`` is what it took.
    """

    id: int
    repository: str
    shown: dict[str, str]
    pieces: tuple[tuple[int, str, int, int, str], ...]
    gone: tuple[str, ...]
    milliseconds: float


class Indexed(Message, frozen=True, tag=True, array_like=True):
    """All files were looked at, and something was found that is new."""

    files: int
    symbols: int
    milliseconds: float


ToHelper = Folders | Opened | Closed | Changed | Ask
FromHelper = Related | Indexed

_T = TypeVar("_T")


def encode(message: Message) -> bytes:
    """A frame: four bytes of length, most significant first, and the message in msgpack."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def body_length(header: bytes) -> int:
    """The number of bytes that follow a frame's header."""
    length: int = _LENGTH.unpack(header)[0]
    return length


def to_helper(body: bytes) -> ToHelper:
    """Decodes a frame's body on the helper's side. Raises msgspec.DecodeError."""
    message: ToHelper = msgspec.msgpack.decode(body, type=ToHelper)
    return message


def from_helper(body: bytes) -> FromHelper:
    """Decodes a frame's body on the server's side. Raises msgspec.DecodeError."""
    message: FromHelper = msgspec.msgpack.decode(body, type=FromHelper)
    return message


def read(source: Callable[[int], bytes], decode: Callable[[bytes], _T]) -> _T | None:
    """Reads one frame from a blocking source; None at its end."""
    header = source(LENGTH_BYTES)
    if len(header) < LENGTH_BYTES:
        return None
    length = body_length(header)
    body = source(length)
    return decode(body) if len(body) == length else None
