"""What engines need of the gate, which every byte that leaves has to pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from foretype.prompt.hole import Chat, Hole

if TYPE_CHECKING:
    import httpx2

CLEARANCE = "foretype.clearance"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is sent something: an endpoint's name and its URL."""

    name: str
    url: str


class Cleared(Protocol):
    """What may be sent in place of what was given; it is itself the clearance that a request has to carry."""

    @property
    def given(self) -> Hole | Chat | None:
        """None where no text of a buffer is sent."""
        ...


class Gate(Protocol):
    """Clears what is to be sent, and gives the only client that sends. Raises ForetypeError for what may not leave."""

    def clear(self, given: Hole | Chat, recipient: Recipient) -> Cleared:
        """What may be sent of something."""
        ...

    def probe(self, recipient: Recipient, purpose: str = "probe") -> Cleared:
        """A clearance for requests that contain nothing."""
        ...

    def client(
        self,
        recipient: Recipient,
        *,
        timeout: httpx2.Timeout | float | None = None,
        ca_file: str = "",
        proxy: str = "",
        http2: bool = True,
    ) -> httpx2.AsyncClient:
        """A client that reaches this recipient alone, and sends nothing without a clearance."""
        ...

    def passing(self, clearance: Cleared, payload: bytes, method: str = "WEBSOCKET", url: str = "") -> int:
        """Is asked before each message on a WebSocket."""
        ...
