"""The workspace folders, and how paths in them are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath


@dataclass(frozen=True, slots=True)
class Folder:
    """A workspace folder on this machine."""

    path: PurePath
    name: str


class Folders:
    """Folders by path, each with its name."""

    def __init__(self, folders: Iterable[tuple[str, str]] = ()) -> None:
        self._names = {path_key(Path(path)): name for path, name in folders}

    def __iter__(self) -> Iterator[Path]:
        return map(Path, self._names)

    def of(self, path: str) -> str:
        """The innermost folder that a path lies in; empty if it lies in none."""
        inside = [folder for folder in self._names if path.startswith(folder.rstrip("/") + "/")]
        return max(inside, key=len, default="")

    def name(self, path: str) -> str:
        """The name of the folder that a path lies in; empty if it lies in none."""
        folder = self.of(path)
        return self._names[folder] if folder else ""

    def shown(self, path: str, beside: str) -> str:
        """The path to show for a file: relative to its folder, under the folder's name if ``beside`` is elsewhere."""
        folder = self.of(path)
        if not folder:
            return path.rpartition("/")[2]
        relative = path[len(folder) :].lstrip("/")
        return relative if folder == self.of(beside) else f"{self._names[folder]}/{relative}"


def path_key(path: PurePath) -> str:
    """An absolute path as the index spells it: with ``/``, and with a capital drive letter on Windows."""
    text = path.as_posix()
    return text[0].upper() + text[1:] if path.drive and text[1:2] == ":" else text
