"""Work as the model's process reports it, as usage and as totals."""

from __future__ import annotations

from foretype.engines.base import Totals, Usage
from foretype.engines.llama_cpp import frames


def usage_of(work: frames.Work, queue_ms: float) -> Usage:
    """One request's work, with the milliseconds it waited before."""
    return Usage(
        queue_ms,
        work.prefill_ms,
        work.prefill_tokens,
        work.reused_tokens,
        work.decode_ms,
        work.decode_tokens,
        work.drafted_tokens,
        work.accepted_tokens,
    )


def added(totals: Totals, work: frames.Work, warm: bool) -> Totals:
    """The totals after more work, done for a request or (``warm``) in idle time."""
    return Totals(
        totals.prefill_tokens + (0 if warm else work.prefill_tokens),
        totals.decode_tokens + work.decode_tokens,
        totals.drafted_tokens + work.drafted_tokens,
        totals.accepted_tokens + work.accepted_tokens,
        totals.warm_tokens + (work.prefill_tokens if warm else 0),
    )
