"""The frames between a server and the process that pulls a model for it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from foretype.child.framing import Message


class Pull(Message, frozen=True):
    """Fetch this model."""

    name: str


class Progressed(Message, frozen=True):
    """How far it is, in bytes; ``total`` may be a rounded estimate."""

    step: str
    done: int
    total: int | None


class Pulled(Message, frozen=True):
    """It is here."""

    path: str


class Failed(Message, frozen=True):
    """It could not be fetched; one sentence says why and what to do."""

    message: str


Answer = Progressed | Pulled | Failed

decode_answer: Callable[[bytes], Answer] = msgspec.msgpack.Decoder(Answer).decode
decode_pull: Callable[[bytes], Pull] = msgspec.msgpack.Decoder(Pull).decode
