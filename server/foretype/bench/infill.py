"""Holes in code: text with a part left out, where a suggestion is asked for and compared with that part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from foretype.errors import ForetypeError
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.text.positions import Point

Kind = Literal["line", "tail", "block"]


class HolesError(ForetypeError):
    """A file that holds no holes, or can't be read."""


class Hole(msgspec.Struct, frozen=True):
    """``prefix``, ``middle`` and ``suffix`` make up the file; the cursor stands where the middle is missing.

    Of kinds ``line`` (from the indentation on) and ``tail`` (from somewhere in a line) the first line counts, of
    ``block`` all of it.
    """

    id: str
    language: str
    kind: Kind
    prefix: str
    middle: str
    suffix: str

    @property
    def text(self) -> str:
        """The file with the hole."""
        return self.prefix + self.suffix

    @property
    def before(self) -> str:
        """The cursor's line up to the cursor."""
        return split_lines(self.prefix)[-1]

    @property
    def after(self) -> str:
        """The rest of the cursor's line."""
        return split_lines(self.suffix)[0].rstrip("\r\n")

    def snapshot(self) -> tuple[Snapshot, Point]:
        """The document with the hole, and the cursor."""
        before = split_lines(self.prefix)
        uri = f"file:///holes/{re.sub(r'[^A-Za-z0-9._-]', '-', self.id)}"
        lines = tuple(split_lines(self.text))
        return Snapshot(uri, 1, self.language, lines), Point(len(before) - 1, len(before[-1]))

    def counted(self, text: str) -> str:
        """What of an answer counts, without blanks at its ends."""
        return (text if self.kind == "block" else text.split("\n", 1)[0]).strip()


def load_holes(path: Path) -> list[Hole]:
    """The holes of a file with one JSON object a line. Raises HolesError."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise HolesError(f"{path} can't be read: {reason}.") from None
    holes = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                holes.append(msgspec.json.decode(line, type=Hole))
            except msgspec.MsgspecError as error:
                raise HolesError(f"Line {number} of {path} is no hole: {error}.") from None
    if not holes:
        raise HolesError(f"{path} holds no holes.")
    return holes


def sample(holes: Sequence[Hole], limit: int | None) -> list[Hole]:
    """At most so many holes, spread evenly over the file."""
    if limit is None or limit >= len(holes):
        return list(holes)
    return [holes[number * len(holes) // limit] for number in range(limit)]
