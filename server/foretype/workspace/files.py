"""Reads source files, as far as they are of use: not too large, text, written by people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foretype.text.edits import split_lines

LARGEST_FILE = 256 * 1024
LONGEST_LINE = 4_000
"""Lines beyond are data or minified code."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file hasn't changed since."""

    size: int
    modified: int

    @classmethod
    def of(cls, path: Path) -> Stamp | None:
        """The stamp of a regular file; None for anything else, links too (they may lead out of the workspace)."""
        try:
            if path.is_symlink() or not path.is_file():
                return None
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_size, found.st_mtime_ns)


def read_lines(path: Path) -> tuple[str, ...] | None:
    """A file's lines with their endings; None if it is gone, too large, binary, not UTF-8, or not written by hand."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE or b"\0" in data:
            return None
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return usable_lines(tuple(split_lines(text)))


def usable_lines(lines: tuple[str, ...]) -> tuple[str, ...] | None:
    """The lines, unless one is too long or they are too much."""
    if any(len(line) > LONGEST_LINE for line in lines) or sum(map(len, lines)) > LARGEST_FILE:
        return None
    return lines
