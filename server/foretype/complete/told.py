"""Whoever wants to know of the workspace's folders and files, told together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from foretype.workspace.folders import Folder


class Listener(Protocol):
    """Wants to know of folders and files."""

    def set_folders(self, folders: Iterable[Folder], watched: bool) -> None:
        """The folders are now these; ``watched`` if `files_changed` will be called."""
        ...

    def files_changed(self, uris: Iterable[str]) -> None:
        """Files or folders were made, changed or removed on disk."""
        ...


class Told:
    """One listener for many."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners

    def set_folders(self, folders: Iterable[Folder], watched: bool) -> None:
        """Tells all."""
        known = tuple(folders)
        for each in self._listeners:
            each.set_folders(known, watched)

    def files_changed(self, uris: Iterable[str]) -> None:
        """Tells all."""
        changed = tuple(uris)
        for each in self._listeners:
            each.files_changed(changed)
