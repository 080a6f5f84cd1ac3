"""A gate that lets everything pass, for tests of what lies behind it."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from foretype.config.endpoints import Endpoint
from foretype.prompt.hole import Input


@dataclass(frozen=True)
class Passed:
    given: Input
    clearance: object


class OpenGate:
    """Clears what it is given."""

    def clear(self, given: Input, recipient: str) -> Passed:
        return Passed(given, "cleared")

    def probe(self, recipient: str) -> object:
        return "probe"

    def client(self, recipient: str, endpoint: Endpoint) -> httpx2.AsyncClient:
        timeout = httpx2.Timeout(endpoint.answer_seconds, connect=endpoint.connect_seconds)
        return httpx2.AsyncClient(http2=True, timeout=timeout, trust_env=False)
