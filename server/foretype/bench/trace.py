"""What a typist does: keys with their times, the edits they make, and what will really be typed next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a key is for."""

    TYPE = "type"
    ENTER = "enter"
    OVER = "over"  # a closer that the editor put there is typed over
    TYPO = "typo"
    BACKSPACE = "backspace"
    MOVE = "move"  # past what is there already
    JUMP = "jump"  # to another place in the same file
    VISIT = "visit"  # to another file
    RETURN = "return"
    ACCEPT = "accept"  # a suggestion was taken; made while playing, never planned


CURSOR_ONLY = frozenset({Kind.MOVE, Kind.JUMP, Kind.VISIT, Kind.RETURN})


@dataclass(frozen=True, slots=True)
class Key:
    """One key: at ``at`` seconds it replaces ``removed`` characters from ``start`` of file number ``file``.

    ``inserted`` lands left of the cursor, ``behind`` (what the editor adds by itself) right of it; ``cursor`` is the
    offset afterwards. What is then typed next is the text of target number ``target`` from ``offset`` on; ``offset``
    is None while the typist has something to take back first. ``where`` says what the cursor is in: code, a string or
    a comment, as `foretype.bench.marks` writes it.
    """

    at: float
    kind: Kind
    char: str
    file: int
    start: int
    removed: int
    inserted: str
    behind: str
    cursor: int
    target: int
    offset: int | None
    where: str

    @property
    def edits(self) -> bool:
        """Whether the key changes text, so that an editor asks for a suggestion."""
        return self.kind not in CURSOR_ONLY


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file as the typist finds it, and as it will be in the end; ``cursor`` is where typing begins."""

    name: str
    language: str
    text: str
    final: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A session: the first file is typed in, a second one may be visited.

    ``targets`` are the texts that keys refer to. From each key of ``accepts`` on, the typist takes the next
    suggestion that is right, once.
    """

    name: str
    files: tuple[OpenFile, ...]
    targets: tuple[str, ...]
    keys: tuple[Key, ...]
    accepts: tuple[int, ...]

    def rest(self, key: Key) -> str | None:
        """What is really typed from the cursor on, after a key; None while something is to be taken back first."""
        return None if key.offset is None else self.targets[key.target][key.offset :]


def apply(text: str, key: Key) -> str:
    """A file's text after a key."""
    if not key.edits:
        return text
    return text[: key.start] + key.inserted + key.behind + text[key.start + key.removed :]
