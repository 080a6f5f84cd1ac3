"""A day's counts in a file of the user's state folder, added to by every process that asks the service."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

import msgspec

logger = logging.getLogger(__name__)

LOCK_SECONDS = 2.0


class Day(msgspec.Struct, frozen=True):
    """What one day has seen; ``name`` is its date as in ISO 8601, ``cost`` in the currency of the prices."""

    name: str = ""
    requests: int = 0
    tokens: int = 0
    cost: float = 0.0

    def plus(self, other: Day) -> Day:
        """Both together; of two days, the later one alone."""
        if self.name != other.name:
            return max(self, other, key=lambda day: day.name)
        return Day(self.name, self.requests + other.requests, self.tokens + other.tokens, self.cost + other.cost)


class DayFile:
    """Keeps what isn't written yet apart, so that processes add to the file and never overwrite each other's counts."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._path = folder / f"{quote(endpoint, safe='')}.json"
        self._unsaved = Day()
        self._saving = asyncio.Lock()

    def read(self, name: str) -> Day:
        """The counts of a day; those of another are as good as none, and so is a file that can't be read."""
        try:
            day = msgspec.json.decode(self._path.read_bytes(), type=Day)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            return Day(name)
        return day if day.name == name else Day(name)

    def add(self, more: Day) -> None:
        """Counts more, to be written by `save`."""
        self._unsaved = self._unsaved.plus(more)

    def with_unsaved(self, day: Day) -> Day:
        """A day as written, with what isn't."""
        return day.plus(self._unsaved) if self._unsaved.name == day.name else day

    async def save(self) -> Day | None:
        """Adds to the file in a thread; gives the counts then, or None where there was nothing to add or no way to."""
        async with self._saving:
            more, self._unsaved = self._unsaved, Day()
            if not more.name:
                return None
            saved = await asyncio.to_thread(self._save, more)
            if saved is None:
                self._unsaved = more.plus(self._unsaved)
            return saved

    def _save(self, more: Day) -> Day | None:
        from filelock import FileLock, Timeout

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._path}.lock", timeout=LOCK_SECONDS):
                total = self.read(more.name).plus(more)
                _replace(self._path, msgspec.json.encode(total))
        except (OSError, Timeout) as error:
            logger.warning("The counts in %s can't be written: %s", self._path, error)
            return None
        return total


def _replace(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
