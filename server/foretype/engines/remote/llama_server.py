"""llama.cpp's llama-server: ``/completion`` with our layout, or ``/infill`` with its own.

https://github.com/ggml-org/llama.cpp/tree/master/tools/server. ``/infill`` takes the text before and after the cursor
as text in which no control token is read, and what was typed as ``prompt``; but builds up to 11669 put that at the
prefix's end, so that each key has the whole suffix read again. ``/completion`` takes token ids and texts mixed: the
control tokens as ids and the texts parted inside anything that spells one, in our order, of which typing changes the
end alone. A grammar (GBNF) has the answer begin with the word that was begun, as token healing does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Known, Outgoing, Parameters, root
from foretype.engines.remote.events import Counted, Event, Json, Text, complaint, ended
from foretype.engines.remote.family import family_of
from foretype.engines.remote.healing import split
from foretype.engines.remote.layout import as_mixed
from foretype.engines.remote.openai_chat import messages
from foretype.engines.remote.openai_chat import parse as parse_chat
from foretype.engines.remote.openai_completions import common
from foretype.prompt.families import FAMILIES, detect
from foretype.prompt.fim import Control
from foretype.prompt.hole import Chat, Hole

Ask = Callable[[str, str, Json | None], Awaitable[Json]]
"""Asks the service something that holds no text of a buffer: method, URL, body."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def build(name: str, endpoint: Endpoint, given: Hole | Chat, parameters: Parameters) -> Outgoing:
    """The request for an answer."""
    if isinstance(given, Chat):
        return _chat(endpoint, given, parameters)
    body: dict[str, Any] = {
        "n_predict": parameters.max_tokens,
        "temperature": parameters.temperature,
        "stream": True,
        "cache_prompt": True,
    }
    if parameters.temperature:
        body["seed"] = parameters.seed
    if parameters.stops:
        body["stop"] = list(parameters.stops)
    if parameters.logprobs:
        body["n_probs"] = 1
    healed, typed = split(given.middle) if not parameters.grammar else (given.middle, "")
    if grammar := parameters.grammar or beginning(typed):
        body["grammar"] = grammar
    family = family_of(endpoint, parameters.known)
    if family is not None and set(family.spellings) <= set(parameters.known.ids):
        mixed = [*parameters.known.begin, *as_mixed(family, given, healed, parameters.known.ids)]
        return Outgoing("POST", root(endpoint.url, "completion"), {}, {"prompt": mixed, **body}, typed)
    extra = [{"filename": path, "text": text} for path, text in given.files]
    sides = {"input_prefix": given.prefix, "input_suffix": given.suffix, "prompt": healed, "input_extra": extra}
    return Outgoing("POST", root(endpoint.url, "infill"), {}, {**sides, **body}, typed)


def beginning(text: str) -> str:
    """The grammar of all that begins with a text; empty for an empty one."""
    quoted = "".join(_ESCAPES.get(character, character) for character in text)
    return f'root ::= "{quoted}" [^\\x00]*' if text else ""


def _chat(endpoint: Endpoint, chat: Chat, parameters: Parameters) -> Outgoing:
    body: dict[str, Any] = {"messages": messages(chat, told=False), "cache_prompt": True, **common(parameters)}
    if endpoint.model:
        body["model"] = endpoint.model
    body["stream_options"] = {"include_usage": True}
    return Outgoing("POST", root(endpoint.url, "v1/chat/completions"), {}, body, reasons=True)


def parse(data: Json) -> Iterable[Event]:
    """The events of one event, of whichever of its three streams."""
    if "choices" in data:
        yield from parse_chat(data)
        return
    if data.get("error"):
        yield complaint(data["error"])
        return
    if text := data["content"]:
        told = data.get("completion_probabilities") or ()
        yield Text(text, sum(each["logprob"] for each in told) if told else None)
    if data["stop"]:
        timings = data.get("timings") or {}
        cached = timings.get("cache_n")
        read = timings.get("prompt_n", data.get("tokens_evaluated"))
        prompt = None if read is None else read + (cached or 0)
        yield Counted(prompt, cached, data.get("tokens_predicted"))
        yield from ended(data.get("stop_type") or "stop")


async def learn(endpoint: Endpoint, ask: Ask) -> Known:
    """Which family the server's model has, and the ids of its control tokens. Raises Failed."""

    async def tokens(text: str, add_special: bool = False) -> list[int]:
        body = {"content": text, "add_special": add_special, "parse_special": True}
        return list((await ask("POST", root(endpoint.url, "tokenize"), body))["tokens"])

    told = await ask("GET", root(endpoint.url, "props"), None)
    spellings = sorted({text for family in FAMILIES for known in family.spellings.values() for text in known})
    counted = [(text, await tokens(text)) for text in spellings]
    ids = {text: found[0] for text, found in counted if len(found) == 1}
    names = (told.get("model_path"), told.get("model_alias"), endpoint.model)
    family = next((found for name in names if name and (found := detect("", _last(name), ids.__contains__))), None)
    if family is None:
        return Known()
    spelled: dict[Control, int] = {}
    for control in family.spellings:
        spelling = family.spelling(control, ids.__contains__)
        assert spelling is not None, "the family was detected by them"
        spelled[control] = ids[spelling]
    plain, special = await tokens("a"), await tokens("a", add_special=True)
    return Known(family.name, spelled, tuple(special[: len(special) - len(plain)]))


def _last(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
