"""What filters and stop rules are told of the text around a cursor."""

from __future__ import annotations

from foretype.complete.filters import WINDOW, Surroundings
from foretype.complete.stream import plain
from foretype.syntax.cursor import Syntax
from foretype.syntax.indents import indent_unit
from foretype.text.documents import Snapshot
from foretype.text.positions import Point


def survey(
    snapshot: Snapshot,
    cursor: Point,
    syntax: Syntax,
    unit: str | None = None,
    undone: str = "",
    prose: bool = False,
    auto_closed: str = "",
) -> Surroundings:
    """The lines around the cursor, without parsing anything; the indentation ``unit`` is found if it isn't given."""
    lines, line = snapshot.lines, cursor.line
    return Surroundings(
        before=snapshot.before(cursor),
        after=snapshot.after(cursor),
        above=tuple(snapshot.body(n) for n in range(max(0, line - WINDOW), line)),
        below=tuple(snapshot.body(n) for n in range(line + 1, min(len(lines), line + 1 + WINDOW))),
        spec=syntax.languages.spec(snapshot.language),
        indent_unit=unit or indent_unit(lines, line),
        auto_closed=auto_closed,
        undone=plain(undone),
        prose=prose,
    )
