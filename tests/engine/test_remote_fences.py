"""Chat models put code into fences, whatever they are told: what becomes of such answers, and what they cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from endpoints.kinds import running
from endpoints.script import Script
from endpoints.server import serving
from test_remote import HOLE, generated

from foretype.app import create_completer
from foretype.complete.results import CompletionRequest
from foretype.config.load import load
from foretype.engines.base import ExploreRequest, GenerateRequest
from foretype.engines.remote.conversation import HERE
from foretype.prompt.hole import Hole
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

CODE = "return total / len(values)"
FENCED = [f"```python\n{CODE}\n```", f"Here is the missing line:\n\n```\n{CODE}\n```\nIt divides.", f"```\n{CODE}"]
CHATTING = ["chat", "responses", "responses-websocket"]


@pytest.mark.parametrize("text", FENCED)
@pytest.mark.parametrize("name", CHATTING)
async def test_code_is_taken_out_of_its_fence(name: str, text: str) -> None:
    async with running(name, Script(text=text)) as remote:
        given, _ = await generated(remote.engine, GenerateRequest(HOLE, 64))
        assert given == CODE
        found = await remote.engine.explore(ExploreRequest(HOLE, 3, 24))
        assert [each.text for each in found.alternatives] == [CODE]


async def test_a_fence_stays_where_the_file_has_fences() -> None:
    async with running("chat", Script(text=FENCED[0])) as remote:
        for hole in (Hole("# Notes\n", "", "", language="markdown"), Hole('"""\n```\nx\n```\n', '"""\n', "")):
            assert (await generated(remote.engine, GenerateRequest(hole, 64)))[0] == FENCED[0]


@pytest.mark.parametrize("name", CHATTING)
async def test_the_mark_for_the_cursor_is_no_part_of_an_answer(name: str) -> None:
    async with running(name, Script(text=f"{CODE}{HERE}\n\nprint(mean([1, 2]))")) as remote:
        assert (await generated(remote.engine, GenerateRequest(HOLE, 64)))[0] == CODE
        about_marks = replace(HOLE, suffix=f"\n\nHERE = '{HERE}'\n")
        assert HERE in (await generated(remote.engine, GenerateRequest(about_marks, 64)))[0]


@pytest.mark.parametrize("explicit", [False, True])
@pytest.mark.parametrize(
    "text", [*FENCED, f"Certainly! This goes there:\n{CODE}\n", f"\n  \n{CODE}\n", "\n\n", "```\n\n", "Sure:\n"]
)
async def test_one_request_is_asked_once_whatever_the_answer_begins_with(
    tmp_path: Path, text: str, explicit: bool
) -> None:
    lines = ("def mean(values):\n", "    total = sum(values)\n", "    return \n", "\n", "print(mean([1, 2]))\n")
    lines = lines if "\n  \n" not in text else ("values = [\n", "    mean(\n", "    \n", ")]\n")
    config = tmp_path / "foretype.toml"
    async with serving(Script(text=text)) as service:
        config.write_text(
            f'route.engines = ["team"]\n[endpoints.team]\nkind = "openai-chat"\nurl = "{service.url}/v1"\nmodel = "m"\n'
        )
        completer = create_completer(load(config).settings, lambda _: None)
        try:
            snapshot = Snapshot("file:///mean.py", 1, "python", lines)
            cursor = Point(2, len(lines[2]) - 1)
            await completer.complete(CompletionRequest(snapshot, cursor, explicit=explicit), lambda _: None)
        finally:
            await completer.aclose()
        asked = [request for request in service.script.requests if request.method == "POST"]
        assert len(asked) == 1
