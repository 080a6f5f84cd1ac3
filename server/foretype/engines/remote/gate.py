"""What engines need of the gate, which every byte that leaves has to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from foretype.config.endpoints import Endpoint
from foretype.prompt.hole import Input

if TYPE_CHECKING:
    import httpx2


class Cleared(Protocol):
    """What may be sent in place of what was given, and the clearance that its request has to carry."""

    @property
    def given(self) -> Input: ...

    @property
    def clearance(self) -> object: ...


class Gate(Protocol):
    """Clears what is to be sent, and gives the only client that sends. Raises ForetypeError for what may not leave."""

    def clear(self, given: Input, recipient: str) -> Cleared:
        """What may be sent of something to an endpoint, by its name."""
        ...

    def probe(self, recipient: str) -> object:
        """A clearance for a request that contains nothing."""
        ...

    def client(self, recipient: str, endpoint: Endpoint) -> httpx2.AsyncClient:
        """The client for an endpoint; it sends no request without a clearance."""
        ...
