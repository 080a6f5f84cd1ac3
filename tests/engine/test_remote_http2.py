"""HTTP/2 over TLS: spoken where it is offered, with the authority that is set; a cancel costs the stream alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from endpoints.gates import make_gate
from endpoints.http2 import Http2Service, serving_http2
from endpoints.kinds import endpoint_of
from endpoints.script import Script

from foretype.engines.base import Chunk, EndpointError, EngineStatus, Finish, GenerateRequest
from foretype.engines.remote.engine import RemoteEngine
from foretype.engines.remote.keys import Key
from foretype.prompt.hole import Hole

HOLE = Hole("def mean(values):\n    total = sum(values)\n", "\n\nprint(mean([1, 2]))\n", "    x = (", path="mean.py")


@asynccontextmanager
async def running(
    script: Script, folder: Path, trusted: bool = True
) -> AsyncIterator[tuple[RemoteEngine, Http2Service]]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    async with serving_http2(script, folder, port) as service:
        endpoint = endpoint_of("completions", service.url, ca_file=service.ca_file if trusted else "")
        reported: list[EngineStatus] = []
        with make_gate() as (gate, _):
            engine = RemoteEngine("fast", endpoint, gate, Key("fast", endpoint), reported.append)
            try:
                yield engine, service
            finally:
                await engine.aclose()


async def generated(engine: RemoteEngine) -> str:
    async with aclosing(engine.generate(GenerateRequest(HOLE, 64))) as parts:
        return "".join([part.text async for part in parts if not isinstance(part, Finish)])


async def test_http2_is_spoken_where_it_is_offered(tmp_path: Path) -> None:
    async with running(Script(), tmp_path) as (engine, service):
        for _ in range(3):
            assert await generated(engine) == service.script.text
        assert set(service.versions) == {"2"}
        assert len(service.script.probes) == 0  # one connection is enough


async def test_an_unknown_authority_is_not_trusted(tmp_path: Path) -> None:
    async with running(Script(), tmp_path, trusted=False) as (engine, service):
        with pytest.raises(EndpointError, match=r"`fast` can't be trusted: .* set ca_file"):
            await generated(engine)
        assert not service.script.requests


async def test_a_cancel_resets_the_stream_and_keeps_the_connection(tmp_path: Path) -> None:
    script = Script(text="x = 1\n" * 500, tokens_per_second=50)
    async with running(script, tmp_path) as (engine, _):
        for _ in range(130):  # more than a connection's streams may be open
            async with aclosing(engine.generate(GenerateRequest(HOLE, 2000))) as parts:
                async for part in parts:
                    assert isinstance(part, Chunk)
                    break
            await asyncio.wait_for(script.requests[-1].closed.wait(), 5)
            assert script.requests[-1].sent < 100
        script.tokens_per_second, script.text = 0.0, "1)\n"
        assert await generated(engine) == "1)\n"


async def test_a_cancel_before_the_first_text_resets_the_stream(tmp_path: Path) -> None:
    script = Script()
    async with running(script, tmp_path) as (engine, _):
        await generated(engine)
        script.first_token_seconds = 30
        generation = asyncio.create_task(generated(engine))
        for _ in range(1000):
            if len(script.requests) == 2:
                break
            await asyncio.sleep(0.01)
        generation.cancel()
        await asyncio.wait_for(script.requests[-1].closed.wait(), 5)
        script.first_token_seconds = 0
        assert await generated(engine) == script.text
