"""The requests that llama.vim sends to llama-server's ``/infill``; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from foretype.bench.vim import N_PREDICT, T_MAX_PROMPT_MS, Context

Extra = Sequence[Mapping[str, str]]


def infill_request(context: Context, extra: Extra, budget_ms: int) -> dict[str, Any]:
    """What ``llama#fim`` asks; ``budget_ms`` is its ``t_max_predict_ms``."""
    return {
        "id_slot": 0,
        "input_prefix": context.prefix,
        "input_suffix": context.suffix,
        "input_extra": extra,
        "prompt": context.middle,
        "n_predict": N_PREDICT,
        "stop": [],
        "n_indent": context.indent,
        "top_k": 40,
        "top_p": 0.90,
        "samplers": ["top_k", "top_p", "infill"],
        "stream": False,
        "cache_prompt": True,
        "t_max_prompt_ms": T_MAX_PROMPT_MS,
        "t_max_predict_ms": budget_ms,
        "response_fields": [
            "content",
            "timings/prompt_n",
            "timings/prompt_ms",
            "timings/predicted_n",
            "timings/predicted_ms",
            "truncated",
            "tokens_cached",
        ],
    }


def warm_up_request(extra: Extra) -> dict[str, Any]:
    """What ``s:ring_update`` asks, so that the server has read new context before it is needed."""
    return {
        "id_slot": 0,
        "input_prefix": "",
        "input_suffix": "",
        "input_extra": extra,
        "prompt": "",
        "n_predict": 0,
        "temperature": 0.0,
        "samplers": [],
        "stream": False,
        "cache_prompt": True,
        "t_max_prompt_ms": 1,
        "t_max_predict_ms": 1,
        # llama.vim asks for [""], so that nothing comes back; the count is for the report.
        "response_fields": ["timings/prompt_n"],
    }
