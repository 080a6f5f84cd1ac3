"""How code with ghost text in it looks in a terminal."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from foretype.bench.screen import Ghost
from foretype.text.edits import body
from foretype.text.positions import Point

WIDTH = 92
_ABOVE, _BELOW = 6, 4
_GHOST = "italic bright_black"
_MARKS = ("«", "»")
_LEXERS = {"typescript": "typescript", "python": "python", "go": "go", "plaintext": "text"}


@dataclass(frozen=True, slots=True)
class Picture:
    """What there is to see: a file's lines with the cursor and the ghost text, and a word about it."""

    title: str
    language: str
    lines: Sequence[str]
    cursor: Point
    ghost: Ghost | None
    note: str

    @property
    def ghost_text(self) -> str:
        """What of the ghost is seen; empty if there is none."""
        return self.ghost.seen if self.ghost else ""


def draw(picture: Picture, marked: bool) -> RenderableType:
    """A panel of code around the cursor. ``marked`` puts ghost text between « and », for output without colours."""
    cursor = picture.cursor
    first = max(0, cursor.line - _ABOVE)
    line = body(picture.lines[cursor.line])
    above = "".join(body(text) + "\n" for text in picture.lines[first : cursor.line]) + line[: cursor.column]
    below = "\n".join([line[cursor.column :], *map(body, picture.lines[cursor.line + 1 :][:_BELOW])])
    # Tabs as the spaces that they take, or the highlighter would move everything behind them.
    above, ghost, below = (text.replace("\t", " " * 4) for text in (above, picture.ghost_text, below))
    start = len(above)
    text = _highlighted(above + ghost + below, picture.language)
    text.stylize(_GHOST, start, start + len(ghost))
    if ghost and marked:
        text = _with_marks(text, start, start + len(ghost))
    elif not ghost and not marked:
        text = _with_cursor(text, start)
    numbered = _numbered(text, first, cursor.line, ghost.count("\n"))
    return Panel(
        Group(numbered, Text(), Text(picture.note, "dim")), title=f"[b]{picture.title}", title_align="left", box=ROUNDED
    )


def console_for(record: bool = False) -> Console:
    """Where to draw: the terminal, no wider than is good for reading; or a record that a picture is made of."""
    if record:
        return Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return console


def svg(console: Console, title: str) -> str:
    """The record as a picture that needs nothing from anywhere: no web fonts."""
    return re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title=title), flags=re.DOTALL)


def _highlighted(code: str, language: str) -> Text:
    syntax = Syntax("", _LEXERS.get(language, language), theme="ansi_dark", background_color="default")
    text = syntax.highlight(code)
    # The highlighter ends what it is given with a new line.
    text.rstrip()
    text.no_wrap = True
    return text


def _with_marks(text: Text, start: int, end: int) -> Text:
    pieces = text.divide([start, end])
    return Text.assemble(pieces[0], _MARKS[0], pieces[1], _MARKS[1], pieces[2])


def _with_cursor(text: Text, at: int) -> Text:
    pieces = text.divide([at])
    return Text.assemble(pieces[0], ("▏", "bright_white"), pieces[1])


def _numbered(text: Text, first: int, cursor: int, ghosts: int) -> Text:
    """Line numbers before the lines; none before those that are only ghost text."""
    numbered, number = Text(no_wrap=True, overflow="crop"), first
    for index, line in enumerate(text.split("\n", allow_blank=True)):
        is_ghost = cursor < first + index <= cursor + ghosts
        number += 0 if is_ghost else 1
        style = "bold" if number == cursor + 1 and not is_ghost else "dim"
        numbered.append("    " if is_ghost else f"{number:>3} ", style)
        numbered.append(line)
        numbered.append("\n")
    numbered.right_crop(1)
    return numbered
