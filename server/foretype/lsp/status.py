"""The one status that the editor shows, out of what engines and settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import Enum

from foretype.engines.base import EngineState, EngineStatus

DID_CHANGE_STATUS = "didChangeStatus"
_URGENCY = (EngineState.ERROR, EngineState.LOADING, EngineState.BUSY, EngineState.READY, EngineState.IDLE)
OFF = "Suggestions are switched off by the setting completion.enabled."


class Kind(str, Enum):
    """The kinds that Copilot's language server has as well, so that its clients understand them."""

    NORMAL = "Normal"
    WARNING = "Warning"
    ERROR = "Error"
    INACTIVE = "Inactive"


@dataclass(frozen=True, slots=True)
class Status:
    """The parameters of ``didChangeStatus``; ``message`` is one sentence, or empty."""

    busy: bool
    message: str
    kind: Kind


def status_of(engines: Iterable[EngineStatus], problem: str, enabled: bool) -> Status:
    """The most urgent thing to know: an engine's error, a problem with the settings, that all is off, the engines."""
    engine = min(engines, key=lambda each: _URGENCY.index(each.state), default=EngineStatus("", EngineState.IDLE))
    if engine.state is EngineState.ERROR:
        return Status(False, engine.message, Kind.ERROR)
    busy = engine.state in (EngineState.LOADING, EngineState.BUSY)
    if problem:
        return Status(busy, problem, Kind.WARNING)
    if not enabled:
        return Status(False, OFF, Kind.INACTIVE)
    return Status(busy, with_progress(engine), Kind.NORMAL)


def with_progress(engine: EngineStatus) -> str:
    """An engine's message, with how far it is where that is known, in steps that aren't too many to tell."""
    if engine.progress is None:
        return engine.message
    return f"{engine.message.rstrip('.')} ({int(engine.progress * 20) * 5}%)"


class StatusBoard:
    """Holds what was last said and sends the status whenever it becomes another.

    Nothing is sent before `open`: until the client is initialized it takes no notifications.
    """

    def __init__(self, send: Callable[[dict[str, object]], None]) -> None:
        self._send = send
        self._engines: dict[str, EngineStatus] = {}
        self._problem = ""
        self._enabled = True
        self._sent: Status | None = None
        self._open = False

    def open(self) -> None:
        """The client takes notifications from now on."""
        self._open = True
        self._update()

    def close(self) -> None:
        """The client takes no notifications any more."""
        self._open = False

    def engine(self, status: EngineStatus) -> None:
        """An engine changed its state."""
        self._engines[status.engine] = status
        self._update()

    def settings(self, problem: str, enabled: bool) -> None:
        """What is wrong with the settings (one sentence, or empty), and whether suggestions are on."""
        self._problem, self._enabled = problem, enabled
        self._update()

    def _update(self) -> None:
        status = status_of(self._engines.values(), self._problem, self._enabled)
        if self._open and status != self._sent:
            self._sent = status
            self._send(asdict(status) | {"kind": status.kind.value})
