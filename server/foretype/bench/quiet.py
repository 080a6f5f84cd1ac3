"""Places in real code where the file needs nothing: how often an automatic request stays silent there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from importlib import resources

from foretype.complete.pipeline import Completer
from foretype.complete.results import CompletionRequest
from foretype.syntax.languages import Languages
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.text.positions import Point

MARK = "\u2038"
"""A caret; it stands for the cursor in the shipped files."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in a complete file."""

    id: str
    snapshot: Snapshot
    cursor: Point


@dataclass(frozen=True, slots=True)
class Asked:
    """What was suggested at a place, or why nothing was."""

    id: str
    language: str
    line: str
    suggested: str | None
    why_silent: str | None


def shipped_places() -> list[Place]:
    """The places marked in the files that come with Foretype (``quiet_files/NAME.EXTENSION.txt``)."""
    folder = resources.files("foretype.bench") / "quiet_files"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    return [
        place for file in files for place in marked_places(file.name[: -len(".txt")], file.read_text(encoding="utf-8"))
    ]


def marked_places(name: str, marked: str) -> list[Place]:
    """The places that `MARK` marks in a text; ids are ``name:line:column``, counted from 1."""
    language = Languages().language_of_path(name) or "plaintext"
    lines = tuple(split_lines(marked.replace(MARK, "")))
    snapshot = Snapshot(f"file:///quiet/{name}", 1, language, lines)
    cursors = [
        Point(number, found - earlier)
        for number, line in enumerate(split_lines(marked))
        for earlier, found in enumerate(at for at, char in enumerate(line) if char == MARK)
    ]
    return [Place(f"{name}:{cursor.line + 1}:{cursor.column + 1}", snapshot, cursor) for cursor in cursors]


async def ask(places: Sequence[Place], completer: Completer) -> AsyncIterator[Asked]:
    """Asks at each place as an editor does while someone types, one after the other."""
    for place in places:
        snapshot, cursor = place.snapshot, place.cursor
        completer.opened(snapshot)
        try:
            result = await completer.complete(CompletionRequest(snapshot, cursor), lambda _: None)
        finally:
            completer.closed(snapshot.uri)
        text = result.suggestions[0].text if result.suggestions else None
        line = snapshot.before(cursor) + MARK + snapshot.after(cursor)
        yield Asked(place.id, snapshot.language, line.strip(), text, result.rejected)
