"""The whole server with services on loopback: who answers, what the editor is told, what reaches the services."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from endpoints.script import Script
from endpoints.server import Service, serving

ROUTED_SERVER = Path(__file__).parent / "routed_server.py"
STREAM = "foretype/inlineCompletion"
STANDARD = "textDocument/inlineCompletion"
TEXT = "def sorted_by_length(ab):\n    ab.\n"
LOCAL = "sort()\n"
SETTINGS = """
[endpoints.fast]
kind = "openai-completions"
url = "{url}/v1"
model = "qwen2.5-coder"

[route]
engines = {engines}
policy = "{policy}"
"""

Start = Callable[..., Awaitable[Any]]


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with serving(Script(text="sort(key=len, reverse=True)\n")) as made:
        yield made


@pytest.fixture
async def serve(client_over: Any, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a server with a route over an endpoint at ``url`` and a local engine that says ``local``."""

    async def start(url: str, policy: str, local: str = LOCAL, engines: str = '["fast", "local"]') -> Any:
        settings = tmp_path / "foretype.toml"
        settings.write_text(SETTINGS.format(url=url, policy=policy, engines=engines))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROUTED_SERVER),
            str(settings),
            local,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "XDG_STATE_HOME": str(tmp_path / "state")},
        )
        client = client_over(process.stdout, process.stdin)
        client.process = process
        client.tasks.append(asyncio.create_task(client.read_log(process.stderr)))
        folder = {"uri": tmp_path.as_uri(), "name": "work"}
        await client.initialize(workspaceFolders=[folder])
        return client

    yield start


async def asked(client: Any, uri: str, line: int = 1, column: int = 7) -> list[str]:
    answer = await client.request(STANDARD, client.at(uri, line, column))
    return [item["insertText"] for item in answer["items"]]


async def ledger(client: Any) -> Any:
    return await client.request("workspace/executeCommand", {"command": "foretype.lastLedger", "arguments": []})


async def seen(true: Callable[[], object]) -> None:
    """Waits until something holds on the service's side."""
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def test_an_answer_of_an_endpoint_grows_in_the_editor(serve: Start, service: Service, tmp_path: Path) -> None:
    service.script.text = "sort(key=len, reverse=True) if ab else print(nothing, to, sort)\n"
    service.script.tokens_per_second = 2.0
    client = await serve(service.url, "first", engines='["fast"]')
    uri = (tmp_path / "a.py").as_uri()
    client.open(uri, TEXT)
    message, answer = client.new_request(STREAM, client.at(uri, 1, 7, streamToken="t"))
    client.send(message)
    await client.received_of("$/progress")
    service.script.tokens_per_second = 0.0
    final = await answer
    updates = [params["value"] for params in client.all("$/progress") if params["token"] == "t"]
    texts = [update["items"][0]["insertText"] for update in updates]
    assert len(texts) > 1
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
    assert final == updates[-1]
    assert texts[-1] + "\n" == service.script.text
    assert (await ledger(client))["engine"] == "fast (qwen2.5-coder)"


async def test_typing_otherwise_closes_the_stream_at_the_service(
    serve: Start, service: Service, tmp_path: Path
) -> None:
    service.script.tokens_per_second = 5.0
    client = await serve(service.url, "first", engines='["fast"]')
    uri = (tmp_path / "a.py").as_uri()
    client.open(uri, TEXT)
    message, _ = client.new_request(STREAM, client.at(uri, 1, 7, streamToken="t"))
    client.send(message)
    await seen(lambda: service.script.requests and service.script.requests[0].sent >= 1)
    at = {"line": 1, "character": 7}
    client.send(client.change(uri, 2, {"range": {"start": at, "end": at}, "text": "x"}))
    await asyncio.wait_for(service.script.requests[0].closed.wait(), 20)
    assert len(service.script.requests) == 1


@pytest.mark.parametrize("policy", ["first", "race"])
async def test_where_nobody_listens_the_next_answers_and_the_editor_is_told(
    serve: Start, unused_tcp_port: int, tmp_path: Path, policy: str
) -> None:
    client = await serve(f"http://127.0.0.1:{unused_tcp_port}", policy)
    uri = (tmp_path / "a.py").as_uri()
    client.open(uri, TEXT)
    assert await asked(client, uri) == ["sort()"]
    told = await client.until(lambda: [each for each in client.all("didChangeStatus") if each["kind"] == "Warning"])
    assert "Meanwhile local may answer." in told[0]["message"]
    assert (told[0]["engines"][0]["name"], told[0]["engines"][0]["state"]) == ("fast", "error")
    assert not [each for each in client.all("didChangeStatus") if each["kind"] == "Error"]


