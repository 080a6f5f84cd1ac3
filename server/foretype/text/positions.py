"""Points in a text, and columns converted between code points and UTF-8/16/32 code units."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A place between two characters: zero-based line, column in code points (never in bytes or UTF-16 units)."""

    line: int
    column: int


class Encoding(Enum):
    """The position encodings of LSP 3.17, by their wire names."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"
