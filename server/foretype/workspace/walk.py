"""Walks a folder's source files, those near the top first, within bounds."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from foretype.workspace.ignore import IgnoreRules

MOST_ENTRIES = 200_000


def walk(folder: Path, rules: IgnoreRules, wanted: Callable[[str], bool]) -> Iterator[Path | None]:
    """The files below a folder whose names are wanted and that no rule ignores; links are not followed.

    Yields None for each folder read, so that the caller can do something else in between.
    """
    folders = deque([folder])
    entries = 0
    while folders:
        for entry, is_folder in _entries(folders.popleft()):
            entries += 1
            if entries > MOST_ENTRIES:
                return
            if not is_folder and not wanted(entry.name):
                continue
            if rules.ignores_entry(entry, is_folder):
                continue
            if is_folder:
                folders.append(entry)
            else:
                yield entry
        yield None


def _entries(folder: Path) -> list[tuple[Path, bool]]:
    """A folder's subfolders and files, in the order of their names; nothing if it can't be read."""
    try:
        with os.scandir(folder) as found:
            entries = [
                (folder / entry.name, entry.is_dir(follow_symlinks=False))
                for entry in found
                if not entry.is_symlink() and _has_proper_name(entry.name)
            ]
    except OSError:
        return []
    return sorted(entries)


def _has_proper_name(name: str) -> bool:
    """Whether a name is Unicode, which it needn't be on POSIX."""
    return not any("\ud800" <= char <= "\udfff" for char in name)
