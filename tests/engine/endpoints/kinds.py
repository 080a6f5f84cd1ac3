"""The ways to reach a service on loopback: each kind of endpoint, and the variants that differ on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from endpoints.gates import make_gate
from endpoints.script import Script
from endpoints.server import Service, serving
from endpoints.sockets import SocketService, serving_sockets
from foretype.config.endpoints import Endpoint
from foretype.engines.base import EngineStatus
from foretype.engines.remote.engine import RemoteEngine
from foretype.engines.remote.keys import Key
from foretype.trust.egress import Gate

KINDS: dict[str, dict[str, Any]] = {
    "completions": {"kind": "openai-completions", "model": "qwen2.5-coder"},
    "completions-suffix": {"kind": "openai-completions", "model": "some-model", "family": "none"},
    "chat": {"kind": "openai-chat"},
    "responses": {"kind": "openai-responses"},
    "responses-websocket": {"kind": "openai-responses", "websocket": True},
    "mistral": {"kind": "mistral-fim", "model": "codestral-latest"},
    "deepseek": {"kind": "deepseek-fim"},
    "ollama": {"kind": "ollama"},
    "llama-server": {"kind": "llama-server", "model": ""},
}
HTTP = [name for name in KINDS if name != "responses-websocket"]


@dataclass
class Remote:
    """An engine, its service and what it reported."""

    engine: RemoteEngine
    script: Script
    service: Service | SocketService
    endpoint: Endpoint
    gate: Gate
    log: Path
    reported: list[EngineStatus] = field(default_factory=list)


def endpoint_of(name: str, url: str, **settings: Any) -> Endpoint:
    """The settings of a variant."""
    return Endpoint(**{"url": url, "model": "some-model", **KINDS[name], **settings})


@asynccontextmanager
async def running(
    name: str, script: Script | None = None, environment: dict[str, str] | None = None, **settings: Any
) -> AsyncIterator[Remote]:
    """A service on loopback and an engine that asks it."""
    script = script or Script()
    serve: Callable[[Script], Any] = serving_sockets if KINDS[name].get("websocket") else serving
    async with serve(script) as service:
        endpoint = endpoint_of(name, service.url, **settings)
        reported: list[EngineStatus] = []
        with make_gate() as (gate, log):
            engine = RemoteEngine("fast", endpoint, gate, Key("fast", endpoint, environment), reported.append)
            try:
                yield Remote(engine, script, service, endpoint, gate, log, reported)
            finally:
                await engine.aclose()
