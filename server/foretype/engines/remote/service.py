"""A service as requests see it: retries, the breaker, the key, what it turned out to take, and how it is doing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from foretype.engines.base import EndpointError, EngineState, EngineStatus, StatusListener, Usage
from foretype.engines.remote.asking import Known, Outgoing, Parameters
from foretype.engines.remote.breaker import Breaker, BreakerState
from foretype.engines.remote.connections import Connections, Line
from foretype.engines.remote.events import Ended, Event, Text
from foretype.engines.remote.exchange import Exchange
from foretype.engines.remote.failures import REFUSED, Failed, clock, silent
from foretype.engines.remote.keys import Key
from foretype.engines.remote.limits import Meter, Ticket
from foretype.engines.remote.measures import Measures
from foretype.engines.remote.protocols import Peer, outgoing
from foretype.engines.remote.sockets import Sockets
from foretype.errors import ForetypeError
from foretype.prompt.fim import Prompt
from foretype.prompt.hole import Chat, Hole, Input
from foretype.trust.egress import Cleared, Gate, Recipient

logger = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 0.1
LONGEST_BACKOFF_SECONDS = 2.0
ATTEMPTS = 4
"""Within one request; two of them may go to what the service takes and to its key."""

DEMAND_SECONDS = 300.0
"""A service that was asked for so recently is looked after while it can't answer."""

OPTIONAL = frozenset({
    "cache_prompt", "grammar", "keep_alive", "logprobs", "max_tokens", "n", "prompt_cache_key", "random_seed",
    "reasoning", "seed", "stop", "store", "stream_options", "suffix", "temperature",
})  # fmt: skip
"""Fields that a service may do without."""


@dataclass(frozen=True, slots=True)
class Started:
    """A request that is being answered: what was sent, when (``time.perf_counter``), what came first, how it counts."""

    exchange: Exchange
    first: Sequence[Event]
    sent: Outgoing
    at: float
    ticket: Ticket


