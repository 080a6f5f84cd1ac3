"""The workspace's files: which folders there are, and what the client sees happen to files in them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from foretype.context.outline import WITHOUT_DEFINITIONS
from foretype.syntax.languages import Languages
from foretype.workspace.folders import Folder
from foretype.workspace.ignore import IGNORE_FILES

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

logger = logging.getLogger(__name__)


def tell_folders(server: ForetypeServer, watched: bool) -> None:
    """Tell the workspace its folders; ``watched`` if the client tells of changes in them."""
    folders = tuple(Folder(folder.path, folder.name) for folder in server.folders if folder.path is not None)
    server.completer.files.set_folders(folders, watched)


async def begin(server: ForetypeServer) -> None:
    """Tell the folders, and ask the client to tell of changes of source files if it can."""
    tell_folders(server, watched=False)
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching is None or not watching.dynamic_registration:
        return
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    watchers = [types.FileSystemWatcher(pattern) for pattern in _patterns()]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = types.Registration(id=method, method=method, register_options=options)
    try:
        await server.ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations=[registration]))
    except Exception as error:
        logger.info("The editor will not tell when files change: %s", error)
    else:
        server.watches_files = True
        tell_folders(server, watched=True)


def _patterns() -> tuple[str, ...]:
    languages = (spec for spec in Languages().specs if spec.id not in WITHOUT_DEFINITIONS)
    endings = sorted({extension[1:] for spec in languages for extension in spec.extensions})
    return f"**/*.{{{','.join(endings)}}}", *(f"**/{name}" for name in IGNORE_FILES)


def register(server: ForetypeServer) -> None:
    """Hear of changed files."""

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        server.completer.files.files_changed(change.uri for change in params.changes)
