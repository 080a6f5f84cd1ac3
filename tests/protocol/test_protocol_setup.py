"""Setting Foretype up from a client: the models, fetching one with progress and cancel, the doctor."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

PULLING = "foretype.models.puller"


async def command(client, name: str, *arguments: object) -> Any:
    return await client.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})


def models_in(folder: Path) -> list[Path]:
    return list(folder.glob("*.gguf"))


def pulling(server: int) -> list[psutil.Process]:
    """The processes that pull for a server, once there are any."""
    process = psutil.Process(server)
    while not (found := [each for each in process.children() if PULLING in " ".join(each.cmdline())]):
        time.sleep(0.05)
    return found


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for models with none in it."""
    folder = tmp_path / "models"
    monkeypatch.setenv("FORETYPE_MODELS", str(folder))
    return folder


async def test_the_models_and_what_each_needs(empty_store: Path, connect) -> None:
    client = await connect(initialize=False)
    await client.initialize()
    answer = await command(client, "foretype.models")
    small, larger = answer["models"][:2]
    assert (small["name"], small["sizeMb"], small["here"], small["chosen"]) == ("smollm2-135m", 98, False, True)
    assert small["expectedSpeed"] > larger["expectedSpeed"] > 0
    assert answer["missing"]


async def test_no_model_is_missing_where_only_endpoints_answer(empty_store: Path, connect) -> None:
    client = await connect(initialize=False)
    endpoints = {"mine": {"kind": "ollama", "url": "http://127.0.0.1:9"}}
    await client.initialize(initializationOptions={"endpoints": endpoints, "route": {"engines": ["mine"]}})
    assert not (await command(client, "foretype.models"))["missing"]


async def test_a_licence_is_accepted_before_anything_is_fetched(empty_store: Path, connect) -> None:
    client = await connect(initialize=False)
    await client.initialize()
    with pytest.raises(Exception, match="licence to accept first"):
        await command(client, "foretype.pullModel", {"name": "qwen2.5-coder-3b"})
    assert not models_in(empty_store)


async def test_what_cannot_be_pulled_is_said_in_a_sentence(empty_store: Path, connect) -> None:
    client = await connect(initialize=False)
    await client.initialize()
    with pytest.raises(Exception, match="There is no model called 'smollm'; did you mean"):
        await command(client, "foretype.pullModel", {"name": "smollm"})


async def test_cancelling_ends_the_download(empty_store: Path, connect) -> None:
    client = await connect(initialize=False)
    await client.initialize()
    given = {"name": "smollm2-135m", "progressToken": "bar"}
    message, answer = client.new_request(
        "workspace/executeCommand", {"command": "foretype.pullModel", "arguments": [given]}
    )
    client.send(message)
    await client.received_of("$/progress")
    pullers = await asyncio.to_thread(pulling, client.process.pid)
    client.notify("$/cancelRequest", {"id": message["id"]})
    with pytest.raises(Exception, match="32800"):
        await answer
    _, alive = await asyncio.to_thread(psutil.wait_procs, pullers, 30)
    assert not alive
    assert client.all("$/progress")[-1]["value"]["kind"] == "end"
    assert not models_in(empty_store)