class Service:
    """Asks one endpoint, and knows how it is doing. Times are in seconds."""

    def __init__(
        self, peer: Peer, gate: Gate, key: Key, on_status: StatusListener, meter: Meter, measures: Measures
    ) -> None:
        name = peer.name
        self.known = Known()
        self._meter = meter
        self._measures = measures
        self._peer = peer
        self._name = name
        self._recipient = Recipient(name, peer.endpoint.url)
        self._line: Line = Sockets(peer, gate) if peer.endpoint.websocket else Connections(peer, gate)
        self._gate = gate
        self._key = key
        self._on_status = on_status
        self._status = EngineStatus(name, EngineState.IDLE)
        self._breaker = Breaker(time.monotonic)
        self._trouble = ""
        self._wanted = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._saving: asyncio.Task[None] | None = None
        self._is_known = peer.spoken.learn is None
        self._learning = asyncio.Lock()

    async def start(self, given: Input, parameters: Parameters, patience: float) -> Started:
        """Sends a request, again if that may help, until its answer begins. Raises EndpointError."""
        self._wanted = time.monotonic()
        if not self._breaker.admit():
            self._look_after()
            raise EndpointError(self.why_not)
        try:
            if isinstance(given, Prompt):
                raise EndpointError(f"`{self._name}` needs the text around the cursor, not a prompt laid out.")
            cleared = await self._cleared(given)
            started = await self._insist(cleared, parameters, time.monotonic() + patience)
        except Failed as failed:
            self.failed(failed)
            raise
        except EndpointError as error:
            self._breaker.leave()
            self._report(EngineState.ERROR, str(error))
            raise
        except ForetypeError as refused:
            self._breaker.leave()
            raise EndpointError(str(refused)) from None
        except BaseException:
            self._breaker.leave()
            raise
        self.answered()
        return started

    @property
    def why_not(self) -> str:
        """The sentence about a service that isn't asked for now."""
        wait = self._breaker.wait
        return f"{self._trouble} It is asked again {f'at {clock(wait)}' if wait >= 5 else 'in a moment'}."

    def answered(self) -> None:
        """The service works."""
        recovered = self._breaker.succeed() or self._status.state is EngineState.ERROR
        self._report(EngineState.READY, f"`{self._name}` answers again." if recovered else f"`{self._name}` answers.")

    def failed(self, failed: Failed) -> None:
        """The service does not."""
        self._trouble = str(failed)
        before = self._breaker.state
        self._breaker.fail(at_once=failed.status in REFUSED or failed.status == 404, wait=failed.wait)
        if self._breaker.state is not BreakerState.CLOSED:
            self._look_after()
            if before is BreakerState.CLOSED:
                logger.info("%s", self.why_not)
        self._report(EngineState.ERROR, str(failed))

    async def warm(self, lightly: bool = True) -> bool:
        """Has a connection ready; false if the service can't be reached or, unless ``lightly``, doesn't work."""
        if self._line.warm:
            return True
        if not self._breaker.admit():
            return False
        try:
            await self._line.probe(await self._key.value(), lightly)
        except Failed as failed:
            self.failed(failed)
            return False
        except ForetypeError as error:
            self._breaker.leave()
            self._report(EngineState.ERROR, str(error))
            return False
        except BaseException:
            self._breaker.leave()
            raise
        self._breaker.leave()
        return True

    def refuse(self, field: str) -> None:
        """Takes note of an optional field that the service does not take."""
        self.known = replace(self.known, refused=self.known.refused | {field})

    def settle(self, started: Started, usage: Usage) -> None:
        """Counts what a request took; the counts are written beside other work."""
        self._meter.settle(started.ticket, usage)
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._meter.save())

    def prepare(self) -> None:
        """Begins, in the background and once, to open a connection and to learn what is worth knowing."""
        if self._preparing is None:
            self._gate.redactor.prepare()
            self._preparing = asyncio.create_task(self._prepare())

    async def learn(self) -> None:
        """Asks the service, once, for what is worth knowing of it."""
        learn, line = self._peer.spoken.learn, self._line
        if learn is None or not isinstance(line, Connections):
            return
        async with self._learning:
            if self._is_known:
                return
            key = await self._key.value()
            try:
                told = await learn(self._peer.endpoint, lambda method, url, body: line.ask(method, url, body, key))
            except Failed as failed:
                logger.info("What `%s` runs could not be learnt: %s", self._name, failed)
                return
            self._is_known = True
            self.known = replace(told, refused=self.known.refused)

    async def _prepare(self) -> None:
        with contextlib.suppress(ForetypeError):
            if await self.warm():
                await self.learn()

    async def aclose(self) -> None:
        """Closes its connections."""
        for task in (self._looking, self._preparing):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._saving is not None:
            await asyncio.gather(self._saving, return_exceptions=True)
        await self._meter.save()
        await self._line.aclose()

    async def _cleared(self, given: Hole | Chat) -> Cleared:
        if self._gate.redactor.is_ready:
            return self._gate.clear(given, self._recipient)
        return await asyncio.to_thread(self._gate.clear, given, self._recipient)

    async def _insist(self, cleared: Cleared, parameters: Parameters, deadline: float) -> Started:
        from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential, wait_random

        jitter = wait_random(0, FIRST_BACKOFF_SECONDS)
        growing = wait_exponential(FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS) + jitter

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.wait if isinstance(error, Failed) else None
            return growing(state) if asked is None else asked

        def too_late(state: RetryCallState) -> bool:
            return state.attempt_number >= ATTEMPTS or time.monotonic() + state.upcoming_sleep >= deadline

        again = retry_if_exception(lambda error: isinstance(error, Failed) and error.again)
        retrying = AsyncRetrying(retry=again, wait=wait, stop=too_late, reraise=True)
        return await retrying(self._attempt, cleared, parameters, deadline)

    async def _attempt(self, cleared: Cleared, parameters: Parameters, deadline: float) -> Started:
        key = await self._key.value()
        assert cleared.given is not None
        known = replace(self.known, memory=self._line.memory)
        sent = outgoing(self._peer, cleared.given, replace(parameters, known=known))
        ticket = self._meter.take(self._measures.tokens(sent.characters))
        try:
            return await self._answer(sent, key, cleared, deadline, ticket)
        except Failed as failed:
            self._meter.settle(ticket, Usage())
            if failed.status == 401 and self._key.forget():
                raise Failed(str(failed), again=True, wait=0.0, status=401) from None
            if failed.field in OPTIONAL - self.known.refused:
                self.refuse(failed.field)
                raise Failed(str(failed), again=True, wait=0.0, status=failed.status) from None
            raise

    async def _answer(self, sent: Outgoing, key: str, cleared: Cleared, deadline: float, ticket: Ticket) -> Started:
        from anyio import fail_after

        at = time.perf_counter()
        patience = max(0.0, deadline - time.monotonic())
        exchange: Exchange | None = None
        first: list[Event] = []
        try:
            with fail_after(patience):
                exchange = await self._line.open(sent, key, cleared)
                while not any(isinstance(event, Text | Ended) for event in first):
                    first += await exchange.read()
        except TimeoutError:
            await _closed(exchange)
            raise silent(self._name, patience) from None
        except BaseException:
            await _closed(exchange)
            raise
        return Started(exchange, first, sent, at, ticket)

    def _look_after(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """While someone wants the service, finds out by itself that it is back; the breaker's pause grows meanwhile."""
        while time.monotonic() - self._wanted < DEMAND_SECONDS:
            await asyncio.sleep(self._breaker.wait)
            if self._breaker.state is not BreakerState.HALF_OPEN:
                return
            if await self.warm(lightly=False):
                self._report(EngineState.READY, f"`{self._name}` can be reached again.")
                return

    def _report(self, state: EngineState, message: str) -> None:
        status = EngineStatus(self._name, state, message)
        if status != self._status:
            self._status = status
            self._on_status(status)


async def _closed(exchange: Exchange | None) -> None:
    if exchange is not None:
        await exchange.aclose()
