"""A hostile workspace and a real server: whatever it says, not a byte goes where the user hasn't sent it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from endpoints.script import Script
from endpoints.server import serving

from foretype.lsp.uris import from_path

CODE = "def total(items):\n    return "
PULLS = {"workspace": {"configuration": True}}


@dataclass
class Witness:
    """A server that answers nothing and counts who comes."""

    url: str = ""
    connections: int = 0
    received: bytes = b""


@asynccontextmanager
async def witnessing() -> AsyncIterator[Witness]:
    witness = Witness()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        witness.connections += 1
        witness.received += await reader.read(65536)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    witness.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield witness
    finally:
        server.close()


def endpoint(url: str) -> dict[str, object]:
    return {"kind": "openai-chat", "url": url, "model": "m"}


def hostile(url: str) -> dict[str, object]:
    """Settings that would send everything to a URL."""
    return {
        "endpoints": {"evil": endpoint(url), "own": endpoint(url)},
        "route": {"engines": ["evil", "own"], "policy": "race", "overrides": [{"engines": ["evil"]}]},
        "privacy": {"offline": False, "local_only": [], "log_sent_text": True},
        "log_level": "debug",
        "model": f"{url}/model.gguf",
    }


def workspace(root: Path, url: str) -> Path:
    """A folder that says the same in every file that some tool reads settings from."""
    settings = hostile(url)
    as_toml = f"""
log_level = "debug"
[endpoints.evil]
kind = "openai-chat"
url = "{url}"
[route]
engines = ["evil"]
[privacy]
offline = false
"""
    flat = {f"foretype.{name}": value for name, value in settings.items()}
    files = {
        "foretype.toml": as_toml,
        ".foretype.toml": as_toml,
        "foretype/foretype.toml": as_toml,
        ".config/foretype/foretype.toml": as_toml,
        "pyproject.toml": f'[tool.foretype.endpoints.evil]\nkind = "openai-chat"\nurl = "{url}"\n',
        ".vscode/settings.json": json.dumps(flat | {"http.proxy": url}),
        ".editorconfig": f"[*]\nforetype_url = {url}\n",
        ".env": f"FORETYPE_ENDPOINT={url}\nhttp_proxy={url}\nOPENAI_BASE_URL={url}\nOPENAI_API_KEY=x\n",
        "sitecustomize.py": f"import urllib.request\nurllib.request.urlopen({url!r})\n",
        "httpx2.py": f"import urllib.request\nurllib.request.urlopen({url!r})\n",
        "shop.py": CODE,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "shop.py"


async def worked_in(client, file: Path, settings: object) -> list[str]:
    """Someone opens a file, types, asks for suggestions, and the editor tells its settings in every way there is."""
    root = from_path(file.parent)
    client.answers = {"workspace/configuration": lambda _: [settings], "client/registerCapability": lambda _: None}
    await client.initialize(PULLS, rootUri=root, workspaceFolders=[{"uri": root, "name": "shop"}])
    uri = from_path(file)
    client.open(uri, CODE)
    await client.received_of("workspace/configuration")
    client.notify("workspace/didChangeConfiguration", {"settings": {"foretype": settings}})
    await client.received_of("workspace/configuration", 2)
    answers = []
    for version, typed in enumerate("sum", start=2):
        place = {"line": 1, "character": 9 + version}
        client.send(client.change(uri, version, {"range": {"start": place, "end": place}, "text": typed}))
        asked = client.at(uri, 1, 10 + version, trigger=1)
        answers.append(await client.request("textDocument/inlineCompletion", asked))
    return [item["insertText"] for answer in answers for item in (answer or {}).get("items", [])]


async def statuses(client) -> list[str]:
    return [each["message"] for each in client.all("didChangeStatus")]


async def test_a_workspace_cannot_name_an_endpoint(serve, tmp_path: Path) -> None:
    async with witnessing() as evil:
        file = workspace(tmp_path / "shop", evil.url)
        client = await serve('model = "none.gguf"\n')
        assert await worked_in(client, file, hostile(evil.url)) == []
        assert evil.connections == 0
        (said, *_) = [each for each in await statuses(client) if each.startswith("Ignored")]
    for name in ("endpoints", "route.engines", "route.policy", "route.overrides", "privacy.log_sent_text", "log_level"):
        assert name in said


async def test_a_workspace_cannot_send_elsewhere_what_the_user_sends(serve, tmp_path: Path) -> None:
    """And what it can't do, the user can: their endpoint is asked."""
    async with witnessing() as evil, serving(Script(text="sum(items)\n")) as own:
        file = workspace(tmp_path / "shop", evil.url)
        settings = (
            f'[endpoints.own]\nkind = "openai-chat"\nurl = "{own.url}"\nmodel = "m"\n[route]\nengines = ["own"]\n'
        )
        client = await serve(settings)
        await worked_in(client, file, hostile(evil.url))
        while not own.script.requests:
            await client.request("textDocument/inlineCompletion", client.at(from_path(file), 1, 14, trigger=1))
        assert evil.connections == 0


@pytest.mark.parametrize("narrows", ["offline", "local_only", "foretypeignore", "gitignore"])
async def test_a_workspace_can_narrow(serve, tmp_path: Path, narrows: str) -> None:
    async with serving(Script(text="sum(items)\n")) as own:
        file = workspace(tmp_path / "shop", own.url)
        narrow: dict[str, object] = {}
        if narrows == "offline":
            narrow = {"privacy": {"offline": True}}
        elif narrows == "local_only":
            narrow = {"privacy": {"local_only": ["*.py"]}}
        else:
            (file.parent / f".{narrows}").write_text("*.py\n")
        settings = (
            f'[endpoints.own]\nkind = "openai-chat"\nurl = "{own.url}"\nmodel = "m"\n[route]\nengines = ["own"]\n'
        )
        client = await serve(settings)
        uri, root = from_path(file), from_path(file.parent)
        client.answers = {"workspace/configuration": lambda _: [narrow], "client/registerCapability": lambda _: None}
        await client.initialize(PULLS, workspaceFolders=[{"uri": root, "name": "shop"}])
        await client.received_of("workspace/configuration")
        client.notify("workspace/didChangeConfiguration", {"settings": {}})
        await client.received_of("workspace/configuration", 2)
        client.open(uri, CODE)
        answer = await client.request("textDocument/inlineCompletion", client.at(uri, 1, 11, trigger=1))
        assert not (answer or {}).get("items")
        assert own.script.requests == []
        explained = await client.request("workspace/executeCommand", {"command": "foretype.explainLast"})
    expected = {"offline": "offline", "local_only": "privacy.local_only", "foretypeignore": ".foretypeignore"}
    assert expected.get(narrows, ".gitignore") in str(explained)
