"""The local engine with a real llama.cpp and real models: the engines' contract, and what is llama.cpp's own."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from foretype.engines.base import (
    Chunk,
    EngineError,
    EngineState,
    EngineStatus,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    ModelMissing,
    ModelUnusable,
    Usage,
    WorkerDied,
)
from foretype.engines.llama_cpp.client import LlamaCppEngine
from foretype.engines.llama_cpp.local_model import LocalModel
from foretype.prompt.fim import Control, Prompt
from foretype.prompt.hole import Hole

BEFORE = 'def fibonacci(n):\n    """Return the n-th Fibonacci number."""\n    if n < 2:\n        return n\n'
AFTER = "\n\n\nfor i in range(10):\n    print(fibonacci(i))\n"
REPEATING = "".join(f"    self.{name} = {name}\n" for name in ("alpha", "beta", "gamma", "delta", "epsilon"))
REPEATING = f"class Greek:\n    def __init__(self, alpha, beta, gamma, delta, epsilon, zeta, eta):\n    {REPEATING}    "


@asynccontextmanager
async def running(path: Path, **options: object) -> AsyncIterator[tuple[LlamaCppEngine, list[EngineStatus]]]:
    """An engine on a model file, and what it reported."""
    reported: list[EngineStatus] = []
    model = replace(LocalModel(path.stem, lambda: path), **options)  # type: ignore[arg-type]
    engine = LlamaCppEngine(model, reported.append)
    try:
        yield engine, reported
    finally:
        await engine.aclose()


async def generated(engine: LlamaCppEngine, request: GenerateRequest) -> tuple[str, Finish]:
    """A generation to its end."""
    text = ""
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Finish):
                return text, chunk
            assert chunk.text
            text += chunk.text
    raise AssertionError("a generation ended without Finish")


def fim(middle: str) -> Prompt:
    """A prompt in Qwen's layout."""
    parts = (Control.PREFIX, BEFORE, Control.SUFFIX, AFTER, Control.MIDDLE)
    return Prompt((*parts, middle) if middle else parts)


def worker_of_this_process() -> psutil.Process:
    """The model's process."""
    (worker,) = (p for p in psutil.Process().children() if "foretype.engines.llama_cpp.worker" in p.cmdline())
    return worker


async def test_it_continues_a_prefix_and_says_what_that_took(smollm2: Path) -> None:
    async with running(smollm2) as (engine, reported):
        text, finish = await generated(engine, GenerateRequest(Prompt(("for i in ran",)), 6))
        assert text.startswith("ge(")
        assert finish.reason is FinishReason.LENGTH
        assert finish.usage.decode_tokens == 6
        assert finish.usage.prefill_tokens > 0
        info = await engine.info()
        assert (info.family, info.speeds.decode > 0) == ("", True)
        assert [status.state for status in reported if status.progress is None] == [
            EngineState.LOADING,
            EngineState.READY,
        ]


async def test_a_fim_model_fits_both_sides(qwen_coder: Path) -> None:
    async with running(qwen_coder) as (engine, _):
        assert (await engine.info()).family == "qwen"
        text, _ = await generated(engine, GenerateRequest(fim("    ret"), 20, ("\n",)))
        assert text.startswith("urn fibonacci(n")


async def test_typing_only_appends(smollm2: Path) -> None:
    """Each key inside a word costs no prompt token at all, each new word one or two."""
    typed = "    total = sum(values)\n    return total / len(values)\n"
    head = 'def mean(values):\n    """Return the arithmetic mean of some values."""\n'
    evaluated = []
    async with running(smollm2) as (engine, _):
        assert await engine.warm(Prompt((head,)))
        for end in range(1, len(typed)):
            _, finish = await generated(engine, GenerateRequest(Prompt((head + typed[:end],)), 2))
            evaluated.append(finish.usage.prefill_tokens)
    assert sum(evaluated) / len(evaluated) < 1
    assert max(evaluated[1:]) <= 4


