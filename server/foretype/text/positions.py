"""Points in a text, and columns converted between code points and UTF-8/16/32 code units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A place between two characters: zero-based line, column in code points (never in bytes or UTF-16 units)."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place as LSP counts it: zero-based line, character in code units of the negotiated `Encoding`."""

    line: int
    character: int


class Encoding(Enum):
    """The position encodings of LSP 3.17, by their wire names."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


_CODECS = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2)}
_SURROGATE = re.compile("[\ud800-\udfff]")


def column(body: str, units: int, encoding: Encoding) -> int:
    """The column (code points) after ``units`` code units of ``body``, a line without its ending.

    Past the line's end it is the line's length; inside a character (of two UTF-16 units, or several bytes) it is that
    character's start.
    """
    # No character is shorter than one unit, so what lies beyond can't matter.
    prefix = body[: max(units, 0)]
    if encoding is Encoding.UTF32 or prefix.isascii():
        return len(prefix)
    codec, width = _CODECS[encoding]
    return len(_encode(prefix, codec)[: units * width].decode(codec, "ignore"))


def units(body: str, column: int, encoding: Encoding) -> int:
    """The code units before ``column`` (code points, clamped) in ``body``, a line without its ending."""
    prefix = body[: max(column, 0)]
    if encoding is Encoding.UTF32 or prefix.isascii():
        return len(prefix)
    codec, width = _CODECS[encoding]
    return len(_encode(prefix, codec)) // width


def _encode(text: str, codec: str) -> bytes:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        # JSON can carry lone surrogates. U+FFFD has as many units in both codecs; passing them through instead would
        # let decoding join two of them into one character.
        return _SURROGATE.sub("\ufffd", text).encode(codec)
