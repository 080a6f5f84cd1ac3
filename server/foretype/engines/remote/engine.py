"""A service elsewhere as an Engine: from requests to events, and from events to text and accounts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import uuid4

from foretype.config.endpoints import Endpoint
from foretype.engines.base import (
    Alternative,
    Chunk,
    EngineInfo,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    StatusListener,
    Totals,
    Usage,
)
from foretype.engines.remote.account import Account
from foretype.engines.remote.answer import Answer
from foretype.engines.remote.asking import Parameters
from foretype.engines.remote.events import Counted, Ended, Event, Text
from foretype.engines.remote.failures import Failed, silent
from foretype.engines.remote.family import family_of
from foretype.engines.remote.keys import Key
from foretype.engines.remote.limits import Meter
from foretype.engines.remote.measures import Measures
from foretype.engines.remote.protocols import PROTOCOLS, Peer
from foretype.engines.remote.service import Service, Started
from foretype.prompt.hole import Input
from foretype.trust.egress import Gate

REST_SECONDS = 0.25
"""How long the end of a stream, with the service's own account, is waited for after the answer's end."""

EXPLORING_TEMPERATURE = 0.7


class RemoteEngine:
    """An Engine whose model answers elsewhere. Several generations may run at a time."""

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        gate: Gate,
        key: Key,
        on_status: StatusListener,
        meter: Meter | None = None,
    ) -> None:
        """Nothing is opened or looked up before the first request. Without a meter, counts last as long as this."""
        self._name = name
        self._endpoint = endpoint
        self._spoken = PROTOCOLS[endpoint.kind]
        self._measures = Measures()
        self._meter = meter or Meter(name, endpoint)
        self._service = Service(Peer(name, endpoint), gate, key, on_status, self._meter, self._measures)
        self._session = uuid4().hex
        self._totals = Totals()

    async def info(self) -> EngineInfo:
        """What is known now. It never waits for the service, but begins to open a connection to it."""
        self._service.prepare()
        family = family_of(self._endpoint, self._service.known)
        return EngineInfo(
            self._name,
            self._endpoint.model or self._name,
            family.name if family is not None else self._endpoint.kind,
            self._endpoint.context_tokens,
            self._measures.speeds,
            self._facts(),
            chat=self._spoken.chats,
        )

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        """Yields chunks and a Finish; closing it closes the service's stream at once. Raises EndpointError."""
        asked = time.perf_counter()
        parameters = Parameters(
            request.max_tokens,
            request.stops,
            request.temperature,
            request.seed,
            request.grammar,
            session=self._session,
        )
        started = await self._service.start(request.prompt, parameters, self._endpoint.answer_seconds)
        answer = _answer(started, parameters.stops)
        account = Account(self._measures, asked, started.at, started.sent.characters)
        reason = FinishReason.END
        try:
            async with aclosing(self._events(started)) as events:
                async for event in events:
                    if isinstance(event, Text):
                        account.generated(event.text)
                        if text := answer.feed(event.text):
                            yield Chunk(text, account.usage, event.logprob)
                        if answer.over:
                            break
                    elif isinstance(event, Ended):
                        reason = event.reason
                        if text := answer.flush():
                            yield Chunk(text, account.usage)
                    elif isinstance(event, Counted):
                        account.counted(event)
            yield Finish(FinishReason.STOP if answer.stopped else reason, account.usage)
        finally:
            self._add(started, account.close())

    async def explore(self, request: ExploreRequest) -> Explored:
        """Several ends of a line, the likeliest first where the service tells, else as often as they came."""
        asked = time.perf_counter()
        # Who asked waits for a good answer: the layout that the service's model was trained on is worth a moment.
        await self._service.learn()
        parameters = Parameters(
            request.max_tokens,
            ("\n",),
            EXPLORING_TEMPERATURE,
            count=request.count,
            logprobs=True,
            session=self._session,
        )
        found = await self._together(request, parameters, asked) if self._spoken.several else []
        if not found:
            found = await self._one_by_one(request, parameters, asked)
        best: dict[str, Alternative] = {}
        for each in found:
            if each.text and (each.text not in best or best[each.text].logprob < each.logprob):
                best[each.text] = each
        ranked = sorted(best.values(), key=lambda each: each.logprob, reverse=True)
        return Explored(tuple(ranked[: request.count]), Usage(queue_ms=0.0, prefill_ms=_since(asked)))

    async def warm(self, prompt: Input) -> bool:
        """Has a connection open for the next request. The prompt is sent only over a WebSocket, to be read ahead."""
        if not await self._service.warm():
            return False
        await self._service.learn()
        return await self._read_ahead(prompt) if self._endpoint.websocket else True

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """An estimate from the lengths and from what the service counted so far; nothing is asked."""
        return tuple(self._measures.tokens(len(text)) for text in texts)

    def totals(self) -> Totals:
        """All work so far, as the service counted it where it did."""
        return self._totals

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._service.aclose()

    async def _read_ahead(self, prompt: Input) -> bool:
        parameters = Parameters(1, session=self._session, warms=True)
        started = await self._service.start(prompt, parameters, self._endpoint.answer_seconds)
        async with aclosing(self._events(started)) as events:
            async for event in events:
                if isinstance(event, Counted):
                    self._totals = replace(self._totals, warm_tokens=self._totals.warm_tokens + (event.prompt or 0))
        return True

    async def _events(self, started: Started, choices: int = 1) -> AsyncGenerator[Event, None]:
        """The events of so many answers; the account may come after their ends."""
        from anyio import fail_after

        exchange = started.exchange
        events = started.first
        over = False
        try:
            while events:
                for event in events:
                    choices -= isinstance(event, Ended)
                    yield event
                over = choices <= 0
                try:
                    with fail_after(REST_SECONDS if over else self._endpoint.answer_seconds):
                        events = await exchange.read()
                except TimeoutError:
                    if over:
                        return
                    raise silent(self._name, self._endpoint.answer_seconds) from None
        except Failed as failed:
            if not over:
                self._service.failed(failed)
                raise
        finally:
            await exchange.aclose()

    async def _together(self, request: ExploreRequest, parameters: Parameters, asked: float) -> list[Alternative]:
        """Several answers to one request; none from a service that turns out not to give several."""
        if "n" in self._service.known.refused:
            return []
        try:
            return await self._ends(request, parameters, asked)
        except Failed as failed:
            if failed.wait is not None or failed.status in (401, 403, 404):
                raise
            self._service.refuse("n")
            return []

    async def _one_by_one(self, request: ExploreRequest, parameters: Parameters, asked: float) -> list[Alternative]:
        """Several requests at a time, the first of which is greedy."""
        alone = [
            replace(parameters, count=1, seed=seed, temperature=EXPLORING_TEMPERATURE if seed else 0.0)
            for seed in range(request.count)
        ]
        answers = await asyncio.gather(*(self._ends(request, each, asked) for each in alone), return_exceptions=True)
        found = [each for answer in answers if not isinstance(answer, BaseException) for each in answer]
        failed = [answer for answer in answers if isinstance(answer, BaseException)]
        if failed and not found:
            raise failed[0]
        return found

    async def _ends(self, request: ExploreRequest, parameters: Parameters, asked: float) -> list[Alternative]:
        """The answers to one request, each to the end of its line."""
        started = await self._service.start(request.prompt, parameters, self._endpoint.answer_seconds)
        account = Account(self._measures, asked, started.at, started.sent.characters)
        texts: dict[int, str] = {}
        answers: dict[int, Answer] = {}
        logprobs: dict[int, float] = {}
        try:
            async with aclosing(self._events(started, parameters.count)) as events:
                async for event in events:
                    if isinstance(event, Text | Ended):
                        answer = answers.setdefault(event.choice, _answer(started, ("\n",)))
                    if isinstance(event, Text):
                        account.generated(event.text)
                        texts[event.choice] = texts.get(event.choice, "") + answer.feed(event.text)
                        if event.logprob is not None:
                            logprobs[event.choice] = logprobs.get(event.choice, 0.0) + event.logprob
                        if len(answers) == parameters.count and all(each.over for each in answers.values()):
                            break
                    elif isinstance(event, Ended):
                        texts[event.choice] = texts.get(event.choice, "") + answer.flush()
                    elif isinstance(event, Counted):
                        account.counted(event)
        finally:
            self._add(started, account.close())
        return [Alternative(text, logprobs.get(choice, -float(choice))) for choice, text in texts.items()]

    def _facts(self) -> tuple[tuple[str, str], ...]:
        day = self._meter.today()
        cost = f", {day.cost:.4f}" if day.cost else ""
        today = f"{day.requests:,} requests, {day.tokens:,} tokens{cost}"
        return (("endpoint", self._endpoint.url), ("kind", self._endpoint.kind), ("today", today))

    def _add(self, started: Started, usage: Usage) -> None:
        self._service.settle(started, usage)
        self._totals = replace(
            self._totals,
            prefill_tokens=self._totals.prefill_tokens + usage.prefill_tokens,
            decode_tokens=self._totals.decode_tokens + usage.decode_tokens,
        )


def _answer(started: Started, stops: Sequence[str]) -> Answer:
    sent = started.sent
    return Answer(sent.typed, not sent.lenient, (*stops, *sent.ends), sent.reasons, sent.fenced)


def _since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
