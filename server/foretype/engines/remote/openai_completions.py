"""OpenAI's completions (legacy), and what is compatible with them: vLLM, llama-server, many services.

https://platform.openai.com/docs/api-reference/completions and vLLM's "OpenAI-Compatible Server". With ``suffix`` where
the endpoint's family is ``none``, else with our own layout, which vLLM needs (it has no ``suffix``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Outgoing, Parameters, address
from foretype.engines.remote.events import Complaint, Counted, Event, Json, Text, complaint, ended
from foretype.engines.remote.family import family_of
from foretype.engines.remote.healing import split
from foretype.engines.remote.layout import as_text, hole_of
from foretype.prompt.hole import Chat, Hole

MOST_STOPS = 4
"""OpenAI takes no more; all of them are looked for here as well."""


def build(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request for a completion. Raises EndpointError."""
    hole = hole_of(given, name)
    family = family_of(endpoint, parameters.known)
    healed, typed = split(hole.middle if family else hole.prefix + hole.middle)
    body: dict[str, Any] = {"model": endpoint.model}
    if family is not None:
        body["prompt"] = as_text(family, hole, healed)
    else:
        body |= {"prompt": healed, "suffix": hole.suffix}
    body |= common(parameters) | {"stream_options": {"include_usage": True}}
    if parameters.logprobs:
        body["logprobs"] = 1
    return Outgoing("POST", address(endpoint.url, "completions", "v1"), {}, body, typed)


def common(parameters: Parameters) -> dict[str, Any]:
    """The fields that completions of all services share."""
    body: dict[str, Any] = {
        "max_tokens": parameters.max_tokens,
        "temperature": parameters.temperature,
        "stream": True,
    }
    if parameters.temperature:
        body["seed"] = parameters.seed
    if parameters.stops:
        body["stop"] = list(parameters.stops[:MOST_STOPS])
    if parameters.count > 1:
        body["n"] = parameters.count
    return body


def parse(data: Json) -> Iterable[Event]:
    """The events of one chunk."""
    if data.get("error"):
        yield complaint(data["error"])
        return
    for choice in data.get("choices") or ():
        if text := choice.get("text"):
            probabilities = (choice.get("logprobs") or {}).get("token_logprobs") or ()
            known = [each for each in probabilities if each is not None]
            yield Text(text, sum(known) if known else None, choice.get("index") or 0)
        yield from ended(choice.get("finish_reason"), choice.get("index") or 0)
    yield from counted(data)
    if "choices" not in data and "usage" not in data:
        yield Complaint("it sent no completion")


def counted(data: Json) -> Iterable[Counted]:
    """The account in a chunk, if there is one; DeepSeek and OpenAI tell what was cached in different places."""
    if not (usage := data.get("usage")):
        return
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    if cached is None:
        cached = usage.get("prompt_cache_hit_tokens")
    yield Counted(usage.get("prompt_tokens"), cached, usage.get("completion_tokens"))
