"""What a service says while it answers, whatever its protocol calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foretype.engines.base import FinishReason


@dataclass(frozen=True, slots=True)
class Text:
    """More of an answer; ``choice`` numbers it where several are generated. ``logprob`` as in `base.Chunk`."""

    text: str
    logprob: float | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """An answer is complete."""

    reason: FinishReason
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """The service's own account in tokens; ``cached`` of the prompt had been read before, None where not told."""

    prompt: int | None = None
    cached: int | None = None
    output: int | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """The service says in its stream that it can't go on; ``status`` as in HTTP, 0 where not told."""

    message: str
    status: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Identified:
    """The service's name for the answer, by which a later request can refer to it."""

    id: str


Event = Text | Ended | Counted | Complaint | Identified
Json = Mapping[str, Any]
Parser = Callable[[Json], Iterable[Event]]
"""Turns one object of a stream into events. Raises KeyError, TypeError or ValueError for what isn't the protocol."""

REASONS = {
    "stop": FinishReason.END,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "max_output_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "limit": FinishReason.LENGTH,
}


def ended(reason: str | None, choice: int = 0) -> Iterable[Ended]:
    """The end that a service's ``finish_reason`` tells of, if any."""
    if reason:
        yield Ended(REASONS.get(reason, FinishReason.END), choice)


def complaint(error: object) -> Complaint:
    """What is told of an error, which is an object or a text depending on the service."""
    if not isinstance(error, Mapping):
        return Complaint(str(error))
    code = error.get("code") or error.get("type") or ""
    status = error.get("status") or error.get("status_code") or (code if isinstance(code, int) else 0)
    return Complaint(str(error.get("message") or code), status if isinstance(status, int) else 0, str(code))
