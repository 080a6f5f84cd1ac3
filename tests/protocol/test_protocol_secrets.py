"""Secrets of every kind, in the file and in what else a prompt shows: none is in any request, nor in what is logged."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from endpoints.script import Script
from endpoints.server import serving

from foretype.lsp.uris import from_path
from planted import Planted, plant

PLACES = ("above", "below", "beside")
KINDS = ("openai-completions", "openai-chat", "llama-server")
ENDPOINT = """
[endpoints.own]
kind = "{kind}"
url = "{url}"
model = "qwen2.5-coder"
key_env = "KEY_OF_THE_TEST"
[route]
engines = ["own"]
[privacy]
log_sent_text = true
"""


def function(name: str, planted: list[Planted]) -> str:
    """Code with secrets, as they stand in real files."""
    return f"def {name}(items):\n    return items\n\n\n" + "\n".join(f"{each.code}\n" for each in planted)


@pytest.mark.parametrize("turn", range(len(PLACES)))
async def test_planted_secrets_are_in_no_request(serve, tmp_path: Path, turn: int) -> None:
    """Every third kind in each place; over the three turns every kind has been in every place."""
    planted = {place: plant(11 + turn)[(number + turn) % 3 :: 3] for number, place in enumerate(PLACES)}
    code = {place: function(place, planted[place]) for place in PLACES}
    root = tmp_path / "shop"
    root.mkdir()
    before = f"from beside import beside\n\n{code['above']}\n\ndef total(items):\n    result = beside(items)\n"
    files = {"beside.py": code["beside"], "till.py": f"{before}    return \n\n\n{code['below']}"}
    for name, text in files.items():
        (root / name).write_text(text)
    cursor, uri = before.count("\n"), from_path(root / "till.py")
    async with serving(Script(text="sum(items)\n", key="the-key-of-the-test")) as own:
        settings = ENDPOINT.format(kind=KINDS[turn], url=own.url)
        client = await serve(settings, KEY_OF_THE_TEST="the-key-of-the-test")
        await client.initialize(workspaceFolders=[{"uri": from_path(root), "name": "shop"}])
        for name, text in files.items():
            client.open(from_path(root / name), text)
        for version in itertools.count(2):
            typed = "sum"[: version % 3 + 1]
            line = {"start": {"line": cursor, "character": 0}, "end": {"line": cursor + 1, "character": 0}}
            client.send(client.change(uri, version, {"range": line, "text": f"    return {typed}\n"}))
            await client.request(
                "textDocument/inlineCompletion", client.at(uri, cursor, len("    return ") + len(typed), trigger=1)
            )
            if any(b"def beside" in request.raw for request in own.script.requests):
                break
        sent = b"\n".join(request.raw for request in own.script.requests).decode()
        assert own.script.requests[0].headers["authorization"] == "Bearer the-key-of-the-test"
    log = next((tmp_path / "home").rglob("egress.jsonl")).read_text()
    # What is around them was sent, and the text is in the log.
    assert all(f"def {place}" in sent and f"def {place}" in log for place in PLACES)
    for each in itertools.chain.from_iterable(planted.values()):
        traces = [*each.traces, *(json.dumps(trace)[1:-1] for trace in each.traces)]
        assert not [trace for trace in traces if trace in sent or trace in log], each.kind
    assert "the-key-of-the-test" not in log + "".join(client.log) + json.dumps(client.received)
