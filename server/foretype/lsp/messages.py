"""What of a decoded message is acceptable now; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from lsprotocol import types

# https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#errorCodes
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
NOT_INITIALIZED = -32002
REQUEST_CANCELLED = -32800


class Phase(Enum):
    """Where the session is in its life."""

    NEW = "not initialized"
    RUNNING = "running"
    SHUT_DOWN = "shut down"


@dataclass(frozen=True, slots=True)
class Request:
    """The client wants an answer."""

    id: int | str
    method: str


@dataclass(frozen=True, slots=True)
class Notification:
    """The client tells something."""

    method: str


@dataclass(frozen=True, slots=True)
class Response:
    """The client answers."""

    id: int | str
    failed: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that can't be handled; answered with this error when ``id`` is a request's or not known."""

    id: int | str | None
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that the protocol says to drop."""

    method: str


Kind = Request | Notification | Response | Refusal | Ignored


def kind(message: object, phase: Phase) -> Kind:
    """What a message is, in this phase of the session."""
    if not isinstance(message, Mapping):
        return Refusal(None, INVALID_REQUEST, "A message has to be a JSON object.")
    method, id_ = message.get("method"), message.get("id")
    known_id = id_ if isinstance(id_, (int, str)) and not isinstance(id_, bool) else None
    if message.get("jsonrpc") != "2.0":
        return Refusal(known_id, INVALID_REQUEST, 'A message has to say "jsonrpc": "2.0".')
    if method is None and ("result" in message or "error" in message):
        # An answer is never answered, or two sides could go on for ever.
        return Ignored("a response") if known_id is None else Response(known_id, message.get("error") is not None)
    if not isinstance(method, str):
        return Refusal(known_id, INVALID_REQUEST, "A message has to name its method.")
    if "id" not in message:
        return _notification(method, phase)
    if known_id is None:
        return Refusal(None, INVALID_REQUEST, "A request's id has to be a number or a string.")
    return _request(known_id, method, phase)


def _notification(method: str, phase: Phase) -> Kind:
    return Notification(method) if phase is Phase.RUNNING or method == types.EXIT else Ignored(method)


def _request(id_: int | str, method: str, phase: Phase) -> Kind:
    if phase is Phase.NEW and method != types.INITIALIZE:
        return Refusal(id_, NOT_INITIALIZED, f"{method} came before initialize.")
    if phase is Phase.SHUT_DOWN:
        return Refusal(id_, INVALID_REQUEST, f"{method} came after shutdown.")
    if phase is Phase.RUNNING and method == types.INITIALIZE:
        return Refusal(id_, INVALID_REQUEST, "initialize came twice.")
    return Request(id_, method)
