"""A gate that lets everything pass, for tests of what lies behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx2

from foretype.engines.remote.gate import Recipient
from foretype.prompt.hole import Chat, Hole


@dataclass(frozen=True)
class Passed:
    given: Hole | Chat | None


@dataclass
class OpenGate:
    """Clears what it is given, and notes what passes on WebSockets."""

    messages: list[bytes] = field(default_factory=list)

    def clear(self, given: Hole | Chat, recipient: Recipient) -> Passed:
        return Passed(given)

    def probe(self, recipient: Recipient, purpose: str = "probe") -> Passed:
        return Passed(None)

    def passing(self, clearance: Passed, payload: bytes, method: str = "WEBSOCKET", url: str = "") -> int:
        self.messages.append(payload)
        return len(self.messages)

    def client(self, recipient: Recipient, *, ca_file: str = "", proxy: str = "", **more: Any) -> httpx2.AsyncClient:
        import ssl

        verify = ssl.create_default_context(cafile=ca_file) if ca_file else True
        more.setdefault("http2", True)
        return httpx2.AsyncClient(verify=verify, proxy=proxy or None, trust_env=False, **more)
