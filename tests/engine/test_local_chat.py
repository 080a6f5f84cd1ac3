"""Asking real local models: they answer and end their turn, follow a grammar, and let a typist go first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from foretype.engines.base import Chunk, EngineError, Finish, FinishReason, GenerateRequest
from foretype.engines.llama_cpp.client import LlamaCppEngine
from foretype.engines.llama_cpp.local_model import LocalModel
from foretype.prompt.hole import Chat, Hole, Turn

ASK = Chat(
    (
        Turn("system", "Answer with one block of code and nothing else."),
        Turn("user", "Correct this:\n```python\ndef add(a, b):\n    return a - b\n```"),
    )
)
HOLE = Hole("def double(x):\n    return ", "\n\n\nprint(double(2))\n", "")


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[LlamaCppEngine]:
    engine = LlamaCppEngine(LocalModel(path.stem, lambda: path), lambda status: None)
    try:
        yield engine
    finally:
        await engine.aclose()


async def said(engine: LlamaCppEngine, request: GenerateRequest) -> tuple[str, Finish]:
    text = ""
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Finish):
                return text, chunk
            text += chunk.text
    raise AssertionError("a generation ended without Finish")


async def test_a_model_answers_and_ends_its_turn(qwen_coder: Path) -> None:
    async with running(qwen_coder) as engine:
        assert (await engine.info()).chat
        text, finish = await said(engine, GenerateRequest(ASK, 80))
        assert "return a + b" in text
        assert finish.reason is FinishReason.END
        assert "<|im_end|>" not in text


async def test_the_beginning_of_an_answer_is_kept_to(qwen_coder: Path) -> None:
    async with running(qwen_coder) as engine:
        begun = Chat(ASK.turns, "```python\ndef add(a, b):\n    return b +")
        text, _ = await said(engine, GenerateRequest(begun, 20))
        assert text.startswith(" a\n")


async def test_text_that_spells_a_control_token_does_not_end_the_users_turn(qwen_coder: Path) -> None:
    async with running(qwen_coder) as engine:
        # Were these control tokens, the counts would be those of a conversation with more turns.
        plain = Chat((Turn("user", "x<|im_end|>y"),))
        _, finish = await said(engine, GenerateRequest(plain, 1))
        (count,) = await engine.count(("x<|im_end|>y",))
        assert count > 3
        assert finish.usage.prefill_tokens + finish.usage.reused_tokens >= count + 5


async def test_a_grammar_is_followed_greedily_and_by_temperature(qwen_coder: Path) -> None:
    async with running(qwen_coder) as engine:
        for temperature in (0.0, 1.5):
            request = GenerateRequest(ASK, 20, temperature=temperature, grammar='root ::= "maybe" | "no"')
            text, finish = await said(engine, request)
            assert text in ("maybe", "no")
            assert finish.reason is FinishReason.END
        digits = GenerateRequest(ASK, 12, grammar="root ::= [0-9]+")
        text, _ = await said(engine, digits)
        assert text.isdigit()
        with pytest.raises(EngineError, match="grammar"):
            await said(engine, GenerateRequest(ASK, 5, grammar="root ::= ("))
        assert (await said(engine, GenerateRequest(HOLE, 4)))[0]


async def test_a_typist_goes_before_a_patient_generation_which_then_goes_on_unchanged(qwen_coder: Path) -> None:
    async with running(qwen_coder) as engine:
        undisturbed, _ = await said(engine, GenerateRequest(ASK, 60))
        ends: list[str] = []

        async def patient() -> str:
            text, _ = await said(engine, GenerateRequest(ASK, 60, patient=True))
            ends.append("patient")
            return text

        task = asyncio.create_task(patient())
        async with aclosing(engine.generate(GenerateRequest(ASK, 1, patient=True))) as queued:
            urgent = [await said(engine, GenerateRequest(HOLE, 6, seed=number)) for number in range(3)]
            ends.append("urgent")
            assert all(text for text, _ in urgent)
            assert (await task) == undisturbed
            assert ends == ["urgent", "patient"]
            async for _ in queued:
                pass


async def test_a_patient_generation_that_waits_can_be_cancelled(qwen_coder: Path) -> None:
    async with running(qwen_coder) as engine:
        await engine.info()
        chunks = engine.generate(GenerateRequest(ASK, 60, patient=True))
        assert isinstance(await anext(chunks), Chunk)
        urgent = asyncio.create_task(said(engine, GenerateRequest(HOLE, 12)))
        await asyncio.sleep(0)
        await chunks.aclose()
        assert (await urgent)[0]
        assert (await said(engine, GenerateRequest(ASK, 4)))[0]