async def test_a_prompt_never_ends_inside_a_token(qwen_coder: Path) -> None:
    """Wherever inside its own line a typist is, the model ends the line as it did before."""
    async with running(qwen_coder) as (engine, _):
        text, _ = await generated(engine, GenerateRequest(fim("    ret"), 24, ("\n",)))
        line = "    ret" + text
        for end in range(8, len(line) - 1, 2):
            text, _ = await generated(engine, GenerateRequest(fim(line[:end]), 24, ("\n",)))
            assert line[:end] + text == line


SWAP = "function swap(values, i, j) {\n  "
SWAPPED = "\n  values[i] = values[j];\n  values[j] = kept;\n}\n"


async def test_ends_of_a_line_are_distinct_and_read_with_what_follows(qwen_coder: Path, smollm2: Path) -> None:
    """Whichever way a model reads, the line that makes sense of those below is the likeliest with them."""
    for path in (qwen_coder, smollm2):
        async with running(path) as (engine, _):
            hole = Hole("", SWAPPED, SWAP + "let kept =")
            found = (await engine.explore(ExploreRequest(hole, 8, 24, SWAPPED))).alternatives
            texts = [line.text for line in found]
            assert len(set(texts)) == len(texts) >= (2 if path == qwen_coder else 4)
            assert not any("\n" in text.lstrip("\n") for text in texts)
            assert [line.logprob for line in found] == sorted((line.logprob for line in found), reverse=True)
            assert all(line.logprob <= 0 for line in found)
            together = {line.text: line.together for line in found}
            assert None not in together.values()
            assert max(together, key=lambda text: together[text] or 0.0) == " values[i];"


async def test_a_line_is_read_as_often_as_it_is_asked(qwen_coder: Path) -> None:
    """What is resident after one exploration changes nothing about the next."""
    async with running(qwen_coder) as (engine, _):
        request = ExploreRequest(Hole("", SWAPPED, SWAP), 4, 24, SWAPPED)
        first, again = await engine.explore(request), await engine.explore(request)
        assert [line.text for line in again.alternatives] == [line.text for line in first.alternatives]
        for one, other in zip(first.alternatives, again.alternatives, strict=True):
            assert one.together == pytest.approx(other.together, abs=0.2)
        unread = await engine.explore(replace(request, after=""))
        assert {line.together for line in unread.alternatives} == {None}


async def test_a_line_that_what_follows_rules_out_is_given_up(qwen_coder: Path) -> None:
    async with running(qwen_coder) as (engine, _):
        found = (await engine.explore(ExploreRequest(Hole("", SWAPPED, SWAP + "let kept ="), 8, 24))).alternatives
    assert found[0].text == " values[i];"
    assert found[0].logprob - found[-1].logprob <= 7


async def test_a_name_that_is_asked_for_is_tried_where_it_fits_best(qwen_coder: Path) -> None:
    below = "\n    for item in basket:\n        result += item.price\n    return result\n"
    hole = Hole("", below, "def cost(basket):\n    ")
    async with running(qwen_coder) as (engine, _):
        plain = await engine.explore(ExploreRequest(hole, 2, 24))
        asked = await engine.explore(ExploreRequest(hole, 2, 24, names=("basket", "grand_total")))
    fewer, more = [line.text for line in plain.alternatives], [line.text for line in asked.alternatives]
    assert not any("grand_total" in text for text in fewer)
    assert [text for text in more if text.startswith("grand_total =")]
    assert set(fewer) <= set(more)


async def test_comments_that_nobody_wants_are_neither_begun_nor_appended(qwen_coder: Path) -> None:
    hole = Hole("", "\n    return total\n", "def cost(basket):\n    ")
    async with running(qwen_coder) as (engine, _):
        free = await engine.explore(ExploreRequest(hole, 6, 48))
        told = await engine.explore(ExploreRequest(hole, 6, 48, signs=("#", '"""')))
    assert any("#" in line.text or '"""' in line.text for line in free.alternatives)
    texts = [line.text for line in told.alternatives]
    assert len(texts) > 2
    assert not any("#" in text or '"""' in text for text in texts)
    assert all(text == text.rstrip() for text in texts)


