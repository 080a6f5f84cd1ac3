"""Services with a completion of their own for code: Mistral's (Codestral) and DeepSeek's.

https://docs.mistral.ai/api, "fim", and https://api-docs.deepseek.com/guides/fim_completion. Both take a prompt and a
suffix as text and lay them out themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Outgoing, Parameters, address
from foretype.engines.remote.events import Complaint, Event, Json, Text, complaint, ended
from foretype.engines.remote.healing import split
from foretype.engines.remote.layout import hole_of
from foretype.engines.remote.openai_completions import common, counted
from foretype.prompt.hole import Chat, Hole


def build_mistral(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request for Mistral. Raises EndpointError."""
    body, typed = _sided(name, endpoint, given, parameters)
    if "seed" in body:
        body["random_seed"] = body.pop("seed")
    return Outgoing("POST", address(endpoint.url, "fim/completions", "v1"), {}, body, typed)


def build_deepseek(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request for DeepSeek. Raises EndpointError."""
    body, typed = _sided(name, endpoint, given, parameters)
    body["stream_options"] = {"include_usage": True}
    if parameters.logprobs:
        body["logprobs"] = 1
    return Outgoing("POST", address(endpoint.url, "completions", "beta"), {}, body, typed)


def _sided(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> tuple[dict[str, Any], str]:
    hole = hole_of(given, name)
    before = hole.prefix + hole.middle
    before, typed = split(before)
    body = {"model": endpoint.model, "prompt": before, "suffix": hole.suffix} | common(parameters)
    body.pop("n", None)
    return body, typed


def parse_mistral(data: Json) -> Iterable[Event]:
    """The events of one of Mistral's chunks, which have the shape of a chat's."""
    if data.get("object") == "error" or "choices" not in data:
        yield complaint(data.get("error") or data) if data else Complaint("it sent no completion")
        return
    for choice in data["choices"]:
        content = choice["delta"].get("content")
        if isinstance(content, str) and content:
            yield Text(content, choice=choice.get("index") or 0)
        yield from ended(choice.get("finish_reason"), choice.get("index") or 0)
    yield from counted(data)
