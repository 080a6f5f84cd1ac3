"""llama.cpp's HTTP server as the bench sees it: `/infill`, what it says of itself, and its process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from foretype.errors import ForetypeError


class PeerError(ForetypeError):
    """The peer's server can't be reached, or refuses."""


class LlamaServer:
    """One server. Close it with `aclose`."""

    def __init__(self, url: str) -> None:
        import httpx2

        self.url = url.rstrip("/")
        self._errors = httpx2.HTTPError
        # A request may wait for as long as the model takes.
        self._client = httpx2.AsyncClient(timeout=None, trust_env=False)

    async def infill(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to an infill request; empty if the server failed. Raises `PeerError` when it is gone."""
        try:
            response = await self._client.post(f"{self.url}/infill", json=request)
        except self._errors as error:
            raise PeerError(f"{self.url} doesn't answer: {error}") from None
        answer = response.json() if response.is_success else {}
        return answer if isinstance(answer, dict) else {}

    async def props(self) -> Mapping[str, Any]:
        """What the server says of itself. Raises `PeerError`."""
        try:
            response = await self._client.get(f"{self.url}/props")
            response.raise_for_status()
            props: Mapping[str, Any] = response.json()
        except (self._errors, ValueError) as error:
            raise PeerError(f"There is no llama-server at {self.url}: {error}") from None
        return props

    def pid(self) -> int | None:
        """The process that listens there, if it is on this machine and the system tells."""
        import psutil

        port = urlsplit(self.url).port
        try:
            listening = psutil.net_connections("tcp")
        except psutil.Error:
            return None
        found = (c.pid for c in listening if c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port)
        return next((pid for pid in found if pid), None)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
