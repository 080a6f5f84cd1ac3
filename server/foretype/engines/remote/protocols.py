"""The protocols by the kinds of endpoint that speak them, and the request that one would send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from foretype.config.endpoints import Endpoint, EndpointKind
from foretype.engines.base import EndpointError
from foretype.engines.remote import (
    fim_services,
    openai_chat,
    openai_completions,
)
from foretype.engines.remote.asking import Outgoing, Parameters, address
from foretype.engines.remote.events import Parser
from foretype.prompt.fim import Prompt
from foretype.prompt.hole import Input

Builder = Callable[[str, Endpoint, Input, Parameters], Outgoing]


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a kind of service is spoken to.

    ``framing`` is how objects are told apart in its stream, ``types`` the content types that such a stream may have.
    ``probe`` gives a URL that costs nothing to ask. ``several`` says that it generates several answers to one
    request, ``reasons`` that an answer may begin with ``<think>``.
    """

    build: Builder
    parse: Parser
    probe: Callable[[str], str]
    framing: Literal["sse", "ndjson"] = "sse"
    types: tuple[str, ...] = ("text/event-stream",)
    several: bool = False
    reasons: bool = False


def _models(version: str) -> Callable[[str], str]:
    return lambda url: address(url, "models", version)


PROTOCOLS: Mapping[EndpointKind, Protocol] = MappingProxyType(
    {
        "openai-completions": Protocol(openai_completions.build, openai_completions.parse, _models("v1"), several=True),
        "openai-chat": Protocol(openai_chat.build, openai_chat.parse, _models("v1"), several=True, reasons=True),
        "mistral-fim": Protocol(fim_services.build_mistral, fim_services.parse_mistral, _models("v1")),
        "deepseek-fim": Protocol(fim_services.build_deepseek, openai_completions.parse, _models("beta")),
    }
)


def outgoing(name: str, endpoint: Endpoint, given: Input, parameters: Parameters) -> Outgoing:
    """The request that a completion of ``given`` sends to an endpoint, short of its key. Raises EndpointError."""
    if isinstance(given, Prompt):
        raise EndpointError(f"`{name}` needs the text around the cursor, not a prompt for a local model.")
    built = PROTOCOLS[endpoint.kind].build(name, endpoint, given, parameters)
    own = {header: value.replace("{session}", parameters.session) for header, value in endpoint.headers.items()}
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json"}
    return replace(built, headers={**headers, **built.headers, **own}).without(parameters.known.refused)
