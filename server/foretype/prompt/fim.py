"""The prompt an engine is given: pieces of buffer text and control tokens, never mixed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Control(Enum):
    """A control token by its role; each family spells it its own way, each vocabulary numbers it its own way."""

    PREFIX = "prefix"
    SUFFIX = "suffix"
    MIDDLE = "middle"
    REPOSITORY = "repository"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Token:
    """A control token by its spelling, as chat templates name theirs."""

    spelling: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Pieces in the order the model reads them.

    A ``str`` piece is text: whatever it contains (``<|fim_middle|>`` too), it is tokenized as plain text.
    The model continues the last piece; with ``heal`` the engine drops that piece's trailing token and makes the
    first tokens generated agree with what was dropped (token healing), so a prompt may end inside a word.
    """

    pieces: tuple[str | Control | Token, ...]
    heal: bool = True
