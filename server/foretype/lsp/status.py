"""The one status that the editor shows, out of what engines and settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import Enum

from foretype.complete.results import CompletionResult
from foretype.config.endpoints import Route, named
from foretype.engines.base import EngineState, EngineStatus

DID_CHANGE_STATUS = "didChangeStatus"
_URGENCY = (EngineState.LOADING, EngineState.BUSY, EngineState.READY, EngineState.IDLE)
OFF = "Suggestions are switched off by the setting completion.enabled."


class Kind(str, Enum):
    """The kinds that Copilot's language server has as well, so that its clients understand them."""

    NORMAL = "Normal"
    WARNING = "Warning"
    ERROR = "Error"
    INACTIVE = "Inactive"


@dataclass(frozen=True, slots=True)
class EngineLine:
    """What is told of one engine; ``state`` is an `EngineState`'s value, or ``skipped``."""

    name: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Status:
    """The parameters of ``didChangeStatus``; ``message`` is one sentence, or empty.

    ``engines`` are those of the route in its order, where it has more than one.
    """

    busy: bool
    message: str
    kind: Kind
    engines: tuple[EngineLine, ...] = ()

    def wire(self) -> dict[str, object]:
        """As it is sent."""
        sent = asdict(self) | {"kind": self.kind.value}
        return sent if self.engines else {name: value for name, value in sent.items() if name != "engines"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What the last answers tell: who gave the last, which engines had no part in it, and why there was none at all.

    ``nobody`` is why no engine may answer for the document asked about last; empty where one may.
    """

    engine: str = ""
    skipped: tuple[tuple[str, str], ...] = ()
    nobody: str = ""


def answered(before: Answered, result: CompletionResult) -> Answered:
    """What is known after a further result."""
    skipped = result.ledger.skipped
    if result.suggestions:
        return Answered(result.engine, skipped)
    if not result.engine:
        return replace(before, skipped=skipped, nobody=result.rejected or "")
    return replace(before, skipped=skipped, nobody="") if skipped else replace(before, nobody="")


def status_of(engines: Sequence[EngineStatus], problem: str, enabled: bool, last: Answered | None = None) -> Status:
    """The most urgent thing to know: that no engine can answer, a problem with the settings, that all is off, that
    one engine can't answer, the engines.

    ``engines`` are all of the route, those first that it prefers.
    """
    last = last or Answered()
    lines = tuple(_lines(engines, last)) if len(engines) > 1 else ()
    failed = [each for each in engines if each.state is EngineState.ERROR]
    able = [each for each in engines if each.state is not EngineState.ERROR]
    if failed and not able:
        return Status(False, failed[0].message, Kind.ERROR, lines)
    engine = min(able, key=lambda each: _URGENCY.index(each.state), default=EngineStatus("", EngineState.IDLE))
    busy = engine.state in (EngineState.LOADING, EngineState.BUSY)
    if problem:
        return Status(busy, problem, Kind.WARNING, lines)
    if not enabled:
        return Status(False, OFF, Kind.INACTIVE, lines)
    if failed:
        others = " and ".join(each.engine for each in able)
        return Status(busy, f"{failed[0].message} Meanwhile {others} may answer.", Kind.WARNING, lines)
    if last.nobody:
        return Status(busy, f"Nothing is suggested here: {last.nobody.rstrip('.')}.", Kind.INACTIVE, lines)
    if len(engines) > 1 and last.engine and engine.state is not EngineState.LOADING:
        return Status(busy, _told(last), Kind.NORMAL, lines)
    return Status(busy, with_progress(engine), Kind.NORMAL, lines)


def _lines(engines: Iterable[EngineStatus], last: Answered) -> Iterator[EngineLine]:
    reasons = dict(last.skipped)
    for each in engines:
        if each.state is not EngineState.ERROR and each.engine in reasons:
            yield EngineLine(each.engine, "skipped", reasons[each.engine])
        else:
            yield EngineLine(each.engine, each.state.value, with_progress(each))


def _told(last: Answered) -> str:
    """Who answered last, and why others didn't."""
    skipped = "".join(f"; {name} skipped: {reason.rstrip('.')}" for name, reason in last.skipped)
    return f"{last.engine} answered last{skipped}."


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
        self._route: tuple[str, ...] = ()
        self._engines: dict[str, EngineStatus] = {}
        self._answered = Answered()
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

    def answered(self, result: CompletionResult) -> None:
        """A request was answered."""
        self._answered = answered(self._answered, result)
        self._update()

    def settings(self, problem: str, enabled: bool, route: Route | None = None) -> None:
        """What is wrong with the settings (one sentence, or empty), whether suggestions are on, and the route."""
        self._problem, self._enabled = problem, enabled
        if route is not None and (names := named(route)) != self._route:
            self._route, self._answered = names, Answered()
            self._engines = {name: status for name, status in self._engines.items() if name in names}
        self._update()

    def _update(self) -> None:
        names = dict.fromkeys((*self._route, *self._engines))
        engines = [self._engines.get(name, EngineStatus(name, EngineState.IDLE)) for name in names]
        status = status_of(engines, self._problem, self._enabled, self._answered)
        if self._open and status != self._sent:
            self._sent = status
            self._send(status.wire())
