"""What the language server and the model's process say to each other: length-prefixed msgpack frames."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from foretype.child.framing import Message
from foretype.engines.base import GenerateRequest
from foretype.prompt.fim import Control, Prompt, Token

TOKEN = "token"

Pieces = tuple[tuple[str, str], ...]
"""A prompt's pieces, each (control's role or "", text); a control token by its spelling is (TOKEN, spelling)."""

Weighed = tuple[str, float, float | None]
"""A line's text, its log-probability, and that of line and following text together, if those were read."""


class Load(Message, frozen=True, tag=True, array_like=True):
    """First frame: the model and how to run it. ``gpu_layers`` -1 is all, ``threads`` 0 is one for each core."""

    path: str
    gpu_layers: int
    threads: int
    kv_memory_mb: int
    drafts: bool


class Generate(Message, frozen=True, tag=True, array_like=True):
    """Continue a prompt. One that is ``patient`` lets every other that comes go before it."""

    id: int
    pieces: Pieces
    heal: bool
    max_tokens: int
    stops: tuple[str, ...]
    temperature: float
    seed: int
    grammar: str
    patient: bool


class Warm(Message, frozen=True, tag=True, array_like=True):
    """Evaluate a prompt in idle time."""

    id: int
    pieces: Pieces
    heal: bool


class Explore(Message, frozen=True, tag=True, array_like=True):
    """Find several ends of the prompt's last line.

    If there is text ``after`` them, they are read with it behind ``unseen``, a prompt that doesn't show that text.
    For each of ``names`` one more may be sought that has it. Lines end before ``signs``, which begin comments.
    """

    id: int
    pieces: Pieces
    heal: bool
    unseen: Pieces
    count: int
    max_tokens: int
    after: str
    names: tuple[str, ...]
    signs: tuple[str, ...] = ()


class Count(Message, frozen=True, tag=True, array_like=True):
    """Count the tokens of texts."""

    id: int
    texts: tuple[str, ...]


class Cancel(Message, frozen=True, tag=True, array_like=True):
    """Stop what ``id`` asked for; answered with Finished or Warmed all the same."""

    id: int


class Loading(Message, frozen=True, tag=True, array_like=True):
    """Progress of loading, 0 to 1."""

    progress: float


class Loaded(Message, frozen=True, tag=True, array_like=True):
    """The model is ready."""

    model: str
    family: str
    context_tokens: int
    facts: tuple[tuple[str, str], ...]
    chat: str


class Failed(Message, frozen=True, tag=True, array_like=True):
    """Loading (``id`` -1) or one request failed; ``message`` is one sentence for the user."""

    id: int
    message: str


class Work(Struct, frozen=True, array_like=True):
    """``engines.base.Usage`` on the wire."""

    prefill_ms: float = 0.0
    prefill_tokens: int = 0
    reused_tokens: int = 0
    decode_ms: float = 0.0
    decode_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


class Text(Message, frozen=True, tag=True, array_like=True):
    """More generated text."""

    id: int
    text: str
    work: Work
    logprob: float


class Finished(Message, frozen=True, tag=True, array_like=True):
    """A generation's end; ``reason`` is a FinishReason's value or ``cancelled``. Speeds in tokens per second."""

    id: int
    reason: str
    work: Work
    prefill_speed: float
    decode_speed: float


class Explored(Message, frozen=True, tag=True, array_like=True):
    """The lines, the likeliest first."""

    id: int
    lines: tuple[Weighed, ...]
    work: Work


class Warmed(Message, frozen=True, tag=True, array_like=True):
    """A warm's end, finished or preempted."""

    id: int
    finished: bool
    work: Work
    prefill_speed: float
    decode_speed: float


class Counted(Message, frozen=True, tag=True, array_like=True):
    """Token counts, in the order asked."""

    id: int
    counts: tuple[int, ...]


ToWorker = Load | Generate | Explore | Warm | Count | Cancel
FromWorker = Loading | Loaded | Failed | Text | Finished | Explored | Warmed | Counted


def to_worker(body: bytes) -> ToWorker:
    """Decodes a frame's body on the worker's side. Raises msgspec.DecodeError."""
    message: ToWorker = msgspec.msgpack.decode(body, type=ToWorker)
    return message


def from_worker(body: bytes) -> FromWorker:
    """Decodes a frame's body on the server's side. Raises msgspec.DecodeError."""
    message: FromWorker = msgspec.msgpack.decode(body, type=FromWorker)
    return message


def generation(id: int, prompt: Prompt, request: GenerateRequest) -> Generate:
    """The frame for a request whose prompt is laid out."""
    return Generate(
        id,
        pieces_of(prompt),
        prompt.heal,
        request.max_tokens,
        request.stops,
        request.temperature,
        request.seed,
        request.grammar,
        request.patient,
    )


def pieces_of(prompt: Prompt) -> Pieces:
    """A prompt's pieces for the wire."""
    return tuple(_piece(piece) for piece in prompt.pieces)


def _piece(piece: str | Control | Token) -> tuple[str, str]:
    if isinstance(piece, Token):
        return TOKEN, piece.spelling
    return (piece.value, "") if isinstance(piece, Control) else ("", piece)