async def test_a_race_is_not_lost_to_a_service_that_stalls(serve: Start, service: Service, tmp_path: Path) -> None:
    service.script.fault("slow", seconds=60.0, lasts=True)
    client = await serve(service.url, "race")
    uri = (tmp_path / "a.py").as_uri()
    client.open(uri, TEXT)
    assert await asked(client, uri) == ["sort()"]
    assert (await ledger(client))["engine"].startswith("local")


async def test_a_service_that_asks_for_a_pause_is_left_alone_and_the_editor_told_until_when(
    serve: Start, service: Service, tmp_path: Path
) -> None:
    service.script.fault("status", status=429, headers={"retry-after": "600"}, lasts=True)
    client = await serve(service.url, "first")
    uri = (tmp_path / "a.py").as_uri()
    client.open(uri, TEXT)
    for version in range(2, 100):
        assert await asked(client, uri, 1, version + 5) == ["sort()"]
        told = await ledger(client)
        ((name, reason),) = told["ledger"]["skipped"]
        if "It is asked again at " in reason:
            break
        at = {"line": 1, "character": version + 5}
        client.send(client.change(uri, version, {"range": {"start": at, "end": at}, "text": "x"}))
    assert (name, len(service.script.requests)) == ("fast", 1)
    assert "fast skipped: " in told["explained"]


async def test_where_no_engine_can_answer_the_status_is_an_error_and_the_request_is_answered(
    serve: Start, service: Service, tmp_path: Path
) -> None:
    service.script.fault("status", status=401, lasts=True)
    client = await serve(service.url, "race", engines='["fast"]')
    uri = (tmp_path / "a.py").as_uri()
    client.open(uri, TEXT)
    assert await asked(client, uri) == []
    told = await client.until(lambda: [each for each in client.all("didChangeStatus") if each["kind"] == "Error"])
    assert "key" in told[0]["message"]


async def test_an_ignored_file_stays_here_and_the_editor_is_told(
    serve: Start, service: Service, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("secret.py\n")
    (tmp_path / ".foretypeignore").write_text("closed.py\n")
    client = await serve(service.url, "race")
    uri = (tmp_path / "secret.py").as_uri()
    client.open(uri, TEXT)
    assert await asked(client, uri) == ["sort()"]
    assert (await ledger(client))["ledger"]["skipped"] == [["fast", ".gitignore keeps secret.py on this machine"]]
    closed = (tmp_path / "closed.py").as_uri()
    client.open(closed, TEXT)
    assert await asked(client, closed) == []
    told = await client.until(lambda: [each for each in client.all("didChangeStatus") if each["kind"] == "Inactive"])
    assert told[-1]["message"] == "Nothing is suggested here: closed.py is listed in .foretypeignore."
    assert not service.script.requests and not service.connections


async def test_a_connection_is_open_before_the_first_request(serve: Start, service: Service, tmp_path: Path) -> None:
    client = await serve(service.url, "first", engines='["fast"]')
    await client.request("workspace/executeCommand", {"command": "foretype.explainLast"})
    assert not service.connections
    client.open((tmp_path / "a.py").as_uri(), TEXT)
    await seen(lambda: service.connections)
    assert not service.script.requests


async def test_a_workspace_may_keep_everything_here_at_once_and_may_name_no_other_service(
    serve: Start, service: Service, tmp_path: Path
) -> None:
    async with serving(Script()) as evil:
        client = await serve(service.url, "race")
        uri = (tmp_path / "a.py").as_uri()
        asked_for = {
            "privacy": {"offline": True},
            "endpoints": {"fast": {"kind": "ollama", "url": evil.url}, "evil": {"kind": "ollama", "url": evil.url}},
            "route": {"engines": ["evil", "fast"], "policy": "race"},
        }
        client.notify("workspace/didChangeConfiguration", {"settings": {"foretype": asked_for}})
        client.open(uri, TEXT)
        assert await asked(client, uri) == ["sort()"]
        assert (await ledger(client))["ledger"]["skipped"] == [["fast", "privacy.offline is set"]]
        assert not service.script.requests and not service.connections
        assert not evil.connections
        client.notify("workspace/didChangeConfiguration", {"settings": {"foretype": {}}})
        at = {"line": 1, "character": 7}
        client.send(client.change(uri, 2, {"range": {"start": at, "end": at}, "text": "x = "}))
        await asked(client, uri, 1, 11)
        await seen(lambda: service.connections)
        assert not evil.connections
