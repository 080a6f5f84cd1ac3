"""Engines elsewhere, of every protocol, against services on loopback: what they send, give, close and keep open."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import pytest
from endpoints.kinds import HTTP, KINDS, Remote, running
from endpoints.script import Script

from foretype.engines.base import (
    Chunk,
    EndpointError,
    Engine,
    EngineState,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
)
from foretype.prompt.hole import Chat, Hole, Turn

HOLE = Hole("def mean(values):\n    total = sum(values)\n", "\n\nprint(mean([1, 2]))\n", "    ", path="mean.py")
CHAT = Chat((Turn("system", "You fix code."), Turn("user", "Fix this: retrun 1")))
CHATTING = ["chat", "responses", "responses-websocket", "ollama", "llama-server"]


async def generated(engine: Engine, request: GenerateRequest) -> tuple[str, Finish]:
    """All text of a generation, and its finish."""
    text = ""
    async with aclosing(engine.generate(request)) as parts:
        async for part in parts:
            if isinstance(part, Finish):
                return text, part
            text += part.text
    raise AssertionError("a generation ends with a Finish")


def answering(remote: Remote) -> Script:
    """Has the service answer as it is asked to: services that take text have to repeat what was cut off."""
    remote.script.text = remote.script.text if _repeats_nothing(remote) else " " + remote.script.text
    return remote.script


def _repeats_nothing(remote: Remote) -> bool:
    return remote.endpoint.kind in ("openai-chat", "openai-responses")


@pytest.mark.parametrize("name", KINDS)
async def test_an_answer_comes_in_chunks_and_says_what_it_took(name: str) -> None:
    async with running(name, Script(cached=5)) as remote:
        answering(remote)
        async with aclosing(remote.engine.generate(GenerateRequest(HOLE, 64))) as given:
            parts = [part async for part in given]
        chunks = [part for part in parts if isinstance(part, Chunk)]
        assert "".join(chunk.text for chunk in chunks) == "return total / len(values)\n"
        assert all(chunk.text for chunk in chunks)
        assert len(chunks) > 3
        (finish,) = [part for part in parts if isinstance(part, Finish)]
        assert finish.reason is FinishReason.END
        assert finish.usage.decode_tokens == len(remote.script.tokens(64, [])[0])
        assert finish.usage.prefill_tokens > 10
        assert finish.usage.prefill_ms > 0
        assert finish.usage.reused_tokens == (0 if name in ("ollama", "mistral") else 5)
        assert [status.state for status in remote.reported] == [EngineState.READY]
        assert remote.engine.totals().decode_tokens == finish.usage.decode_tokens


@pytest.mark.parametrize("name", KINDS)
async def test_max_tokens_and_stops_end_an_answer(name: str) -> None:
    async with running(name) as remote:
        script = answering(remote)
        text, finish = await generated(remote.engine, GenerateRequest(HOLE, 64, ("total",)))
        assert (text, finish.reason in (FinishReason.STOP, FinishReason.END)) == ("return ", True)
        script.text = " x = 1\n" * 40
        text, finish = await generated(remote.engine, GenerateRequest(HOLE, 24))
        assert finish.reason is FinishReason.LENGTH
        assert 10 < len(text) < 200


@pytest.mark.parametrize("name", KINDS)
async def test_characters_come_whole_however_the_bytes_come(name: str) -> None:
    async with running(name) as remote:
        script = answering(remote)
        script.text += "# naïve 🎉 \u2028 end"
        script.fault("torn")
        text, _ = await generated(remote.engine, GenerateRequest(HOLE, 64))
        assert text == "return total / len(values)\n# naïve 🎉 \u2028 end"


@pytest.mark.parametrize("name", KINDS)
async def test_closing_the_generation_closes_the_services_stream(name: str) -> None:
    script = Script(tokens_per_second=50)
    async with running(name, script) as remote:
        answering(remote).text += "x = 1\n" * 500
        async with aclosing(remote.engine.generate(GenerateRequest(HOLE, 2000))) as parts:
            async for part in parts:
                assert isinstance(part, Chunk)
                break
        request = remote.script.requests[-1]
        await asyncio.wait_for(request.closed.wait(), 5)
        assert request.sent < 100


@pytest.mark.parametrize("name", KINDS)
async def test_closing_before_the_first_text_closes_the_services_stream(name: str) -> None:
    async with running(name, Script(first_token_seconds=30)) as remote:
        generation = asyncio.create_task(generated(remote.engine, GenerateRequest(HOLE, 64)))
        await until_asked(remote)
        generation.cancel()
        await asyncio.wait_for(remote.script.requests[-1].closed.wait(), 5)
        assert remote.script.requests[-1].sent == 0


@pytest.mark.parametrize("name", KINDS)
async def test_after_a_cancel_a_spare_connection_is_there(name: str) -> None:
    """Neither the request nor the one after it that is cancelled has to connect."""
    script = Script(tokens_per_second=20)
    async with running(name, script) as remote:
        answering(remote).text += "x = 1\n" * 500
        assert await remote.engine.warm(HOLE)
        for _ in range(3):
            before = remote.service.connections
            async with aclosing(remote.engine.generate(GenerateRequest(HOLE, 2000))) as parts:
                async for _ in parts:
                    break
                seen = remote.script.requests[-1]
                # The request went over a connection that was open; the next one's was opened beside it.
                assert seen.connection <= before
                await until(lambda before=before: remote.service.connections > before)
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", KINDS)
async def test_answers_read_to_their_end_share_a_connection(name: str) -> None:
    async with running(name) as remote:
        answering(remote)
        for _ in range(4):
            await generated(remote.engine, GenerateRequest(HOLE, 64))
            await asyncio.sleep(0.02)
        assert remote.service.connections <= 2  # the one used, and the spare


@pytest.mark.parametrize("name", KINDS)
async def test_several_ends_of_a_line_differ(name: str) -> None:
    texts = ["return total\n", "return total / len(values)\n", "return total\n"]
    async with running(name, Script(texts=texts)) as remote:
        if not _repeats_nothing(remote):
            remote.script.texts = [f" {text}" for text in texts]
        found = await remote.engine.explore(ExploreRequest(HOLE, 3, 40))
        ends = [each.text for each in found.alternatives]
        assert ends[0] == "return total"
        assert len(ends) == len(set(ends))
        if name in ("completions", "completions-suffix", "chat"):
            assert ends == ["return total", "return total / len(values)"]
            assert found.alternatives[0].logprob > found.alternatives[1].logprob


@pytest.mark.parametrize("name", KINDS)
async def test_counting_asks_nobody_and_learns_from_answers(name: str) -> None:
    async with running(name) as remote:
        before = await remote.engine.count(("", "x", "word " * 100))
        assert before[0] == 0
        assert 0 < before[1] < before[2]
        assert not remote.script.requests
        await generated(remote.engine, GenerateRequest(HOLE, 64))
        assert (await remote.engine.count(("word " * 100,)))[0] > 0


@pytest.mark.parametrize("name", CHATTING)
async def test_conversations_are_sent_as_messages(name: str) -> None:
    async with running(name, Script(text="return 1")) as remote:
        assert (await remote.engine.info()).chat  # or code actions would not ask it
        text, _ = await generated(remote.engine, GenerateRequest(CHAT, 64))
        assert text == "return 1"
        body = remote.script.requests[-1].body
        said = body.get("messages") or [{"role": "system", "content": body["instructions"]}, *body["input"]]
        assert said == [
            {"role": "system", "content": "You fix code."},
            {"role": "user", "content": "Fix this: retrun 1"},
        ]


@pytest.mark.parametrize("name", [name for name in KINDS if name not in CHATTING])
async def test_who_cannot_chat_says_so(name: str) -> None:
    async with running(name) as remote:
        assert not (await remote.engine.info()).chat
        with pytest.raises(EndpointError, match=r"`fast` only completes code; .* chats"):
            await generated(remote.engine, GenerateRequest(CHAT, 64))
        assert not remote.script.requests


@pytest.mark.parametrize("name", CHATTING)
async def test_an_answer_that_has_to_begin_somehow_is_given_without_its_beginning(name: str) -> None:
    async with running(name, Script(text="```python\nreturn 1")) as remote:
        if name in ("ollama", "llama-server"):
            remote.script.text = "return 1"  # these continue the answer that was begun for them
        begun = Chat(CHAT.turns, "```python\n")
        text, _ = await generated(remote.engine, GenerateRequest(begun, 64))
        assert text == "return 1"
        assert "```python" in json.dumps(remote.script.requests[-1].body)


@pytest.mark.parametrize("name", CHATTING)
async def test_reasoning_is_left_out(name: str) -> None:
    async with running(name, Script(text="<think>\nLet me see.\n</think>\n\nreturn 1")) as remote:
        text, _ = await generated(remote.engine, GenerateRequest(CHAT, 64))
        assert text == "return 1"


SPELLING = Hole(
    'FIM = "<|fim_middle|>"\n', "# <|endoftext|>\n", "x = <|im_end|>", files=(("a.py", "<|fim_prefix|>"),), path="b.py"
)


async def test_spellings_of_control_tokens_in_a_buffer_are_broken_up_in_text() -> None:
    async with running("completions") as remote:
        await generated(remote.engine, GenerateRequest(SPELLING, 8))
        prompt = remote.script.requests[0].body["prompt"]
        assert prompt == (
            "<|file_sep|>a.py\n< |fim_prefix|>\n<|file_sep|>b.py\n"
            '<|fim_prefix|>FIM = "< |fim_middle|>"\n<|fim_suffix|># < |endoftext|>\n<|fim_middle|>x = < |im_end|>'
        )


async def test_spellings_of_control_tokens_are_parted_between_texts_where_ids_are_taken() -> None:
    async with running("llama-server") as remote:
        assert await remote.engine.warm(SPELLING)
        await generated(remote.engine, GenerateRequest(SPELLING, 8))
        prompt = remote.script.requests[0].body["prompt"]
        assert [part for part in prompt if isinstance(part, int)] == [151664, 151664, 151659, 151661, 151660]
        texts = [part for part in prompt if isinstance(part, str)]
        assert not any("<|" in text and "|>" in text.partition("<|")[2] for text in texts)
        assert "".join(texts) == 'a.py\n<|fim_prefix|>\nb.py\nFIM = "<|fim_middle|>"\n# <|endoftext|>\nx = <|im_end|>'


async def test_warming_over_a_websocket_reads_ahead_and_sends_only_what_is_new() -> None:
    async with running("responses-websocket") as remote:
        assert await remote.engine.warm(HOLE)
        text, _ = await generated(remote.engine, GenerateRequest(HOLE, 64))
        assert text == remote.script.text
        ahead, request = remote.script.requests
        assert ahead.body["generate"] is False
        assert "total = sum(values)" in json.dumps(ahead.body["input"])
        assert request.body["previous_response_id"] == "resp_1"
        assert "total = sum(values)" not in json.dumps(request.body["input"])
        assert all(message.body["store"] is False for message in remote.script.requests)
        await generated(remote.engine, GenerateRequest(HOLE, 64))
        assert "previous_response_id" not in remote.script.requests[-1].body
        logged = [json.loads(line) for line in remote.log.read_text().splitlines()]
        assert len([line for line in logged if line.get("method") == "WEBSOCKET"]) == 3


@pytest.mark.parametrize("name", HTTP)
async def test_a_field_that_a_service_refuses_is_not_sent_again(name: str) -> None:
    async with running(name) as remote:
        answering(remote)
        optional = {"temperature", "max_tokens", "stream_options", "cache_prompt", "keep_alive"}
        body_fields: set[str] = set()
        await generated(remote.engine, GenerateRequest(HOLE, 64))
        body_fields = optional & set(remote.script.requests[0].body)
        for field in sorted(body_fields):
            remote.script.fault("refused", field=field)
            text, _ = await generated(remote.engine, GenerateRequest(HOLE, 64))
            assert text == "return total / len(values)\n"
            assert field not in remote.script.requests[-1].body
        if name == "chat":
            assert remote.script.requests[-1].body["max_completion_tokens"] == 64


async def test_a_session_is_told_for_caches_and_balancers() -> None:
    async with running("chat", headers={"X-Session-ID": "{session}"}) as remote:
        for _ in range(2):
            await generated(remote.engine, GenerateRequest(HOLE, 64))
        first, second = remote.script.requests
        assert first.headers["x-session-id"] == second.headers["x-session-id"] == first.body["prompt_cache_key"]
        assert len(first.headers["x-session-id"]) == 32


async def until_asked(remote: Remote) -> None:
    await until(lambda: bool(remote.script.requests))


async def until(holds: object) -> None:
    """Waits, within reason, until something holds."""
    for _ in range(400):
        if holds():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


@pytest.mark.parametrize(
    "name", [name for name in KINDS if KINDS[name]["kind"] not in ("openai-chat", "openai-responses")]
)
async def test_an_answer_that_contradicts_the_word_begun_is_empty(name: str) -> None:
    async with running(name, Script(text=" other = 1\n" * 50, tokens_per_second=50)) as remote:
        hole = Hole(HOLE.prefix, HOLE.suffix, "    ret", path="mean.py")
        text, finish = await generated(remote.engine, GenerateRequest(hole, 500))
        assert (text, finish.reason) == ("", FinishReason.END)
        await asyncio.wait_for(remote.script.requests[-1].closed.wait(), 5)
        assert len(remote.script.requests) == 1
