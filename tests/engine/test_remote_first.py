from contextlib import aclosing

import pytest
from endpoints.gates import OpenGate
from endpoints.script import Script
from endpoints.server import serving

from foretype.config.endpoints import Endpoint
from foretype.engines.base import ExploreRequest, GenerateRequest
from foretype.engines.remote.engine import RemoteEngine
from foretype.engines.remote.keys import Key
from foretype.prompt.hole import Hole


@pytest.mark.parametrize("kind", ["openai-completions", "openai-chat", "mistral-fim", "deepseek-fim"])
async def test_first(kind):
    async with serving(Script()) as service:
        endpoint = Endpoint(kind, service.url, "qwen-coder")
        seen = []
        engine = RemoteEngine("fast", endpoint, OpenGate(), Key("fast", endpoint), seen.append)
        for _ in range(3):
            async with aclosing(engine.generate(GenerateRequest(Hole("def f(values):\n", "\n", ""), 64))) as parts:
                got = [part async for part in parts]
            print(got[-1], len(got), service.connections, service.open, len(service.script.probes))
            assert "".join(part.text for part in got[:-1]) == service.script.text
        print(seen, await engine.info())
        print(await engine.explore(ExploreRequest(Hole("def f(values):\n", "\n", ""), 3, 20)))
        await engine.aclose()
