"""The Engine protocol, what it takes and gives, and its errors.

EngineError
├── ModelMissing       no such model on this machine
├── ModelUnusable      the file is no model, is damaged, or does not fit in memory
├── WorkerDied         the model's process ended while it worked
└── EndpointError      a remote endpoint refused, failed or could not be reached
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from foretype.errors import ForetypeError
from foretype.prompt.hole import Hole, Input


class EngineError(ForetypeError):
    """Something an engine could not do."""


class ModelMissing(EngineError):
    """No such model on this machine."""


class ModelUnusable(EngineError):
    """The file is no model, is damaged, or does not fit in memory."""


class WorkerDied(EngineError):
    """The model's process ended while it worked."""


class EndpointError(EngineError):
    """A remote endpoint refused, failed or could not be reached."""


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """What to continue, and how far.

    ``grammar`` (GBNF, llama.cpp's format) constrains the answer where the engine can; empty for none.
    ``stops`` end the generation where one of them appears in the generated text (the stop itself is not given).
    ``temperature`` 0 is greedy. ``max_tokens`` bounds what is generated, healed tokens included. One that is
    ``patient`` lets others, which a typist waits for, go before it even when it has begun; it then goes on.
    """

    prompt: Input
    max_tokens: int
    stops: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int = 0
    grammar: str = ""
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Where an engine's time went. Times in milliseconds; counts in tokens.

    ``reused_tokens`` of the prompt were resident already, ``prefill_tokens`` had to be evaluated.
    ``queue_ms`` is the wait before the engine began, loading a model included.
    """

    queue_ms: float = 0.0
    prefill_ms: float = 0.0
    prefill_tokens: int = 0
    reused_tokens: int = 0
    decode_ms: float = 0.0
    decode_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


class FinishReason(Enum):
    """Why a generation ended."""

    END = "end"  # the model said so
    STOP = "stop"  # a stop string appeared
    LENGTH = "length"  # max_tokens or the context's end


@dataclass(frozen=True, slots=True)
class Chunk:
    """Newly generated text, never empty, never part of a character; ``usage`` counts all work so far.

    ``logprob`` is the natural logarithm of the probability of the chunk's tokens (their sum), where known.
    """

    text: str
    usage: Usage
    logprob: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The last thing a generation yields."""

    reason: FinishReason
    usage: Usage


@dataclass(frozen=True, slots=True)
class ExploreRequest:
    """Asks for several ends of a hole's last line; ``after`` is the text that has to fit after them, if any.

    For each of ``names`` one end more may be sought that has it. ``signs`` begin comments that aren't wanted: where
    the engine sees to it, a line ends before one and none begins with one.
    """

    prompt: Hole
    count: int
    max_tokens: int
    after: str = ""
    names: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


def sum_of_logs(one: float, other: float) -> float:
    """The logarithm of the sum of two probabilities that are given by theirs."""
    return one if one == other == -math.inf else max(one, other) + math.log1p(math.exp(-abs(one - other)))


@dataclass(frozen=True, slots=True)
class Alternative:
    """One end of a line, and its log-probability given all that the model was shown.

    ``together`` is that of the line and the text after it, read on from the text before as if nothing else were
    known; None where it was not asked, can't be told, or where there is no doubt about the line.
    """

    text: str
    logprob: float
    together: float | None = None


@dataclass(frozen=True, slots=True)
class Explored:
    """The ends found, the likeliest first, and the work that took."""

    alternatives: tuple[Alternative, ...] = ()
    usage: Usage = Usage()


class EngineState(Enum):
    """What an engine is doing, for the status."""

    IDLE = "idle"  # not loaded; loads when asked
    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """A change of state; ``message`` is one sentence (with what to do, for ERROR), ``progress`` 0 to 1 if known."""

    engine: str
    state: EngineState
    message: str = ""
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class Speeds:
    """Measured as the engine runs; 0 until measured. Tokens per second, and milliseconds to the first token."""

    prefill: float = 0.0
    decode: float = 0.0
    first_token_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is known of an engine; ``family`` names the FIM family, or is empty for a prefix-only model.

    ``facts`` are shown by ``doctor``: name and value, in order. ``keeps_work`` says that what a cancelled generation
    has evaluated serves the next one, ``chat`` that it answers a `Chat`.
    """

    name: str
    model: str
    family: str = ""
    context_tokens: int = 0
    speeds: Speeds = Speeds()
    facts: tuple[tuple[str, str], ...] = field(default=())
    keeps_work: bool = False
    chat: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """Tokens of all work since the engine began, cancelled work included; ``warm_tokens`` were read in idle time."""

    prefill_tokens: int = 0
    decode_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    warm_tokens: int = 0


class Engine(Protocol):
    """Continues prompts, one at a time: ``generate`` goes before ``warm``, a patient one after all others."""

    async def info(self) -> EngineInfo:
        """What is known now; starts the engine if need be. Raises EngineError."""
        ...

    def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        """Yields chunks, then one Finish. Closing the generator cancels within one token. Raises EngineError."""
        ...

    async def explore(self, request: ExploreRequest) -> Explored:
        """Several ends of a line, generated together. Raises EngineError."""
        ...

    async def warm(self, prompt: Input) -> bool:
        """Evaluates a prompt in idle time so that a later ``generate`` finds it resident.

        Any ``generate`` or later ``warm`` preempts it; what was evaluated stays usable. True if it was finished.
        """
        ...

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """The number of tokens of each text, with the model's own tokenizer. Raises EngineError."""
        ...

    def totals(self) -> Totals:
        """All work so far."""
        ...

    async def aclose(self) -> None:
        """Ends the engine and whatever it started."""
        ...


StatusListener = Callable[[EngineStatus], None]
