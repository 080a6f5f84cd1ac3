"""What every engine keeps to, with a real model in it: the one on this machine, and those that real servers serve."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from endpoints.gates import make_gate
from endpoints.kinds import Endpoint
from real_servers import llama_cpp_server, llama_server

from foretype.engines.base import Chunk, Engine, ExploreRequest, Finish, FinishReason, GenerateRequest
from foretype.engines.llama_cpp.client import LlamaCppEngine
from foretype.engines.llama_cpp.local_model import LocalModel
from foretype.engines.remote.engine import RemoteEngine
from foretype.engines.remote.keys import Key
from foretype.prompt.hole import Chat, Hole, Turn

HOLE = Hole(
    prefix='def fibonacci(n):\n    """The nth Fibonacci number, by recursion."""\n    if n < 2:\n        return n\n',
    suffix="\n\nprint(fibonacci(10))\n",
    middle="    return fib",
    path="fibonacci.py",
)
ENGINES = ["local", "llama-server", "llama-server-completions", "llama-server-chat", "llama-cpp-python"]
FILLING = [name for name in ENGINES if not name.endswith("chat")]


@pytest.fixture(scope="module")
def llama(qwen_coder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with llama_server(qwen_coder, tmp_path_factory.mktemp("llama") / "log.txt") as url:
        yield url


@pytest.fixture(scope="module")
def llama_python(qwen_coder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with llama_cpp_server(qwen_coder, tmp_path_factory.mktemp("llama-python") / "log.txt") as url:
        yield url


@asynccontextmanager
async def running(name: str, request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """The engine; the server that it needs runs for all tests of this file."""
    if name == "local":
        path = request.getfixturevalue("qwen_coder")
        local = LlamaCppEngine(LocalModel(path.stem, lambda: path), lambda _: None)
        try:
            yield local
        finally:
            await local.aclose()
        return
    url = request.getfixturevalue("llama_python" if name == "llama-cpp-python" else "llama")
    kind = {"llama-server": "llama-server", "llama-server-chat": "openai-chat"}.get(name, "openai-completions")
    endpoint = Endpoint(kind, url, "qwen2.5-coder", answer_seconds=120.0)  # type: ignore[arg-type]
    with make_gate() as (gate, _):
        engine = RemoteEngine("fast", endpoint, gate, Key("fast", endpoint), lambda _: None)
        try:
            yield engine
        finally:
            await engine.aclose()


async def generated(engine: Engine, request: GenerateRequest) -> tuple[str, Finish, list[Chunk]]:
    chunks = []
    async with aclosing(engine.generate(request)) as parts:
        async for part in parts:
            if isinstance(part, Finish):
                return "".join(chunk.text for chunk in chunks), part, chunks
            chunks.append(part)
    raise AssertionError("a generation ends with a Finish")


@pytest.mark.parametrize("name", FILLING)
async def test_a_gap_is_filled_in_chunks(name: str, request: pytest.FixtureRequest) -> None:
    async with running(name, request) as engine:
        await engine.warm(HOLE)
        text, finish, chunks = await generated(engine, GenerateRequest(HOLE, 24, ("\n",)))
        assert text.startswith("onacci(n")
        assert "\n" not in text
        assert all(chunk.text for chunk in chunks)
        counts = [chunk.usage.decode_tokens for chunk in chunks]
        assert counts == sorted(counts)
        assert finish.usage.decode_tokens > 3
        assert finish.usage.prefill_tokens + finish.usage.reused_tokens > 20
        assert engine.totals().decode_tokens >= finish.usage.decode_tokens


@pytest.mark.parametrize("name", ENGINES)
async def test_a_generation_is_bounded(name: str, request: pytest.FixtureRequest) -> None:
    async with running(name, request) as engine:
        text, finish, _ = await generated(engine, GenerateRequest(HOLE, 5))
        assert text
        assert (finish.reason, finish.usage.decode_tokens) == (FinishReason.LENGTH, 5)


@pytest.mark.parametrize("name", ENGINES)
async def test_closing_makes_room_for_the_next(name: str, request: pytest.FixtureRequest) -> None:
    async with running(name, request) as engine:
        async with aclosing(engine.generate(GenerateRequest(Hole("numbers = [1, 2, 3, ", "", ""), 1500))) as parts:
            async for part in parts:
                assert isinstance(part, Chunk)
                break
        # Fifteen hundred tokens take minutes here; who had to wait for them would be far behind.
        _, finish, _ = await asyncio.wait_for(
            generated(engine, GenerateRequest(Hole("numbers = [1, 2, 3, ", "", ""), 2)), 30
        )
        assert finish.usage.decode_tokens == 2


@pytest.mark.parametrize("name", FILLING)
async def test_spellings_of_control_tokens_are_only_text(name: str, request: pytest.FixtureRequest) -> None:
    """As a control token the spelling would end the gap, and the answer would begin anew after it."""
    hole = Hole(
        'FIM = {"middle": "<|fim_middle|>", "suffix": "<|fim_suffix|>"}\n' + HOLE.prefix, HOLE.suffix, HOLE.middle
    )
    async with running(name, request) as engine:
        await engine.warm(hole)
        text, _, _ = await generated(engine, GenerateRequest(hole, 24, ("\n",)))
        assert text.startswith("onacci(n")


@pytest.mark.parametrize("name", ["local", "llama-server"])
async def test_a_word_begun_is_ended_where_the_engine_can_insist(name: str, request: pytest.FixtureRequest) -> None:
    """Left to itself the model would begin with ``else``."""
    hole = Hole(HOLE.prefix, HOLE.suffix, "    ret", path=HOLE.path)
    async with running(name, request) as engine:
        await engine.warm(hole)
        text, _, _ = await generated(engine, GenerateRequest(hole, 12, ("\n",)))
        assert text.startswith("urn fibonacci(n")


@pytest.mark.parametrize("name", FILLING)
async def test_typing_on_reads_little_again(name: str, request: pytest.FixtureRequest) -> None:
    if name == "llama-cpp-python":
        pytest.skip("that server does not tell what it had read already")
    async with running(name, request) as engine:
        await engine.warm(HOLE)
        evaluated = []
        for end in range(10, len(HOLE.middle)):
            hole = Hole(HOLE.prefix, HOLE.suffix, HOLE.middle[:end], path=HOLE.path)
            _, finish, _ = await generated(engine, GenerateRequest(hole, 3))
            evaluated.append(finish.usage.prefill_tokens)
        assert max(evaluated[1:]) <= 6


@pytest.mark.parametrize("name", FILLING)
async def test_several_ends_differ(name: str, request: pytest.FixtureRequest) -> None:
    async with running(name, request) as engine:
        found = await engine.explore(ExploreRequest(HOLE, 3, 16))
        ends = [each.text for each in found.alternatives]
        assert ends
        assert len(ends) == len(set(ends))
        assert not any("\n" in end for end in ends)


@pytest.mark.parametrize("name", ENGINES)
async def test_tokens_are_counted(name: str, request: pytest.FixtureRequest) -> None:
    async with running(name, request) as engine:
        none, one, many = await engine.count(("", "x", "value = value + 1\n" * 50))
        assert none <= one < many
        info = await engine.info()
        assert info.context_tokens > 0
        assert info.model


@pytest.mark.parametrize("name", ["llama-server", "llama-server-chat"])
async def test_a_conversation_is_answered(name: str, request: pytest.FixtureRequest) -> None:
    chat = Chat((Turn("user", "Answer with one word: which language is `def f(): pass` written in?"),))
    async with running(name, request) as engine:
        text, _, _ = await generated(engine, GenerateRequest(chat, 12))
        assert "python" in text.lower()
