"""A whole session with a client of pytest-lsp, which checks what it gets against what real editors can take."""

import asyncio
import sys
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

import foretype

URI = "file:///work/a.py"
SCRIPTED_SERVER = Path(__file__).parent / "scripted_server.py"


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[sys.executable, str(SCRIPTED_SERVER)]))
async def editor(lsp_client: LanguageClient):
    yield
    await lsp_client.shutdown_session()


async def begin(editor, capabilities):
    editor.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
    editor.set_configuration({"foretype": {"completion": {"max_lines": 4}}})
    return await editor.initialize_session(
        types.InitializeParams(
            capabilities=capabilities,
            workspace_folders=[types.WorkspaceFolder("file:///work", "work")],
        )
    )


@pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")
@pytest.mark.parametrize(
    ("name", "encoding"), [("neovim", "utf-8"), ("visual-studio-code", "utf-16"), ("emacs", "utf-32")]
)
async def test_a_session(editor, name, encoding):
    answer = await begin(editor, client_capabilities(name))
    assert answer.server_info == types.ServerInfo("foretype", foretype.__version__)
    capabilities = answer.capabilities
    assert capabilities.position_encoding == encoding
    assert isinstance(capabilities.inline_completion_provider, types.InlineCompletionOptions)
    assert capabilities.text_document_sync.change is types.TextDocumentSyncKind.Incremental
    assert capabilities.text_document_sync.open_close
    assert {"foretype.didAccept", "foretype.explainLast"} <= set(capabilities.execute_command_provider.commands)
    assert capabilities.workspace.workspace_folders.change_notifications

    editor.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "python", 1, "def f():\n    \n"))
    )
    asking = editor.protocol.send_request_async(
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        types.InlineCompletionParams(
            context=types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic),
            text_document=types.TextDocumentIdentifier(URI),
            position=types.Position(1, 4),
        ),
    )
    asked = asyncio.ensure_future(asking)
    await editor.protocol.send_request_async("test/asked", {"atLeast": 1})
    await editor.protocol.send_request_async("test/answer", {"number": 0, "text": "return 1"})
    (item,) = (await asked).items
    assert item.insert_text == "return 1"
    assert item.range == types.Range(types.Position(1, 4), types.Position(1, 4))

    accepted = types.ExecuteCommandParams(item.command.command, list(item.command.arguments))
    assert await editor.workspace_execute_command_async(accepted) is None
    assert editor.messages == []
    assert editor.log_messages == []