async def test_the_text_before_is_read_once_for_both_prompts(qwen_coder: Path) -> None:
    async with running(qwen_coder) as (engine, _):
        before = "".join(f"const price{number} = quantities[{number}] * {number};\n" for number in range(30))
        hole = Hole(before, SWAPPED, SWAP)
        unread = await engine.explore(ExploreRequest(hole, 4, 24))
        both = await engine.explore(ExploreRequest(hole, 4, 24, SWAPPED))
    assert unread.usage.prefill_tokens > 300
    assert both.usage.prefill_tokens < 60


async def test_spellings_of_control_tokens_are_only_text(qwen_coder: Path) -> None:
    async with running(qwen_coder) as (engine, _):
        plain, spelled = await engine.count(("<|fim_middle|>", "<|fim_middle|>" * 2))
        assert plain > 1
        assert spelled > plain


async def test_drafts_change_nothing_but_the_speed(qwen_coder: Path) -> None:
    outputs = []
    for drafts in (False, True):
        async with running(qwen_coder, drafts=drafts) as (engine, _):
            texts = []
            used = Usage()
            for prompt in (Prompt((REPEATING,)), Prompt((REPEATING * 2,)), fim("    ")):
                text, finish = await generated(engine, GenerateRequest(prompt, 40))
                texts.append(text)
                used = finish.usage if finish.usage.drafted_tokens > used.drafted_tokens else used
            outputs.append(texts)
            assert (used.drafted_tokens > 0) <= drafts
            assert used.accepted_tokens <= used.drafted_tokens
    assert outputs[0] == outputs[1]


async def test_stops_and_ends(smollm2: Path) -> None:
    async with running(smollm2) as (engine, _):
        text, finish = await generated(engine, GenerateRequest(Prompt(("1, 2, 3, 4, 5, ",)), 60, (" 9",)))
        assert finish.reason is FinishReason.STOP
        assert "9" not in text


async def test_closing_stops_the_work_within_one_token(smollm2: Path) -> None:
    async with running(smollm2) as (engine, _):
        async with aclosing(engine.generate(GenerateRequest(Prompt(("x = [1, 2, ",)), 2000))) as chunks:
            async for chunk in chunks:
                assert isinstance(chunk, Chunk)
                break
        # Two thousand tokens take many seconds; a next request that had to wait for them would be far behind.
        _, finish = await asyncio.wait_for(generated(engine, GenerateRequest(Prompt(("x = [1, 2, ",)), 2)), 5)
        assert finish.usage.decode_tokens == 2


async def test_a_generation_preempts_a_warm_and_nothing_evaluated_is_lost(qwen_coder: Path) -> None:
    long = Prompt(("\n".join(f"value_{n} = {n} * {n}" for n in range(60)),), heal=False)
    async with running(qwen_coder) as (engine, _):
        await engine.info()
        warm = asyncio.create_task(engine.warm(long))
        await asyncio.sleep(1.0)
        _, finish = await generated(engine, GenerateRequest(Prompt(("import o",)), 1))
        assert finish.usage.prefill_tokens < 10
        if not await warm:
            assert await engine.warm(long)
        _, finish = await generated(engine, GenerateRequest(long, 1))
        assert finish.usage.prefill_tokens <= 1


async def test_several_files_stay_resident(smollm2: Path) -> None:
    files = [Prompt((f"# file {n}\n" + f"name_{n} = {n}\n" * 30,)) for n in range(4)]
    async with running(smollm2) as (engine, _):
        for prompt in files:
            await engine.warm(prompt)
        for prompt in files:
            _, finish = await generated(engine, GenerateRequest(prompt, 1))
            assert finish.usage.prefill_tokens <= 1


async def test_kv_memory_is_bounded_and_old_files_make_room(smollm2: Path) -> None:
    """Far more is read than fits: the oldest goes, and the newest is resident."""
    async with running(smollm2, kv_memory_mb=48) as (engine, _):
        files = [Prompt((f"# file {n}\n" + f"name_{n} = {n}\n" * 60,)) for n in range(10)]
        for prompt in files:
            assert await engine.warm(prompt)
        _, finish = await generated(engine, GenerateRequest(files[-1], 1))
        assert finish.usage.prefill_tokens <= 1


