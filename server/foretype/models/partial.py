"""A model file while it is being written: under another name, and hashed as it grows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from foretype.models.errors import PullError

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is, in bytes; ``total`` may be a rounded estimate, and is ``None`` when unknown."""

    step: str
    done: int
    total: int | None


ProgressListener = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """A listener for those who don't want to know."""


def sha256_of(path: Path, progress: ProgressListener = ignore) -> str:
    """The SHA-256 of a file, in lower-case hexadecimal."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress(Progress("checking", done, total))
    return digest.hexdigest()


class Partial:
    """A file that grows at its end. What an earlier run left there is kept until `restart`.

    ``limit`` bounds its size in bytes: whoever sends more doesn't send the model.
    """

    def __init__(self, path: Path, limit: int, progress: ProgressListener = ignore) -> None:
        self.path, self.size, self._limit = path, 0, limit
        self._digest = hashlib.sha256()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        self._file.seek(0)
        total = path.stat().st_size
        while chunk := self._file.read(CHUNK):
            self._count(chunk)
            progress(Progress("checking what an earlier pull left", self.size, total))

    def __enter__(self) -> Partial:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        """The SHA-256 of what has been written so far."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append; raises `PullError` when the disk is full or more comes than the model has."""
        if self.size + len(chunk) > self._limit:
            self.restart()
            raise PullError(
                f"More than {self._limit / 1e6:.0f} MB arrived, so this is not the model; nothing was kept."
            )
        try:
            self._file.write(chunk)
        except OSError as error:
            raise PullError(f"{self.path.parent} can't be written: {error.strerror}.") from None
        self._count(chunk)

    def restart(self) -> None:
        """Forget everything written so far."""
        self._file.truncate(0)
        self._digest, self.size = hashlib.sha256(), 0

    def keep_as(self, target: Path) -> None:
        """Give the finished file its name, in one step; closes it. Raises `PullError`."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self.path.replace(target)
        except OSError as error:
            raise PullError(f"{target} can't be written: {error.strerror}.") from None

    def discard(self) -> None:
        """Remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _count(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.size += len(chunk)
