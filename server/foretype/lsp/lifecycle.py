"""The session's life: initialize, shutdown, exit."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import JsonRpcInvalidParams

import foretype
from foretype.lsp import notebooks
from foretype.lsp.convert import negotiated
from foretype.lsp.messages import Phase
from foretype.lsp.scope import folders_of
from foretype.lsp.warmup import warm_up

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer


def _capabilities(server: ForetypeServer, client: types.ClientCapabilities) -> types.ServerCapabilities:
    features = server.protocol.fm
    builder = ServerCapabilitiesBuilder(
        client,
        set(features.features),
        features.feature_options,
        list(features.commands),
        types.TextDocumentSyncKind.Incremental,
        notebooks.SYNC,
        position_encoding=types.PositionEncodingKind(server.documents.encoding.value),
    )
    capabilities: types.ServerCapabilities = builder.build()  # type: ignore[no-untyped-call]
    capabilities.completion_provider = server.popup.begin()
    capabilities.experimental = {"foretype": {"inlineCompletion": {"streaming": True}}}
    return capabilities


def register(server: ForetypeServer) -> None:
    """Begin and end as the protocol says."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> types.InitializeResult:
        server.client_capabilities = params.capabilities
        server.documents.encoding = negotiated(params.capabilities)
        server.folders = folders_of(params)
        server.begin(params.initialization_options, params.process_id)
        server.protocol.phase = Phase.RUNNING
        server.spawn(warm_up(server.protocol))
        return types.InitializeResult(
            capabilities=_capabilities(server, params.capabilities),
            server_info=types.ServerInfo("foretype", foretype.__version__),
        )

    @server.feature(types.SHUTDOWN)
    async def shutdown(params: object) -> None:
        server.protocol.phase = Phase.SHUT_DOWN
        server.status.close()
        server.protocol.cancel_requests(but=server.protocol.msg_id)
        await server.aclose()

    @server.feature(types.EXIT)
    def exit_(params: object) -> None:
        server.stop()

    @server.feature(types.WORKSPACE_EXECUTE_COMMAND)
    async def execute_command(params: types.ExecuteCommandParams) -> Any:
        # pygls' own goes on with a command that the client has cancelled.
        command = server.protocol.fm.commands.get(params.command)
        if command is None:
            raise JsonRpcInvalidParams(f"There is no command {params.command}.")
        result = command(*(params.arguments or ()))
        return await result if inspect.isawaitable(result) else result
