"""What the server and the process that knows the workspace say to each other: length-prefixed msgpack frames."""

from __future__ import annotations

import msgspec

from foretype.child.framing import Message


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


class Define(Message, frozen=True, tag=True, array_like=True):
    """Which files define a name at their top level, for a document at a path."""

    id: int
    path: str
    language: str
    name: str


class Defining(Message, frozen=True, tag=True, array_like=True):
    """The answer: (path, Go's module path if it is one) of each file."""

    id: int
    files: tuple[tuple[str, str], ...]


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


ToHelper = Folders | Opened | Closed | Changed | Ask | Define
FromHelper = Related | Indexed | Defining


def to_helper(body: bytes) -> ToHelper:
    """Decodes a frame's body on the helper's side. Raises msgspec.DecodeError."""
    message: ToHelper = msgspec.msgpack.decode(body, type=ToHelper)
    return message


def from_helper(body: bytes) -> FromHelper:
    """Decodes a frame's body on the server's side. Raises msgspec.DecodeError."""
    message: FromHelper = msgspec.msgpack.decode(body, type=FromHelper)
    return message
