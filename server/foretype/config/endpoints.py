"""The schema of endpoints elsewhere, and of the route that decides which engine answers."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

EndpointKind = Literal[
    "openai-completions", "openai-chat", "openai-responses", "mistral-fim", "deepseek-fim", "ollama", "llama-server"
]
Policy = Literal["first", "race", "local-first"]

LOCAL = "local"
"""The name of the llama.cpp engine in a route."""

_Count = Annotated[int, Meta(ge=1)]
_Amount = Annotated[float, Meta(ge=0)]


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """The most that may be asked of an endpoint. ``cost_per_day`` is in the currency of its prices."""

    requests_per_minute: _Count | None = None
    requests_per_day: _Count | None = None
    tokens_per_minute: _Count | None = None
    tokens_per_day: _Count | None = None
    cost_per_day: Annotated[float, Meta(gt=0)] | None = None


class Prices(Struct, frozen=True, forbid_unknown_fields=True):
    """What a million tokens cost, in any one currency."""

    input: _Amount = 0.0
    cached_input: _Amount | None = None
    output: _Amount = 0.0


class Endpoint(Struct, frozen=True, forbid_unknown_fields=True):
    """One service. At most one of the ``key_`` settings says where its key is; none for a service without.

    ``family`` is the FIM layout that we write ourselves: a family's name, ``auto`` to tell it by the model's name, or
    ``none`` to leave it to the service. ``ca_file``, relative to the file it is written in, replaces the system's
    certificate authorities, ``proxy`` the proxies of the environment. Times are in seconds; ``answer_seconds`` is the
    longest silence in an answer.
    """

    kind: EndpointKind
    url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+")]
    model: str = ""
    key_env: str = ""
    key_command: tuple[str, ...] = ()
    key_keyring: str = ""
    family: str = "auto"
    websocket: bool = False
    headers: dict[str, str] = {}
    ca_file: str = ""
    proxy: str = ""
    context_tokens: Annotated[int, Meta(ge=256)] = 8192
    connect_seconds: Annotated[float, Meta(gt=0)] = 2.0
    answer_seconds: Annotated[float, Meta(gt=0)] = 10.0
    limits: Limits = Limits()
    prices: Prices = Prices()


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """Another route for some languages, or for paths by patterns as in ``.gitignore``; both have to fit if given."""

    engines: Annotated[tuple[str, ...], Meta(min_length=1)]
    policy: Policy = "first"
    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class Route(Struct, frozen=True, forbid_unknown_fields=True):
    """Which engine answers."""

    engines: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1, description='Engines in order: names of endpoints, and "local" for the model on this machine.'
        ),
    ] = (LOCAL,)
    policy: Annotated[
        Policy,
        Meta(
            description="first: the others answer where the first can't. race: all are asked, the first good answer "
            "shows. local-first: endpoints are asked where the local answer is rejected, unsure or a block."
        ),
    ] = "first"
    overrides: Annotated[
        tuple[Override, ...], Meta(description="Other routes for languages or paths; the first that fits is taken.")
    ] = ()


def named(route: Route) -> tuple[str, ...]:
    """All engines that a route and its overrides name, in their order, each once."""
    return tuple(dict.fromkeys((*route.engines, *(name for each in route.overrides for name in each.engines))))
