"""Ollama: ``/api/generate`` for gaps in code, ``/api/chat`` for conversations, answered by lines of JSON.

https://docs.ollama.com/api/generate. With ``suffix`` the model's own template lays out the gap. Where the user names
the family, ``raw`` sends our layout instead, of which typing changes the end alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Outgoing, Parameters, address
from foretype.engines.remote.events import Counted, Event, Json, Text, complaint, ended
from foretype.engines.remote.family import family_of
from foretype.engines.remote.healing import split
from foretype.engines.remote.layout import as_text
from foretype.engines.remote.openai_chat import messages
from foretype.prompt.hole import Chat, Hole

KEEP_ALIVE = "30m"
"""How long the model stays in memory after a request; Ollama's own 5 minutes end while someone reads."""


def build(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request for an answer."""
    options: dict[str, Any] = {
        "num_predict": parameters.max_tokens,
        "temperature": parameters.temperature,
        "num_ctx": endpoint.context_tokens,
    }
    if parameters.temperature:
        options["seed"] = parameters.seed
    if parameters.stops:
        options["stop"] = list(parameters.stops)
    body: dict[str, Any] = {"model": endpoint.model, "stream": True, "keep_alive": KEEP_ALIVE, "options": options}
    if isinstance(given, Chat):
        chat = {"messages": messages(given, told=False), "think": False}
        return Outgoing("POST", address(endpoint.url, "api/chat"), {}, body | chat, reasons=True)
    family = family_of(endpoint, parameters.known) if endpoint.family != "auto" else None
    before = given.middle if family is not None else given.prefix + given.middle
    before, typed = split(before)
    if family is not None:
        body |= {"prompt": as_text(family, given, before), "raw": True}
    else:
        body |= {"prompt": before, "suffix": given.suffix}
    return Outgoing("POST", address(endpoint.url, "api/generate"), {}, body, typed)


def parse(data: Json) -> Iterable[Event]:
    """The events of one line."""
    if data.get("error"):
        yield complaint(data["error"])
        return
    text = data["message"].get("content") if "message" in data else data["response"]
    if text:
        yield Text(text)
    if data["done"]:
        yield Counted(data.get("prompt_eval_count"), None, data.get("eval_count"))
        yield from ended(data.get("done_reason") or "stop")
