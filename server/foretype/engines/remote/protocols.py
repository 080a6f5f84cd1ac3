"""The protocols by the kinds of endpoint that speak them, and the request that one would send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from foretype.config.endpoints import Endpoint, EndpointKind
from foretype.engines.remote import (
    fim_services,
    llama_server,
    ollama,
    openai_chat,
    openai_completions,
    openai_responses,
)
from foretype.engines.remote.asking import Known, Outgoing, Parameters, address, root
from foretype.engines.remote.events import Parser
from foretype.engines.remote.llama_server import Ask
from foretype.prompt.hole import Chat, Hole

Builder = Callable[[str, Endpoint, Hole | Chat, Parameters], Outgoing]


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a kind of service is spoken to.

    ``framing`` is how objects are told apart in its stream, ``types`` the content types that such a stream may have.
    ``probe`` gives a URL that costs nothing to ask. ``several`` says that it generates several answers to one
    request, ``chats`` that it answers conversations as well. ``learn`` asks for what is worth knowing of a service.
    """

    build: Builder
    parse: Parser
    probe: Callable[[str], str]
    framing: Literal["sse", "ndjson"] = "sse"
    types: tuple[str, ...] = ("text/event-stream",)
    several: bool = False
    chats: bool = False
    learn: Callable[[Endpoint, Ask], Awaitable[Known]] | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """A service by its name, how it is reached, and how it is spoken to."""

    name: str
    endpoint: Endpoint

    @property
    def spoken(self) -> Protocol:
        """The protocol of its kind."""
        return PROTOCOLS[self.endpoint.kind]


def _models(version: str) -> Callable[[str], str]:
    return lambda url: address(url, "models", version)


PROTOCOLS: Mapping[EndpointKind, Protocol] = MappingProxyType(
    {
        "openai-completions": Protocol(openai_completions.build, openai_completions.parse, _models("v1"), several=True),
        "openai-chat": Protocol(openai_chat.build, openai_chat.parse, _models("v1"), several=True, chats=True),
        "mistral-fim": Protocol(fim_services.build_mistral, fim_services.parse_mistral, _models("v1")),
        "deepseek-fim": Protocol(fim_services.build_deepseek, openai_completions.parse, _models("beta")),
        "openai-responses": Protocol(openai_responses.build, openai_responses.parse, _models("v1"), chats=True),
        "ollama": Protocol(
            ollama.build,
            ollama.parse,
            lambda url: address(url, "api/version"),
            "ndjson",
            ("application/x-ndjson", "application/json"),
            chats=True,
        ),
        "llama-server": Protocol(
            llama_server.build,
            llama_server.parse,
            lambda url: root(url, "health"),
            chats=True,
            learn=llama_server.learn,
        ),
    }
)


def outgoing(peer: Peer, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request that a completion of ``given`` sends to an endpoint, short of its key. Raises EndpointError."""
    endpoint = peer.endpoint
    built = peer.spoken.build(peer.name, endpoint, given, parameters)
    own = {header: value.replace("{session}", parameters.session) for header, value in endpoint.headers.items()}
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json"}
    return replace(built, headers={**headers, **built.headers, **own}).without(parameters.known.refused)
