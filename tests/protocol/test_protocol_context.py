"""Other files in prompts, from folders on disk to what the engine is given; and what a real model makes of them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RECORDING_SERVER = Path(__file__).parent / "recording_server.py"
DEMO = Path(__file__).parents[2] / "examples" / "context-demo"
WATCHING = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}

MAIN = "from shop.money import add\n\n\ndef total(items):\n    return \n"
MONEY = 'def add(left, right, *, rounding=None):\n    """Adds two amounts."""\n    return left + right\n'
SHOWN = "<REPOSITORY>{name}\n<FILE>shop/money.py\n" + MONEY + "<FILE>main.py\n<PREFIX>"

Start = Callable[..., Awaitable[Any]]


@pytest.fixture
async def serve(client_over: Any) -> AsyncIterator[Start]:
    """Starts a server on workspace folders: the recording one, or another command."""

    async def start(
        *folders: Path, command: tuple[str, ...] = (), capabilities: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        process = await asyncio.create_subprocess_exec(
            *(command or (sys.executable, str(RECORDING_SERVER))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        client = client_over(process.stdout, process.stdin)
        client.process = process
        client.tasks.append(asyncio.create_task(client.read_log(process.stderr)))
        client.answers["client/registerCapability"] = lambda params: None
        workspace = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
        await client.initialize(capabilities, workspaceFolders=workspace, initializationOptions=options or None)
        return client

    yield start


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def prompts(client: Any, kind: str) -> list[str]:
    return [json.loads(line.removeprefix(f"{kind} ")) for line in client.log if line.startswith(f"{kind} ")]


class Typist:
    """Types in one document and asks after each key."""

    def __init__(self, client: Any, path: Path, text: str, line: int, language: str = "python") -> None:
        self.client, self.uri, self.line, self.version = client, path.as_uri(), line, 1
        self.column = len(text.split("\n")[line])
        client.open(self.uri, text, language)

    async def type(self, text: str) -> str:
        """The prompt of the request after the text was typed at the end of the line."""
        self.version += 1
        at = {"line": self.line, "character": self.column}
        change = self.client.change(self.uri, self.version, {"range": {"start": at, "end": at}, "text": text})
        self.client.send(change)
        self.column += len(text)
        count = len(prompts(self.client, "ASKED"))
        await self.ask()
        await self.client.until(lambda: len(prompts(self.client, "ASKED")) > count)
        return prompts(self.client, "ASKED")[-1]

    async def ask(self, trigger: int = 1) -> list[str]:
        """What is suggested."""
        answer = await self.client.request(
            "textDocument/inlineCompletion", self.client.at(self.uri, self.line, self.column, trigger)
        )
        return [item["insertText"] for item in answer["items"]]

    async def until_read(self, part: str) -> None:
        """Waits until a prompt with this in it is resident."""
        await self.client.until(lambda: any(part in prompt for prompt in prompts(self.client, "READ")))


async def test_a_definition_is_shown_with_its_real_path(serve: Start, tmp_path: Path) -> None:
    root = written(tmp_path / "till", {"main.py": MAIN, "shop/money.py": MONEY})
    client = await serve(root)
    typist = Typist(client, root / "main.py", MAIN, 4)
    await typist.until_read(SHOWN.format(name="till"))
    assert SHOWN.format(name="till") in await typist.type("a")


async def test_what_is_open_counts_in_place_of_its_file(serve: Start, tmp_path: Path) -> None:
    root = written(tmp_path, {"main.py": MAIN, "shop/money.py": MONEY})
    client = await serve(root)
    client.open((root / "shop" / "money.py").as_uri(), "def add(left, right, unsaved): ...\n")
    typist = Typist(client, root / "main.py", MAIN, 4)
    await typist.until_read("<FILE>shop/money.py\ndef add(left, right, unsaved): ...\n")


async def test_files_that_change_on_disk(serve: Start, tmp_path: Path) -> None:
    root = written(tmp_path, {"main.py": MAIN, "shop/money.py": MONEY})
    client = await serve(root, capabilities=WATCHING)
    (registered,) = [
        registration
        for params in await client.received_of("client/registerCapability")
        for registration in params["registrations"]
        if registration["method"] == "workspace/didChangeWatchedFiles"
    ]
    patterns = [watcher["globPattern"] for watcher in registered["registerOptions"]["watchers"]]
    assert any(",py," in pattern for pattern in patterns) and "**/.foretypeignore" in patterns
    typist = Typist(client, root / "main.py", MAIN, 4)
    await typist.until_read("rounding=None")

    written(root, {"shop/money.py": "def add(left, right, on_disk): ...\n"})
    change = {"uri": (root / "shop" / "money.py").as_uri(), "type": 2}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
    await typist.type("a")
    await typist.until_read("<FILE>shop/money.py\ndef add(left, right, on_disk): ...\n")
    prompt = await typist.type("d")
    assert "on_disk" in prompt and "rounding" not in prompt


async def test_folders_that_come_later(serve: Start, tmp_path: Path) -> None:
    root = written(tmp_path / "till", {"main.py": MAIN, "shop/money.py": MONEY})
    client = await serve()
    typist = Typist(client, root / "main.py", MAIN, 4)
    await client.until(lambda: prompts(client, "READ"))
    assert "<FILE>" not in "".join(prompts(client, "READ"))
    added = [{"uri": root.as_uri(), "name": "The till"}]
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": []}})
    await typist.until_read(SHOWN.format(name="The till"))


async def test_ignored_and_secret_files_are_in_no_prompt(serve: Start, tmp_path: Path) -> None:
    main = (
        "from shop.money import add\nfrom hidden import hide\nfrom secrets import token\n\n\nadd(hide, token)\nx = \n"
    )
    files = {
        "main.py": main,
        "shop/money.py": MONEY,
        "hidden.py": "def hide(planted): ...\n",
        "secrets.py": "def token(planted): ...\n",
        ".env": "add=planted\n",
        ".foretypeignore": "hidden.py\n",
    }
    root = written(tmp_path, files)
    client = await serve(root)
    for name in ("hidden.py", "secrets.py", ".env"):
        client.open((root / name).as_uri(), files[name] + "add = hide = token = 'planted'\n")
    typist = Typist(client, root / "main.py", main, 6)
    await typist.until_read("<FILE>shop/money.py")
    await typist.type("a")
    # The prompts for the three themselves have their text; those for another document must not.
    others = [each for kind in ("READ", "ASKED") for each in prompts(client, kind) if "<FILE>main.py\n<PREFIX>" in each]
    assert others and not any("planted" in each for each in others)


HOLES = tomllib.loads((DEMO / "holes.toml").read_text(encoding="utf-8"))["hole"]


def punched(hole: dict[str, str]) -> tuple[str, int]:
    """A file's text without the end of the line, and the number of that line."""
    text = (DEMO / hole["file"]).read_text(encoding="utf-8")
    before, _, rest = text.partition(hole["after"])
    assert rest.startswith(hole["expected"])
    return before + hole["after"] + rest[rest.index("\n") :], before.count("\n")


