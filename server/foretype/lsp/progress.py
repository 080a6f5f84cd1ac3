"""A progress bar in the editor for a model that takes long to load."""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from foretype.engines.base import EngineState, EngineStatus

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

logger = logging.getLogger(__name__)


class LoadProgress:
    """Shows LSP's work-done progress while an engine loads; not for loads that end within a moment."""

    def __init__(self, server: ForetypeServer) -> None:
        self._server = server
        self._bars: dict[str, _Bar] = {}
        self._numbers = itertools.count(1)

    def engine(self, status: EngineStatus) -> None:
        """An engine changed its state."""
        bar = self._bars.get(status.engine)
        if status.state is not EngineState.LOADING:
            if bar:
                self._bars.pop(status.engine).end()
        elif bar:
            bar.report(status)
        elif self._server.shows_progress:
            bar = self._bars[status.engine] = _Bar(self._server, f"foretype-load-{next(self._numbers)}", status)
            self._server.spawn(bar.show())


class _Bar:
    def __init__(self, server: ForetypeServer, token: str, status: EngineStatus) -> None:
        self._server = server
        self._token = token
        self._status = status
        self._begun = False
        self._ended = False

    async def show(self) -> None:
        await asyncio.sleep(self._server.options.progress_after)
        if self._ended:
            return
        create = types.WorkDoneProgressCreateParams(token=self._token)
        try:
            await self._server.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, create)
        except Exception as error:
            logger.info("The editor shows no progress: %s", error)
            return
        if not self._ended:
            self._begun = True
            self._send(types.WorkDoneProgressBegin(title="Foretype", **_state(self._status)))

    def report(self, status: EngineStatus) -> None:
        if self._begun and _state(status) != _state(self._status):
            self._send(types.WorkDoneProgressReport(**_state(status)))
        self._status = status

    def end(self) -> None:
        self._ended = True
        if self._begun:
            self._send(types.WorkDoneProgressEnd())

    def _send(self, value: object) -> None:
        self._server.progress(self._token, value)


def _state(status: EngineStatus) -> dict[str, Any]:
    percentage = None if status.progress is None else round(100 * status.progress)
    return {"message": status.message, "percentage": percentage}
