"""The whole server with a real model over a real session: what typing costs, and what a killed worker costs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import psutil
from lsprotocol import types
from pygls.lsp.client import LanguageClient

URI = "file:///big.py"
WORKER = "foretype.engines.llama_cpp.worker"
TYPED = """    total = 0
    for index in range(len(values)):
        if values[index] > limit:
            total = total + values[index]
        else:
            total = total - values[index]
    average = total / len(values)
    result = [value - average for value in values]
    return sorted(result, reverse=True)
"""


async def session(client: LanguageClient, environment: dict[str, str], statuses: list[dict[str, Any]]) -> None:
    """Starts ``foretype serve`` and initializes it."""
    client.feature("didChangeStatus")(lambda params: statuses.append({"kind": params.kind, "message": params.message}))
    await client.start_io(sys.executable, "-m", "foretype", "serve", env=environment)
    capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(inline_completion=types.InlineCompletionClientCapabilities())
    )
    await client.initialize_async(types.InitializeParams(capabilities=capabilities))
    client.initialized(types.InitializedParams())


def opened(client: LanguageClient, text: str) -> None:
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "python", 1, text)))


def changed(client: LanguageClient, version: int, at: types.Position, text: str) -> None:
    change = types.TextDocumentContentChangePartial(types.Range(at, at), text)
    document = types.VersionedTextDocumentIdentifier(version, URI)
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))


async def asked(client: LanguageClient, at: types.Position) -> list[types.InlineCompletionItem]:
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
    params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(URI), at)
    answer = await asyncio.wait_for(client.text_document_inline_completion_async(params), 60)
    return list(answer.items if isinstance(answer, types.InlineCompletionList) else answer or [])


async def ended(client: LanguageClient) -> None:
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


async def test_typing_into_a_large_file_evaluates_under_two_tokens_a_key(environment: dict[str, str]) -> None:
    lines = "".join(f"name_{n} = compute({n}, other={n})\n" for n in range(1000))
    client = LanguageClient("test", "1")
    await session(client, environment, [])
    try:
        opened(client, f"{lines}def spread(values, limit):\n\n\n{lines}")
        line, column, evaluated = 1001, 0, []
        for version, char in enumerate(TYPED, 2):
            changed(client, version, types.Position(line, column), char)
            line, column = (line + 1, 0) if char == "\n" else (line, column + 1)
            await asked(client, types.Position(line, column))
            params = types.ExecuteCommandParams("foretype.lastLedger", [URI])
            told: Any = await client.workspace_execute_command_async(params)
            ledger = told["ledger"] if isinstance(told, dict) else told.ledger
            evaluated.append(ledger["prefill_tokens"] if isinstance(ledger, dict) else ledger.prefill_tokens)
        # The first keys read the place; from then on the anchor holds.
        assert len(evaluated) > 300
        assert sum(evaluated[10:]) / len(evaluated[10:]) < 2
    finally:
        await ended(client)


async def test_a_killed_worker_costs_one_empty_answer_and_one_message(
    environment: dict[str, str], tmp_path: Path
) -> None:
    statuses: list[dict[str, Any]] = []
    client = LanguageClient("test", "1")
    await session(client, environment, statuses)
    try:
        opened(client, "import os\n\n\ndef read(path):\n    with open(path) as file:\n        return file.re\n")
        assert await asked(client, types.Position(5, 22))
        changed(client, 2, types.Position(0, 0), "# " + "a long beginning that has to be read first " * 40 + "\n")
        request = asyncio.ensure_future(asked(client, types.Position(6, 22)))
        await asyncio.sleep(0.05)
        for process in psutil.Process().children(recursive=True):
            if WORKER in process.cmdline():
                process.kill()
        assert await request == []
        assert await asked(client, types.Position(6, 22))
        errors = [status for status in statuses if status["kind"] == "Error"]
        assert len(errors) == 1
        assert "restarted" in errors[0]["message"]
    finally:
        await ended(client)
