"""What the tests with real models share: a piece of code to complete, and an editor that types at its end."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

CODE = """import os


def count_lines(path):
    with open(path) as file:
        return len(file.readlines())


def count_words(path):
    with open(path) as file:
        return """


@pytest.fixture
def place(tmp_path: Path) -> str:
    """The end of the code, as ``foretype complete`` takes it."""
    file = tmp_path / "count.py"
    file.write_text(CODE)
    lines = CODE.split("\n")
    return f"{file}:{len(lines)}:{len(lines[-1]) + 1}"


@pytest.fixture
def environment(smollm2: Path, models_folder: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has pulled the embedded model and set nothing."""
    return os.environ | {"FORETYPE_MODELS": str(models_folder), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def type_in_editor() -> Callable[[list[str], dict[str, str], str], Awaitable[list[str]]]:
    """Starts a server in the folder of a place, types a few keys at its end, asks at each, gives what was suggested."""

    async def run(command: list[str], environment: dict[str, str], place: str) -> list[str]:
        file = Path(place.rsplit(":", 2)[0])
        client = LanguageClient("test", "1")
        client.feature("didChangeStatus")(lambda params: None)
        await client.start_io(*command, env=environment, cwd=file.parent)
        try:
            return await type_at_the_end(client, file)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()

    return run


async def type_at_the_end(client: LanguageClient, file: Path) -> list[str]:
    uri = file.as_uri()
    await client.initialize_async(
        types.InitializeParams(process_id=os.getpid(), capabilities=types.ClientCapabilities())
    )
    client.initialized(types.InitializedParams())
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, CODE)))
    lines = CODE.split("\n")
    at = types.Position(len(lines) - 1, len(lines[-1]))
    answers = []
    for version, key in enumerate("sum(", start=2):
        change = types.TextDocumentContentChangePartial(types.Range(at, at), key)
        document = types.VersionedTextDocumentIdentifier(version, uri)
        client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        at = types.Position(at.line, at.character + 1)
        context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked)
        answer = await client.text_document_inline_completion_async(
            types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), at)
        )
        items = answer.items if isinstance(answer, types.InlineCompletionList) else answer or []
        answers += [str(item.insert_text) for item in items]
    return answers
