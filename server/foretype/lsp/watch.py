"""What no client tells of: that its own process has ended, also where its end of the pipe stays open, and that a file
outside of the workspace has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

logger = logging.getLogger(__name__)


async def watch(process_id: int, interval: float, on_death: Callable[[], None]) -> None:
    """Look every ``interval`` seconds whether a process lives; call ``on_death`` once it no longer does."""
    import psutil

    try:
        process = psutil.Process(process_id)
    except (psutil.Error, ValueError):
        # The client may be in another container or on another machine; its end of the pipe still tells.
        logger.info("The client's process %s isn't one of this machine, so it is not watched.", process_id)
        return
    # Neither system tells of another process's end in a way that works on all of them.
    while _alive(process):  # noqa: ASYNC110
        await asyncio.sleep(interval)
    logger.warning("The client's process %s is gone; ending.", process_id)
    on_death()


async def follow(file: Path, interval: float, on_change: Callable[[], None]) -> None:
    """Look every ``interval`` seconds whether a file is another than before, also once it comes or goes.

    A change counts once it has lasted from one look to the next: a file may be met while it is written.
    """
    known = seen = _state(file)
    while True:
        await asyncio.sleep(interval)
        now = _state(file)
        if now == seen and now != known:
            known = now
            on_change()
        seen = now


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _alive(process: object) -> bool:
    import psutil

    assert isinstance(process, psutil.Process)
    try:
        # is_running() also tells a process from a later one with the same number.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
