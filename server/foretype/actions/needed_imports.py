"""The imports that an edit needs: for names that it uses and nothing defines, where it is clear what they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from foretype.actions.candidates import text_with
from foretype.actions.missing_import import insertion, statement
from foretype.actions.programs import Grounds
from foretype.actions.repairs.importing import library_import, with_import
from foretype.actions.repairs.source import Source
from foretype.actions.target import Finder, Target
from foretype.syntax.queries import Queries
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit, apply
from foretype.workspace.client import Workspace

MOST_IMPORTS = 3


class Importer:
    """Finds out what a name is that an edit of one document uses."""

    def __init__(
        self, finder: Finder, queries: Queries, snapshot: Snapshot, grounds: Grounds, workspace: Workspace
    ) -> None:
        self._finder = finder
        self._queries = queries
        self._snapshot = snapshot
        self._grounds = grounds
        self._workspace = workspace

    async def edit_for(self, name: str) -> Edit | None:
        """The import of a name, from the standard library or the one file of the workspace that defines it."""
        line = library_import(name) if self._snapshot.language == "python" else ""
        if line:
            return await asyncio.to_thread(self._of_library, line)
        return await self._of_workspace(name)

    def _of_library(self, line: str) -> Edit | None:
        try:
            change = with_import(Source(self._snapshot.text), line)
        except (SyntaxError, ValueError, RecursionError):
            return None
        if change is None:
            return None
        place = self._snapshot.point_at(change.start)
        return Edit(place, place, change.text)

    async def _of_workspace(self, name: str) -> Edit | None:
        grounds, file = self._grounds, self._grounds.file
        if file is None:
            return None
        folder = grounds.folder.as_posix() if grounds.folder is not None else ""
        files = await self._workspace.defining(self._snapshot, name)
        lines = {statement(self._snapshot, file, path, module, name, folder) for path, module in files} - {""}
        return insertion(self._finder, self._queries, self._snapshot, lines.pop()) if len(lines) == 1 else None


def text_importing(snapshot: Snapshot, target: Target, code: str, imports: Sequence[Edit]) -> str:
    """The document's text with a target replaced and imports added, none of which lies in the target."""
    if not imports:
        return text_with(snapshot, target, code)
    lines = list(snapshot.lines)
    for each in sorted((*imports, Edit(target.start, target.end, code)), key=lambda each: each.start, reverse=True):
        apply(lines, each)
    return "".join(lines)
