"""The wire formats: what each service's stream looks like, and which requests it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from endpoints.script import Script

SSE = "text/event-stream; charset=utf-8"
NDJSON = "application/x-ndjson"


@dataclass(frozen=True)
class Answer:
    """A stream in parts: ``piece`` makes the bytes of a piece of the answer, ``end`` those of its end."""

    type: str
    begin: list[bytes]
    piece: Callable[[str, int], bytes]
    end: Callable[[list[tuple[int, str]], int], list[bytes]]
    wants: tuple[str, ...]
    most: int
    stops: list[str]
    choices: int = 1


def sse(data: Any, event: str = "") -> bytes:
    """One server-sent event."""
    named = f"event: {event}\n" if event else ""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"{named}data: {text}\n\n".encode()


def line(data: Any) -> bytes:
    """One line of NDJSON."""
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


def answer_to(path: str, body: dict[str, Any], script: Script) -> Answer | None:
    """How the service at a path answers; None for a path that no service has."""
    for ending, make in _SERVICES.items():
        if path.endswith(ending):
            return make(path, body, script)
    return None


def prompt_tokens(body: dict[str, Any]) -> int:
    """What the service counts: a token for four characters."""
    return len(json.dumps(body)) // 4


def _stops(body: dict[str, Any], name: str = "stop") -> list[str]:
    given = body.get(name) or []
    return [given] if isinstance(given, str) else list(given)


def _usage(body: dict[str, Any], script: Script, output: int) -> dict[str, Any]:
    prompt = prompt_tokens(body)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        "prompt_tokens_details": {"cached_tokens": script.cached},
    }


def _openai(body: dict[str, Any], script: Script, wrap: Callable[[str], dict[str, Any]], object: str) -> Answer:
    base = {"id": "cmpl-1", "object": object, "created": 1, "model": body.get("model")}

    def piece(text: str, choice: int) -> bytes:
        probabilities: Any = None
        if body.get("logprobs"):
            one = {"token": text, "logprob": -0.5 - choice}
            probabilities = {"content": [one]} if "messages" in body else {"token_logprobs": [-0.5 - choice]}
        return sse(
            {**base, "choices": [{"index": choice, **wrap(text), "logprobs": probabilities, "finish_reason": None}]}
        )

    def end(reasons: list[tuple[int, str]], output: int) -> list[bytes]:
        ends = [
            sse({**base, "choices": [{"index": choice, **wrap(""), "finish_reason": reason}]})
            for choice, reason in reasons
        ]
        if (body.get("stream_options") or {}).get("include_usage"):
            ends.append(sse({**base, "choices": [], "usage": _usage(body, script, output)}))
        return [*ends, sse("[DONE]")]

    most = body.get("max_tokens") or body.get("max_completion_tokens") or 16
    wants = ("messages",) if "messages" in body else ("model", "prompt")
    return Answer(SSE, [], piece, end, wants, most, _stops(body), body.get("n") or 1)


def _completions(path: str, body: dict[str, Any], script: Script) -> Answer:
    return _openai(body, script, lambda text: {"text": text}, "text_completion")


def _chat(path: str, body: dict[str, Any], script: Script) -> Answer:
    return _openai(body, script, lambda text: {"delta": {"content": text}}, "chat.completion.chunk")


def _mistral(path: str, body: dict[str, Any], script: Script) -> Answer:
    base = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model")}

    def piece(text: str, choice: int) -> bytes:
        return sse({**base, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def end(reasons: list[tuple[int, str]], output: int) -> list[bytes]:
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": reasons[0][1]}
        usage = {"prompt_tokens": prompt_tokens(body), "completion_tokens": output}
        return [sse({**base, "choices": [choice], "usage": usage}), sse("[DONE]")]

    begin = [sse({**base, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})]
    return Answer(SSE, begin, piece, end, ("model", "prompt"), body.get("max_tokens") or 16, _stops(body))


def _ollama(path: str, body: dict[str, Any], script: Script) -> Answer:
    options = body.get("options") or {}
    is_chat = path.endswith("/chat")
    base = {"model": body.get("model"), "created_at": "2025-01-01T00:00:00Z"}

    def wrap(text: str) -> dict[str, Any]:
        return {"message": {"role": "assistant", "content": text}} if is_chat else {"response": text}

    def piece(text: str, choice: int) -> bytes:
        return line({**base, **wrap(text), "done": False})

    def end(reasons: list[tuple[int, str]], output: int) -> list[bytes]:
        counts = {"prompt_eval_count": prompt_tokens(body), "eval_count": output, "eval_duration": 1}
        return [line({**base, **wrap(""), "done": True, "done_reason": reasons[0][1], **counts})]

    return Answer(NDJSON, [], piece, end, ("model",), options.get("num_predict") or 128, _stops(options))


def _llama(path: str, body: dict[str, Any], script: Script) -> Answer:
    def piece(text: str, choice: int) -> bytes:
        return sse({"index": choice, "content": text, "tokens": [1], "stop": False, "id_slot": 0})

    def end(reasons: list[tuple[int, str]], output: int) -> list[bytes]:
        kind = "limit" if reasons[0][1] == "length" else "eos"
        counts = {"tokens_predicted": output, "tokens_evaluated": prompt_tokens(body), "tokens_cached": script.cached}
        timings = {"cache_n": script.cached, "prompt_n": max(0, prompt_tokens(body) - script.cached)}
        return [sse({"index": 0, "content": "", "stop": True, "stop_type": kind, **counts, "timings": timings})]

    wants = ("input_prefix", "input_suffix") if path.endswith("/infill") else ("prompt",)
    return Answer(SSE, [], piece, end, wants, body.get("n_predict") or 128, _stops(body))


def responses_events(body: dict[str, Any], script: Script) -> Answer:
    """The events of OpenAI's Responses, which are the same over HTTP and over a WebSocket."""
    response = {"id": "resp_1", "object": "response", "status": "in_progress", "model": body.get("model")}

    def event(kind: str, **more: Any) -> bytes:
        return sse({"type": kind, "sequence_number": 0, **more}, kind)

    def piece(text: str, choice: int) -> bytes:
        return event("response.output_text.delta", item_id="msg_1", output_index=0, content_index=0, delta=text)

    def end(reasons: list[tuple[int, str]], output: int) -> list[bytes]:
        prompt = prompt_tokens(body)
        usage = {
            "input_tokens": prompt,
            "input_tokens_details": {"cached_tokens": script.cached},
            "output_tokens": output,
            "total_tokens": prompt + output,
        }
        if reasons[0][1] == "length":
            why = {"reason": "max_output_tokens"}
            last = {**response, "status": "incomplete", "incomplete_details": why, "usage": usage}
            return [event("response.incomplete", response=last)]
        return [event("response.completed", response={**response, "status": "completed", "usage": usage})]

    begin = [event("response.created", response=response), event("response.in_progress", response=response)]
    return Answer(SSE, begin, piece, end, ("model", "input"), body.get("max_output_tokens") or 128, [])


