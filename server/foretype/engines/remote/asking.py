"""What is sent: parameters of a request, what is known of a service, and the request made of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from foretype.prompt.fim import Control


@dataclass(frozen=True, slots=True)
class Memory:
    """What a connection remembers: the id of an answer, and the input items that need not be sent again with it."""

    id: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a service has told: the ids of its control tokens, the fields it refused, what its connection remembers.

    ``family`` is the FIM family that its vocabulary has, empty where that isn't known; ``begin`` are the tokens that
    every prompt begins with. ``refused`` are optional
    fields that it answered with an error.
    """

    family: str = ""
    ids: Mapping[Control, int] = field(default_factory=dict)
    begin: tuple[int, ...] = ()
    refused: frozenset[str] = frozenset()
    memory: Memory = Memory()


@dataclass(frozen=True, slots=True)
class Parameters:
    """How far and how to continue, as in `base.GenerateRequest`; ``session`` is the same for all of a process.

    ``count`` answers are wanted, with ``logprobs`` if the service can. ``warms`` asks to read the prompt, no more.
    """

    max_tokens: int
    stops: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int = 0
    grammar: str = ""
    count: int = 1
    logprobs: bool = False
    session: str = ""
    warms: bool = False
    known: Known = Known()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it is sent, short of the key.

    The answer has to begin with ``typed``, which isn't part of the answer; with ``lenient`` it may. ``reasons`` says
    that it may begin with reasoning, ``fenced`` that it may stand in a code fence which isn't part of it, ``ends`` what
    it ends before in any case, ``remembers`` which items the connection remembers once it is answered.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    typed: str = ""
    lenient: bool = False
    reasons: bool = False
    fenced: bool = False
    ends: tuple[str, ...] = ()
    remembers: tuple[str, ...] = ()

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        return msgspec.json.encode(self.body) if self.body else b""

    @property
    def characters(self) -> int:
        """The length of all texts in the body."""
        return _characters(self.body)

    def without(self, fields: frozenset[str]) -> Outgoing:
        """The request without optional fields that the service refused."""
        return replace(self, body={name: value for name, value in self.body.items() if name not in fields})


def _characters(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list | tuple) else 0


def address(url: str, path: str, version: str = "") -> str:
    """The URL of a path below an endpoint's; ``version`` is added where the endpoint's URL has no path at all."""
    scheme, _, rest = url.partition("://")
    host, _, base = rest.partition("/")
    base = base.strip("/") or version
    return f"{scheme}://{host}/" + "/".join(part for part in (base, path) if part)


def origin(url: str) -> str:
    """The URL of an endpoint's host, without any path."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"


def root(url: str, path: str) -> str:
    """The URL of a path below an endpoint's, whose version (``/v1``) is left out."""
    base = url.rstrip("/")
    return address(base.removesuffix("/v1"), path)
