"""Pulling a model from within a server: in a process of its own, with progress, cancelled by ending that process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from foretype.child.process import ChildProcess
from foretype.models.errors import PullError
from foretype.models.messages import Answer, Failed, Progressed, Pull, Pulled, decode_answer
from foretype.models.partial import Progress

_MODULE = "foretype.models.puller"


async def pull_in_background(name: str, on_progress: Callable[[Progress], None]) -> Path:
    """Fetch a model and return where it lies; raises `PullError`.

    Cancelling ends it at once; what has arrived is kept for the next time, where the source can resume.
    """
    done: asyncio.Future[Path] = asyncio.get_running_loop().create_future()

    def take(answer: Answer) -> None:
        if isinstance(answer, Progressed):
            on_progress(Progress(answer.step, answer.done, answer.total))
        elif done.done():
            return
        elif isinstance(answer, Pulled):
            done.set_result(Path(answer.path))
        elif isinstance(answer, Failed):
            done.set_exception(PullError(answer.message))

    def ended(_: ChildProcess, how: str) -> None:
        if not done.done():
            done.set_exception(PullError(f"Pulling {name} ended early ({how}); try again, the log says more."))

    child = await ChildProcess.start(_MODULE, decode_answer, take, ended)
    try:
        child.send(Pull(name))
        return await done
    finally:
        await child.kill()
