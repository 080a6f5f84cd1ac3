"""Settings and trust as the editor tells them: the last that were good stay in force."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lsprotocol import types

from foretype.config.load import (
    Resolved,
    defaults,
    reread,
    with_initialization_options,
    with_trust,
    with_workspace,
)
from foretype.errors import ForetypeError
from foretype.lsp import files
from foretype.lsp.scope import after

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

SECTION = "foretype"
DID_CHANGE_TRUST = "foretype/didChangeTrust"

logger = logging.getLogger(__name__)


class Configuration:
    """The settings in force, and what is wrong with those that were asked for.

    What is wrong with the user's file or the editor's settings ends with the next that are good. The options that a
    session starts with are tried again with each new file, since they may name what it defines.
    """

    def __init__(self, resolve: Callable[[object], Resolved]) -> None:
        self._resolve = resolve
        self._options: object = None
        self._trusted: bool | None = None
        self._wrong_options = ""
        self._wrong_file = ""
        self._wrong_since = ""
        self.resolved = defaults()

    @property
    def problem(self) -> str:
        """One sentence; empty when nothing is wrong."""
        return self._wrong_since or self._wrong_file or self._wrong_options or self.resolved.refusal

    def start(self, options: object) -> None:
        """Take up ``initializationOptions``. When that fails, go on without them, and without the user's file if need
        be."""
        self._options = options
        for given in (options, None):
            try:
                self.resolved = self._resolve(given)
                self._wrong_file = self.resolved.warning
                break
            except ForetypeError as error:
                self._wrong_options = self._wrong_options or str(error)
        if self.problem:
            logger.warning("%s", self.problem)

    def update(self, values: object) -> None:
        """Take up what the editor's settings are now; those in force stay when these can't be."""
        try:
            self.resolved, self._wrong_since = with_workspace(self.resolved, values), ""
        except ForetypeError as error:
            self._wrong_since = str(error)
        if message := self._wrong_since or self.resolved.warning:
            logger.warning("%s", message)

    def reread(self) -> None:
        """Take up what the user's file says now; what is in force stays when that can't be."""
        try:
            self.resolved, self._wrong_file = reread(self.resolved), ""
        except ForetypeError as error:
            self._wrong_file = str(error)
            logger.warning("%s", error)
            return
        logger.info("%s was read again.", self.resolved.file)
        if self._wrong_options:
            self._try_options()

    def trust(self, trusted: bool) -> None:
        """The user trusts the workspace, or no longer does."""
        self._trusted = trusted
        self.resolved = with_trust(self.resolved, trusted)

    def _try_options(self) -> None:
        """Take up the options of the session's start after all, if they can be now."""
        try:
            taken = with_initialization_options(self.resolved, self._options)
        except ForetypeError as error:
            self._wrong_options = str(error)
        else:
            self.resolved = taken if self._trusted is None else with_trust(taken, self._trusted)
            self._wrong_options = ""


async def _pull(server: ForetypeServer) -> None:
    item = types.ConfigurationItem(section=SECTION)
    try:
        answer = await server.ask(types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items=[item]))
    except Exception as error:
        logger.warning("The editor did not tell its settings, those in force stay: %s", error)
    else:
        server.configure(answer[0] if answer else None)


async def _subscribe(server: ForetypeServer) -> None:
    method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
    options = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
    registration = types.Registration(id=method, method=method, register_options=options)
    try:
        await server.ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations=[registration]))
    except Exception as error:
        logger.warning("The editor will not tell when its settings change: %s", error)


def _section(settings: object) -> object:
    """Our part of what a client pushes, which may be all of its settings or only ours."""
    if isinstance(settings, Mapping) and SECTION in settings:
        return settings[SECTION]
    return settings


def register(server: ForetypeServer) -> None:
    """Ask for settings when the client is ready, and follow their changes, trust and the workspace folders."""
    pulling = asyncio.Lock()

    async def pull() -> None:
        async with pulling:
            await _pull(server)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        server.status.open()
        server.spawn(files.begin(server))
        workspace = server.client_capabilities.workspace
        if workspace and workspace.configuration:
            server.spawn(pull())
        if workspace and (changes := workspace.did_change_configuration) and changes.dynamic_registration:
            server.spawn(_subscribe(server))

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        workspace = server.client_capabilities.workspace
        if workspace and workspace.configuration:
            server.spawn(pull())
        else:
            server.configure(_section(params.settings))

    @server.feature(DID_CHANGE_TRUST)
    def did_change_trust(params: object) -> None:
        trusted = params.get("trusted") if isinstance(params, Mapping) else None
        if isinstance(trusted, bool):
            server.configuration.trust(trusted)
        else:
            logger.warning("%s has to say whether trusted is true or false.", DID_CHANGE_TRUST)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_workspace_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.folders = after(server.folders, params.event)
        files.tell_folders(server, watched=server.watches_files)
