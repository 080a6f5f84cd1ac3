"""OpenAI's chat completions, which nearly every service speaks.

https://platform.openai.com/docs/api-reference/chat. Reasoning comes as ``reasoning_content`` (DeepSeek, vLLM,
llama-server) or ``reasoning`` beside the content, and isn't read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Outgoing, Parameters, address
from foretype.engines.remote.conversation import conversation, ends, may_be_fenced
from foretype.engines.remote.events import Complaint, Event, Json, Text, complaint, ended
from foretype.engines.remote.openai_completions import common, counted
from foretype.prompt.hole import Chat, Hole


def build(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request for an answer to a conversation."""
    chat, fenced = conversation(given), may_be_fenced(given)
    if fenced:
        # A stop would end the answer behind the fence's opening.
        parameters = replace(parameters, stops=())
    body: dict[str, Any] = {"model": endpoint.model, "messages": messages(chat, told=True)}
    body |= common(parameters) | {"stream_options": {"include_usage": True}}
    if parameters.logprobs:
        body["logprobs"] = True
    if parameters.session:
        body["prompt_cache_key"] = parameters.session
    if "max_tokens" in parameters.known.refused:
        body["max_completion_tokens"] = body["max_tokens"]
    url = address(endpoint.url, "chat/completions", "v1")
    return Outgoing("POST", url, {}, body, chat.begun, lenient=True, reasons=True, fenced=fenced, ends=ends(given))


def messages(chat: Chat, told: bool) -> list[dict[str, str]]:
    """The turns as messages; neighbours of one role become one where ``told`` also says how the answer begins."""
    turns = [(turn.role, turn.text) for turn in chat.turns]
    if told and chat.begun:
        turns.append(("user", f"Begin your answer with exactly this:\n{chat.begun}"))
    elif chat.begun:
        turns.append(("assistant", chat.begun))
    joined: list[dict[str, str]] = []
    for role, text in turns:
        if joined and joined[-1]["role"] == role:
            joined[-1]["content"] += f"\n\n{text}"
        else:
            joined.append({"role": role, "content": text})
    return joined


def parse(data: Json) -> Iterable[Event]:
    """The events of one chunk."""
    if data.get("error"):
        yield complaint(data["error"])
        return
    for choice in data.get("choices") or ():
        content = (choice.get("delta") or {}).get("content")
        if isinstance(content, str) and content:
            told = (choice.get("logprobs") or {}).get("content") or ()
            yield Text(content, sum(each["logprob"] for each in told) if told else None, choice.get("index") or 0)
        yield from ended(choice.get("finish_reason"), choice.get("index") or 0)
    yield from counted(data)
    if "choices" not in data and "usage" not in data:
        yield Complaint("it sent no completion")
