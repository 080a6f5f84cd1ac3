"""Notebooks: the cells in their order, and a cell seen together with the code before it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foretype.text.documents import Snapshot
from foretype.text.positions import Point

MOST_BEFORE = 100_000
"""So many characters of the cells before are joined at most: more than a prompt holds, and soon parsed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, by its document; one that isn't code holds prose."""

    uri: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class Notebook:
    """The cells of a notebook, in order."""

    cells: tuple[Cell, ...] = ()

    def spliced(self, start: int, removed: int, cells: Iterable[Cell]) -> Notebook:
        """With ``cells`` in the place of the ``removed`` ones from ``start`` on; clamped to what is there."""
        start = min(max(start, 0), len(self.cells))
        return Notebook((*self.cells[:start], *cells, *self.cells[start + max(removed, 0) :]))

    def updated(self, cells: Iterable[Cell]) -> Notebook:
        """With what is known now of cells that it has."""
        now = {cell.uri: cell for cell in cells}
        return Notebook(tuple(now.get(cell.uri, cell) for cell in self.cells))

    def code_before(self, uri: str) -> tuple[str, ...]:
        """The code cells before a code cell, in order; none for another cell, or one that isn't here."""
        before: list[str] = []
        for cell in self.cells:
            if cell.uri == uri:
                return tuple(before) if cell.is_code else ()
            if cell.is_code:
                before.append(cell.uri)
        return ()


@dataclass(frozen=True, slots=True)
class View:
    """A document as it is completed: ``snapshot`` holds its ``own`` lines from ``first_line`` on.

    What stands above them is context, and nobody's to change. The snapshot has the document's own URI and version.
    """

    own: Snapshot
    snapshot: Snapshot
    first_line: int = 0

    def inner(self, point: Point) -> Point:
        """The place in ``snapshot`` of one in ``own``."""
        return Point(point.line + self.first_line, point.column)

    def outer(self, point: Point) -> Point:
        """The place in ``own`` of one in ``snapshot`` that isn't above it."""
        return Point(point.line - self.first_line, point.column)


def view(own: Snapshot, before: Sequence[Snapshot] = (), most: int = MOST_BEFORE) -> View:
    """A document below the nearest of the documents ``before`` it, of the same language and in their order.

    They are taken whole, and no more of them than ``most`` characters.
    """
    above: list[tuple[str, ...]] = []
    for snapshot in reversed(before):
        if snapshot.language != own.language:
            continue
        most -= sum(map(len, snapshot.lines))
        if most < 0:
            break
        above.append(_ended(snapshot.lines))
    lines = tuple(line for part in reversed(above) for line in part)
    if not lines:
        return View(own, own)
    return View(own, Snapshot(own.uri, own.version, own.language, lines + own.lines), len(lines))


def _ended(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines that others may follow: the last has its ending, and isn't there if it was empty."""
    return (*lines[:-1], lines[-1] + "\n") if lines[-1] else lines[:-1]
