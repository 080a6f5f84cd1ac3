"""OpenAI's Responses, over HTTP and over a WebSocket that stays open.

https://platform.openai.com/docs/api-reference/responses and https://developers.openai.com/api/docs/guides/websocket-mode:
over the WebSocket a request is a ``response.create`` message with the same body, less ``stream``. ``generate: false``
has the service read the input and answer with an id, to which a later request adds only what is new. Nothing is
stored (``store: false``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Outgoing, Parameters, address
from foretype.engines.remote.conversation import conversation, ends, may_be_fenced
from foretype.engines.remote.events import Counted, Event, Identified, Json, Text, complaint, ended
from foretype.prompt.hole import Chat, Hole

FEWEST_TOKENS = 16
"""The service takes no smaller ``max_output_tokens``."""


def build(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request for an answer to a conversation; over a WebSocket, the message."""
    chat = conversation(given)
    body: dict[str, Any] = {"model": endpoint.model, "store": False}
    if instructions := "\n\n".join(turn.text for turn in chat.turns if turn.role == "system"):
        body["instructions"] = instructions
    items = [{"role": turn.role, "content": turn.text} for turn in chat.turns if turn.role != "system"]
    if chat.begun:
        items.append({"role": "user", "content": f"Begin your answer with exactly this:\n{chat.begun}"})
    body |= {"max_output_tokens": max(FEWEST_TOKENS, parameters.max_tokens), "temperature": parameters.temperature}
    if parameters.session:
        body["prompt_cache_key"] = parameters.session
    fenced, mark = may_be_fenced(given), ends(given)
    if not endpoint.websocket:
        body |= {"input": items, "stream": True}
        url = address(endpoint.url, "responses", "v1")
        return Outgoing("POST", url, {}, body, chat.begun, lenient=True, reasons=True, fenced=fenced, ends=mark)
    body["type"] = "response.create"
    url = address(endpoint.url.replace("http", "ws", 1), "responses", "v1")
    items_before = _remembered(body, items[:-1])
    if parameters.warms:
        body |= {"input": items[:-1], "generate": False}
        return Outgoing("WEBSOCKET", url, {}, body, remembers=items_before)
    if parameters.known.memory.id and parameters.known.memory.items == items_before:
        body |= {"input": items[-1:], "previous_response_id": parameters.known.memory.id}
    else:
        body["input"] = items
    return Outgoing("WEBSOCKET", url, {}, body, chat.begun, lenient=True, reasons=True, fenced=fenced, ends=mark)


def _remembered(body: Json, items: list[dict[str, str]]) -> tuple[str, ...]:
    """Input items are the same only under the same instructions."""
    return (str(body.get("instructions", "")), *(msgspec.json.encode(item).decode() for item in items))


def parse(data: Json) -> Iterable[Event]:
    """The events of one event."""
    kind = data["type"]
    if kind == "response.output_text.delta":
        yield Text(data["delta"])
    elif kind in ("response.completed", "response.incomplete"):
        response = data["response"]
        if usage := response.get("usage"):
            cached = (usage.get("input_tokens_details") or {}).get("cached_tokens")
            yield Counted(usage.get("input_tokens"), cached, usage.get("output_tokens"))
        if response.get("id"):
            yield Identified(response["id"])
        yield from ended((response.get("incomplete_details") or {}).get("reason") or "stop")
    elif kind == "response.failed":
        yield complaint(data["response"].get("error") or "it failed")
    elif kind == "error":
        yield complaint({**(data.get("error") or data), "status": data.get("status", 0)})
