"""The progress of an action in the editor, which the user can cancel."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from types import TracebackType
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

_NUMBERS = itertools.count(1)

logger = logging.getLogger(__name__)


class ActionProgress:
    """Work-done progress while it is entered; when the user cancels it there, what is inside is cancelled."""

    def __init__(self, server: ForetypeServer, title: str) -> None:
        self._server = server
        self._title = title
        self._token = f"foretype-action-{next(_NUMBERS)}"
        self._shown: asyncio.Task[bool] | None = None
        self._last = ""

    async def __aenter__(self) -> ActionProgress:
        if self._server.shows_progress:
            task = asyncio.current_task()
            assert task is not None
            self._server.cancellable[self._token] = task
            self._shown = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cancellable.pop(self._token, None)
        if self._shown is None:
            return
        if self._shown.done() and not self._shown.cancelled() and self._shown.result():
            self._server.progress(self._token, types.WorkDoneProgressEnd())
        self._shown.cancel()

    def tell(self, what: str) -> None:
        """What is being done now."""
        self._last = what
        if self._shown is not None and self._shown.done() and not self._shown.cancelled() and self._shown.result():
            self._server.progress(self._token, types.WorkDoneProgressReport(message=what))

    async def _show(self) -> bool:
        create = types.WorkDoneProgressCreateParams(token=self._token)
        try:
            await self._server.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, create)
        except Exception as error:
            logger.info("The editor shows no progress: %s", error)
            return False
        begin = types.WorkDoneProgressBegin(title=self._title, cancellable=True, message=self._last or None)
        self._server.progress(self._token, begin)
        return True


def cancel(server: ForetypeServer, token: int | str) -> None:
    """The user cancelled a progress of ours."""
    with contextlib.suppress(KeyError):
        server.cancellable.pop(str(token)).cancel()
