"""The server: what one session holds, and the loop that handles its messages."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcInternalError
from pygls.server import JsonRPCServer

from foretype.engines.base import EngineStatus
from foretype.lsp import actions, completion, configuration, files, lifecycle, notebooks, popup, setup, sync
from foretype.lsp.actions import CodeActions
from foretype.lsp.completion import UnderWay
from foretype.lsp.configuration import Configuration
from foretype.lsp.inbox import Inbox
from foretype.lsp.messages import Phase
from foretype.lsp.notebooks import Notebooks
from foretype.lsp.parts import Actions, Completer, ServerOptions, ServerParts
from foretype.lsp.popup import Popup
from foretype.lsp.progress import LoadProgress
from foretype.lsp.protocol import EdgeProtocol
from foretype.lsp.scope import Folder
from foretype.lsp.status import DID_CHANGE_STATUS, StatusBoard
from foretype.lsp.structure import converter
from foretype.lsp.sync import Documents
from foretype.lsp.watch import follow, watch

F = TypeVar("F", bound=Callable[..., Any])

logger = logging.getLogger(__name__)


class ForetypeServer(JsonRPCServer):
    """One session with one client. Features are registered on it; it holds what they share."""

    protocol: EdgeProtocol

    def __init__(self, parts: ServerParts, options: ServerOptions) -> None:
        super().__init__(EdgeProtocol, converter)
        self.options = options
        self.client_capabilities = types.ClientCapabilities()
        self.folders: tuple[Folder, ...] = ()
        self.watches_files = False
        self.documents = Documents()
        self.notebooks = Notebooks(self.documents)
        self.configuration = Configuration(parts.resolve_settings)
        self.status = StatusBoard(functools.partial(self.protocol.notify, DID_CHANGE_STATUS))
        self.popup = Popup(self)
        self.under_way = UnderWay()
        self.code_actions = CodeActions(self)
        self.actions: Actions | None = None
        self.cancellable: dict[str, asyncio.Task[Any]] = {}
        self._parts = parts
        self._completer: Completer | None = None
        self._progress = LoadProgress(self)
        self._inbox = Inbox()
        self._closing: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        for feature in (lifecycle, configuration, files, sync, notebooks, completion, popup, actions, setup):
            feature.register(self)

    @property
    def completer(self) -> Completer:
        """What answers completion requests; there once the client has initialized the session."""
        assert self._completer is not None
        return self._completer

    @property
    def shows_progress(self) -> bool:
        """Whether the client shows work-done progress that the server begins."""
        window = self.client_capabilities.window
        return bool(window and window.work_done_progress)

    def feature(self, feature_name: str, options: Any | None = None) -> Callable[[F], F]:
        """Register a handler, as it is. (pygls would pass the server to each whose first parameter it deems to be
        one: any annotated with ``object``, for instance.)"""

        def register(handler: F) -> F:
            self.protocol.fm.features[feature_name] = handler
            if options is not None:
                self.protocol.fm.feature_options[feature_name] = options
            return handler

        return register

    def command(self, command_name: str) -> Callable[[F], F]:
        """Register what a command does; it is called with the command's arguments."""

        def register(handler: F) -> F:
            self.protocol.fm.commands[command_name] = handler
            return handler

        return register

    async def run(self, inbox: Inbox) -> int:
        """Handle the messages of ``inbox`` until the session ends; returns the process's exit code."""
        self._inbox = inbox
        try:
            while (incoming := await inbox.get()) is not None:
                self.protocol.receive(incoming)
                # A request's handler runs up to its first await, and so takes its snapshot, before the next message.
                await asyncio.sleep(0)
        finally:
            self.protocol.cancel_requests()
            for task in self._tasks:
                task.cancel()
            await self.aclose()
        return 0 if self.protocol.phase is Phase.SHUT_DOWN else 1

    def begin(self, options: object, client: int | None) -> None:
        """Take up the client's options; watch its process and the user's file."""
        self.configuration.start(options)
        self._completer = self._parts.make_completer(self.configuration.resolved.settings, self._engine_status)
        self.actions = self._parts.make_actions(self._completer) if self._parts.make_actions else None
        self._report_settings()
        if client is not None:
            self.spawn(watch(client, self.options.client_check, self.stop))
        take_up = functools.partial(self._change, self.configuration.reread)
        self.spawn(follow(self.configuration.resolved.file, self.options.file_check, take_up))

    def configure(self, values: object) -> None:
        """Take up what the editor's settings are now."""
        self._change(functools.partial(self.configuration.update, values))

    def stop(self) -> None:
        """End the session, whatever still waits."""
        self._inbox.end(at_once=True)

    async def aclose(self) -> None:
        """End the engines, which have a limited time for it; once, however often it is called."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._end_engines())
        await asyncio.shield(self._closing)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the messages, until the session ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned_done)
        return task

    async def ask(self, method: str, params: object) -> Any:
        """A request to the client; raises when it refuses or doesn't answer in time."""
        answer = self.protocol.send_request_async(method, params)
        try:
            return await asyncio.wait_for(answer, self.options.client_answer)
        except asyncio.TimeoutError:
            raise TimeoutError("it did not answer in time") from None

    def progress(self, token: int | str, value: object) -> None:
        """Tell the client how something it asked for goes on."""
        self.protocol.notify(types.PROGRESS, types.ProgressParams(token=token, value=value))

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Log it. pygls would pop up a window at the user for every exception in a notification's handler."""
        if isinstance(error, JsonRpcInternalError):
            traceback = error.data.get("traceback", ()) if isinstance(error.data, dict) else ()
            logger.error("%s\n%s", error, "".join(traceback))
        elif source is FeatureRequestError:
            # The client knows from the answer.
            logger.info("%s", error)
        else:
            logger.error("%s", error)

    async def _end_engines(self) -> None:
        if self._completer is not None:
            try:
                await asyncio.wait_for(self._completer.aclose(), self.options.closing)
            except Exception:
                logger.exception("The engines did not end as they should.")

    def _engine_status(self, status: EngineStatus) -> None:
        self.status.engine(status)
        self._progress.engine(status)

    def _change(self, take_up: Callable[[], None]) -> None:
        """Let the configuration take something up, and everybody who has settings know."""
        before = self.configuration.resolved.settings
        take_up()
        if (settings := self.configuration.resolved.settings) != before:
            self.completer.apply_settings(settings)
            self.popup.follow()
        self._report_settings()

    def _report_settings(self) -> None:
        settings = self.configuration.resolved.settings
        logging.getLogger("foretype").setLevel(settings.log_level.upper())
        self.status.settings(self.configuration.problem, settings.completion.enabled, settings.route)

    def _spawned_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("%s", error, exc_info=error)
