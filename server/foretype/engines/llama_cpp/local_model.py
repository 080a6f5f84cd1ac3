"""Which model to load and how, and which file an attempt failed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocalModel:
    """What to load and how; ``gpu_layers`` -1 is all, ``threads`` 0 one for each core, times in seconds.

    ``locate`` gives the model's file, asked at each load; it raises ForetypeError if there is none.
    """

    name: str
    locate: Callable[[], Path]
    gpu_layers: int = -1
    threads: int = 0
    kv_memory_mb: int = 384
    drafts: bool = True
    unload_after: float = 1800.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """A file as it was when loading it failed; the same file isn't tried again, a new one is."""

    path: Path
    size: int
    modified: int

    @classmethod
    def of(cls, path: Path) -> Attempt:
        stat = path.stat()
        return cls(path, stat.st_size, stat.st_mtime_ns)