@pytest.mark.parametrize("context", [True, False])
async def test_a_real_model_gets_names_right_with_context_and_wrong_without(
    serve: Start, qwen_coder: Path, tmp_path: Path, context: bool
) -> None:
    (tmp_path / "foretype.toml").touch()
    command = ("-m", "foretype", "serve", "--model", str(qwen_coder), "--config", str(tmp_path / "foretype.toml"))
    client = await serve(DEMO, command=(sys.executable, *command), completion={"context": context}, log_level="debug")
    found = {}
    for hole in HOLES:
        text, line = punched(hole)
        seen = len(client.log)
        path = DEMO / hole["file"]
        typist = Typist(client, path, text, line, "python" if path.suffix == ".py" else "typescript")
        suggested = await typist.ask()
        if context:
            await client.until(lambda line=line, seen=seen: resident(client, line, seen))
            suggested = await typist.ask()
        found[hole["after"]] = suggested[:1]
        client.notify("textDocument/didClose", {"textDocument": {"uri": typist.uri}})
    right = [hole["after"] for hole in HOLES if found[hole["after"]] and is_right(hole, found[hole["after"]][0])]
    assert right == ([hole["after"] for hole in HOLES] if context else []), found


def resident(client: Any, line: int, seen: int) -> bool:
    """Whether the log, after what was seen of it, says that a prompt with other files is ready for a line."""
    return any(f"Ready for line {line + 1} with ['" in logged for logged in client.log[seen:])


def is_right(hole: dict[str, str], suggestion: str) -> bool:
    return suggestion.startswith(hole["expected"])


async def test_the_server_is_told_of_folders_and_files(connect: Start) -> None:
    client = await connect(initialize=False)
    client.answers["client/registerCapability"] = lambda params: None
    folder = {"uri": "file:///work/till", "name": "Till"}
    await client.initialize(WATCHING, workspaceFolders=[folder, {"uri": "vscode-vfs://elsewhere/x", "name": "No"}])
    while len(await client.request("test/workspace")) < 2:
        await client.received_of("client/registerCapability")
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file:///work/till/a.py", "type": 3}]})
    added = {"uri": "file:///work/more", "name": "More"}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [added], "removed": [folder]}})
    told = await client.request("test/workspace")
    assert told == [
        ["folders", [[str(Path("/work/till")), "Till"]], False],
        ["folders", [[str(Path("/work/till")), "Till"]], True],
        ["files", ["file:///work/till/a.py"]],
        ["folders", [[str(Path("/work/more")), "More"]], True],
    ]
