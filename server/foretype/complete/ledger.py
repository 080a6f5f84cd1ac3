"""Where the time of one request went, stage by stage."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ledger:
    """Milliseconds by stage and tokens by kind for one request.

    ``source`` says where the text came from: ``model``, ``cache`` (an earlier answer still fits), ``in-flight``
    (a generation already running still fits) or ``none``. ``filters`` names those that changed the text, in order.
    ``skipped`` are engines of the route that didn't answer although they come first or should have, and why.
    """

    total_ms: float = 0.0
    queue_ms: float = 0.0
    debounce_ms: float = 0.0
    syntax_ms: float = 0.0
    context_ms: float = 0.0
    prompt_ms: float = 0.0
    prefill_ms: float = 0.0
    prefill_tokens: int = 0
    reused_tokens: int = 0
    decode_ms: float = 0.0
    decode_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    filter_ms: float = 0.0
    source: str = "none"
    filters: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def since(begun: float) -> float:
    """Milliseconds since a ``time.perf_counter`` value."""
    return (time.perf_counter() - begun) * 1000
