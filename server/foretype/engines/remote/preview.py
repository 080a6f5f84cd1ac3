"""What a service would be sent, without sending it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from uuid import uuid4

from foretype.engines.base import (
    Chunk,
    EngineInfo,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    Totals,
    Usage,
)
from foretype.engines.remote.asking import Known, Parameters
from foretype.engines.remote.exchange import authorized
from foretype.engines.remote.family import family_of
from foretype.engines.remote.measures import Measures
from foretype.engines.remote.protocols import Peer, outgoing
from foretype.prompt.fim import Prompt
from foretype.prompt.hole import Input
from foretype.trust.egress import Cleared, Gate, Recipient

MASK = "********"


@dataclass(frozen=True, slots=True)
class Previewed:
    """A request as it would be sent; keys are masked in ``headers``. ``cleared`` says what the gate took out."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes
    cleared: Cleared


class Preview:
    """An Engine in place of an endpoint's, which asks nobody and keeps what it would have asked for."""

    def __init__(self, peer: Peer, gate: Gate) -> None:
        self.warmed = asyncio.Event()
        self.asked: GenerateRequest | None = None
        self._peer = peer
        self._gate = gate
        self._measures = Measures()
        self._session = uuid4().hex

    def request(self) -> Previewed | None:
        """The request for what it was asked for last; None if it was asked for nothing.

        What a service tells about itself when it is first asked isn't known here. Raises ForetypeError where nothing
        may be sent.
        """
        if self.asked is None or isinstance(self.asked.prompt, Prompt):
            return None
        peer, asked = self._peer, self.asked
        cleared = self._gate.clear(self.asked.prompt, Recipient(peer.name, peer.endpoint.url))
        assert cleared.given is not None
        parameters = Parameters(
            asked.max_tokens, asked.stops, asked.temperature, asked.seed, asked.grammar, session=self._session
        )
        sent = outgoing(peer, cleared.given, parameters)
        own = dict.fromkeys(peer.endpoint.headers, MASK)
        has_key = peer.endpoint.key_env or peer.endpoint.key_command or peer.endpoint.key_keyring
        headers = authorized({**sent.headers, **own}, MASK if has_key else "")
        method = "WEBSOCKET" if peer.endpoint.websocket else sent.method
        return Previewed(method, sent.url, headers, sent.content, cleared)

    async def info(self) -> EngineInfo:
        """What is known without asking."""
        endpoint = self._peer.endpoint
        family = family_of(endpoint, Known())
        return EngineInfo(
            self._peer.name, endpoint.model, family.name if family else endpoint.kind, endpoint.context_tokens
        )

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        """Keeps the request, and answers with nothing."""
        self.asked = request
        yield Finish(FinishReason.END, Usage())

    async def explore(self, request: ExploreRequest) -> Explored:
        """Finds nothing."""
        return Explored()

    async def warm(self, prompt: Input) -> bool:
        """Notes that idle time has prepared the place."""
        self.warmed.set()
        return True

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """An estimate."""
        return tuple(self._measures.tokens(len(text)) for text in texts)

    def totals(self) -> Totals:
        """Nothing was done."""
        return Totals()

    async def aclose(self) -> None:
        """Nothing is open."""