def _responses(path: str, body: dict[str, Any], script: Script) -> Answer:
    return responses_events(body, script)


_SERVICES: dict[str, Callable[[str, dict[str, Any], Script], Answer]] = {
    "/fim/completions": _mistral,
    "/chat/completions": _chat,
    "/completions": _completions,
    "/responses": _responses,
    "/api/generate": _ollama,
    "/api/chat": _ollama,
    "/infill": _llama,
    "/completion": _llama,
}

TAKEN: dict[str, set[str]] = {
    "/fim/completions": {"model", "prompt", "suffix", "max_tokens", "temperature", "stream", "stop", "random_seed"},
    "/responses": {
        "model", "input", "instructions", "stream", "store", "max_output_tokens", "temperature", "prompt_cache_key",
        "reasoning", "previous_response_id", "type", "generate",
    },
}  # fmt: skip
"""The fields that strict services take; any other is refused."""


def refusal(path: str, body: Any, answer: Answer) -> str:
    """Why a service refuses a request; empty if it doesn't."""
    if not isinstance(body, dict):
        return "the body is no object"
    missing = [name for name in answer.wants if name not in body]
    unknown: Iterable[str] = next(
        (set(body) - taken for ending, taken in TAKEN.items() if path.endswith(ending)), set()
    )
    return "; ".join([*(f"{name} is required" for name in missing), *(f"unknown field {name}" for name in unknown)])