async def test_a_killed_worker_costs_one_request_and_one_message(smollm2: Path) -> None:
    async with running(smollm2) as (engine, reported):
        with pytest.raises(WorkerDied):
            async with aclosing(engine.generate(GenerateRequest(Prompt(("x = [1, 2, ",)), 3000))) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, Chunk) and chunk.usage.decode_tokens == 3:
                        worker_of_this_process().send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        text, _ = await generated(engine, GenerateRequest(Prompt(("for i in ran",)), 4))
        assert text.startswith("ge(")
        errors = [status for status in reported if status.state is EngineState.ERROR]
        assert len(errors) == 1
        assert "restarted" in errors[0].message


async def test_the_worker_rests_and_comes_back(smollm2: Path) -> None:
    async with running(smollm2, unload_after=0.5) as (engine, reported):
        await engine.info()
        await until(lambda: EngineState.IDLE in [status.state for status in reported])
        assert [p for p in psutil.Process().children() if p.is_running() and p.status() != "zombie"] == []
        text, _ = await generated(engine, GenerateRequest(Prompt(("for i in ran",)), 4))
        assert text.startswith("ge(")


async def test_the_worker_ends_with_its_server(smollm2: Path) -> None:
    async with running(smollm2) as (engine, _):
        await engine.info()
        worker = worker_of_this_process()
    assert worker.pid not in psutil.pids() or worker.status() == "zombie"


async def test_a_prompt_beyond_the_context_is_refused_and_the_next_one_served(smollm2: Path) -> None:
    async with running(smollm2, kv_memory_mb=16) as (engine, _):
        with pytest.raises(EngineError, match="too long"):
            await generated(engine, GenerateRequest(Prompt(("word " * 20_000,)), 1))
        text, _ = await generated(engine, GenerateRequest(Prompt(("for i in ran",)), 4))
        assert text.startswith("ge(")


def _corrupt(smollm2: Path, folder: Path) -> Path:
    path = folder / "corrupt.gguf"
    path.write_bytes(smollm2.read_bytes()[:200_000])
    return path


def _no_gguf(_: Path, folder: Path) -> Path:
    path = folder / "text.gguf"
    path.write_text("I am no model")
    return path


@pytest.mark.parametrize("make", [_corrupt, _no_gguf])
async def test_a_damaged_file_gives_one_sentence_and_is_not_tried_again(
    smollm2: Path, tmp_path: Path, make: Callable[[Path, Path], Path]
) -> None:
    path = make(smollm2, tmp_path)
    async with running(path) as (engine, reported):
        for _ in range(3):
            with pytest.raises(ModelUnusable, match="again or choose another model"):
                await engine.info()
        await until(lambda: EngineState.ERROR in [status.state for status in reported])
        assert len([status for status in reported if status.state is EngineState.ERROR]) == 1


async def test_a_missing_file_is_told_and_found_when_it_comes(smollm2: Path, tmp_path: Path) -> None:
    place = tmp_path / "later.gguf"

    def locate() -> Path:
        if not place.exists():
            raise ModelMissing(f"There is no model at {place}; pull one.")
        return place

    engine = LlamaCppEngine(LocalModel("later", locate), lambda _: None)
    try:
        with pytest.raises(ModelMissing, match="pull one"):
            await engine.info()
        place.symlink_to(smollm2)
        assert (await engine.info()).model == "later"
    finally:
        await engine.aclose()


async def test_a_model_too_large_for_memory_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "huge.gguf"
    with path.open("wb") as file:
        file.write(b"GGUF")
        file.truncate(psutil.virtual_memory().total * 2)
    async with running(path) as (engine, _):
        with pytest.raises(ModelUnusable, match="GB of memory"):
            await engine.info()


async def until(holds: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    """Waits, within reason, until something holds."""
    for _ in range(400):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")
