"""A copy of the workspace with the edited text in it: what checkers and tests run in, never the user's own tree."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from foretype.errors import ForetypeError

MOST_FILES = 5_000
MOST_BYTES = 100_000_000
_LEFT_OUT = frozenset({".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", "target"})
_LINKED = frozenset({"node_modules", ".venv", "venv"})
"""Folders that are large and only read: the copy has links to them."""


class TooLarge(ForetypeError):
    """The workspace is too large to be copied."""


class Overlay:
    """A folder of its own, with ``tree`` the copy, and ``home`` for what programs want to keep."""

    def __init__(self, folder: Path, file: Path) -> None:
        """Copies what is in ``folder``; ``file`` is where, in the copy, edited texts go. Raises `TooLarge`, OSError."""
        self._base = Path(tempfile.mkdtemp(prefix="foretype-"))
        self.tree, self.home = self._base / folder.name, self._base / "home"
        self.file = self.tree / file
        try:
            self.home.mkdir()
            _copy(folder, self.tree)
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except BaseException:
            self.close()
            raise

    @property
    def base(self) -> Path:
        """The folder that holds it all."""
        return self._base

    def write(self, text: str) -> None:
        """Makes the file say this, byte for byte."""
        if self.file.is_symlink():
            self.file.unlink()
        self.file.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")

    def close(self) -> None:
        """Removes all of it."""
        shutil.rmtree(self._base, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    files = size = 0
    for folder, folders, names in os.walk(source):
        here = Path(folder)
        there = target / here.relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in [each for each in folders if each in _LINKED or (here / each).is_symlink()]:
            with contextlib.suppress(OSError):
                (there / name).symlink_to((here / name).resolve(), target_is_directory=True)
        folders[:] = [each for each in folders if each not in _LEFT_OUT | _LINKED and not (here / each).is_symlink()]
        for name in names:
            path = here / name
            with contextlib.suppress(FileNotFoundError):
                if not path.is_file():
                    continue
                files, size = files + 1, size + path.stat().st_size
                if files > MOST_FILES or size > MOST_BYTES:
                    raise TooLarge("the workspace is too large to be copied")
                shutil.copy2(path, there / name)
