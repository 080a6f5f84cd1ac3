"""The workspace as the server sees it: tells the helper process what is open, and asks it what is related."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

from foretype.child.process import ChildProcess
from foretype.context.related import Piece, Tier
from foretype.text.documents import Snapshot
from foretype.workspace import messages
from foretype.workspace.files import LARGEST_FILE
from foretype.workspace.folders import Folder, path_key

MOST_CRASHES = 3
PATIENCE_SECONDS = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Related:
    """What is related to a cursor: pieces in the order in which they are wanted, and the paths to show for theirs.

    ``path`` is the document's own, as pieces have it; ``repository`` its folder's name, or empty. ``gone`` are paths
    of what is shown already and shouldn't be any more.
    """

    path: str
    repository: str
    shown: dict[str, str]
    pieces: tuple[Piece, ...]
    gone: tuple[str, ...] = ()


class Workspace:
    """Keeps nothing but the open documents; the helper process is started when it is first needed.

    Nothing here takes longer than writing a frame. When the helper crashes it is started anew, a few times.
    ``to_path`` says which file a URI names; without it nothing is ever read, nor anything related. ``on_indexed`` is
    called when all files were looked at and something was found, and ``scans`` counts how often that was.
    """

    def __init__(self, to_path: Callable[[str], PurePath | None] | None = None) -> None:
        self.on_indexed: Callable[[], None] = lambda: None
        self.scans = 0
        self._changes: dict[str, int] = {}
        self._to_path = to_path or (lambda uri: None)
        self._is_used = to_path is not None
        self._folders: messages.Folders = messages.Folders((), False)
        self._documents: dict[str, Snapshot] = {}
        self._sent: dict[str, tuple[str, ...]] = {}
        self._helper: ChildProcess | None = None
        self._starting: asyncio.Task[ChildProcess | None] | None = None
        self._waiting: dict[int, asyncio.Future[messages.Related | messages.Defining]] = {}
        self._asked = 0
        self._crashes = 0
        self._closed = False

    def set_folders(self, folders: Iterable[Folder], watched: bool) -> None:
        """Takes the workspace folders; ``watched`` if `files_changed` will be told of changes in them."""
        self._folders = messages.Folders(tuple((path_key(each.path), each.name) for each in folders), watched)
        if self._helper is not None:
            self._helper.send(self._folders)
        elif self._folders.folders:
            self._start()

    def opened(self, snapshot: Snapshot) -> None:
        """A document was opened or changed; the helper hears of it when it is asked next."""
        if self._is_used:
            self._documents[snapshot.uri] = snapshot
        self._changes[snapshot.uri] = self._changes.get(snapshot.uri, 0) + 1

    def closed(self, uri: str) -> None:
        """A document was closed."""
        self._documents.pop(uri, None)
        self._changes[""] = self._changes.get("", 0) + self._changes.pop(uri, 0) + 1
        if self._sent.pop(uri, None) is not None and self._helper is not None:
            self._helper.send(messages.Closed(self._path(uri)))

    def files_changed(self, uris: Iterable[str]) -> None:
        """Files or folders were made, changed or removed on disk."""
        paths = tuple(path_key(path) for path in map(self._to_path, uris) if path is not None)
        if paths and self._helper is not None:
            self._helper.send(messages.Changed(paths))
            self._changes[""] = self._changes.get("", 0) + 1

    def news(self, uri: str) -> int:
        """A number that grows with each change in another document or file."""
        return sum(self._changes.values()) - self._changes.get(uri, 0)

    async def related(
        self, snapshot: Snapshot, line: int, window: tuple[int, int], known: tuple[str, ...] = ()
    ) -> Related | None:
        """What is related to a line of a document; None if the helper can't tell or takes too long.

        ``window`` are the lines that the prompt shows anyway, ``known`` the paths of what else it shows already.
        """
        helper = await self._ready()
        if helper is None:
            return None
        for other in self._documents.values():
            if other.uri != snapshot.uri:
                self._send(helper, other)
        self._send(helper, snapshot)
        path = self._path(snapshot.uri)
        found = await self._answer(helper, lambda number: messages.Ask(number, path, line, window, known))
        if not isinstance(found, messages.Related):
            return None
        logger.debug("%d pieces related to line %d in %.1f ms", len(found.pieces), line + 1, found.milliseconds)
        pieces = tuple(Piece(Tier(tier), at, (first, last), text) for tier, at, first, last, text in found.pieces)
        return Related(path, found.repository, found.shown, pieces, found.gone)

    async def defining(self, snapshot: Snapshot, name: str) -> tuple[tuple[str, str], ...]:
        """The files that define a name at their top level, as (path, Go's module path); none if that can't be told."""
        helper = await self._ready()
        if helper is None:
            return ()
        for document in self._documents.values():
            self._send(helper, document)
        path, language = self._path(snapshot.uri), snapshot.language
        found = await self._answer(helper, lambda number: messages.Define(number, path, language, name))
        return found.files if isinstance(found, messages.Defining) else ()

    async def aclose(self) -> None:
        """Ends the helper process."""
        self._closed = True
        helper = self._helper or (await self._starting if self._starting is not None else None)
        if helper is not None:
            await helper.kill()

    async def _answer(
        self, helper: ChildProcess, question: Callable[[int], messages.Ask | messages.Define]
    ) -> messages.Related | messages.Defining | None:
        self._asked += 1
        number = self._asked
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        helper.send(question(number))
        try:
            return await asyncio.wait_for(answer, PATIENCE_SECONDS)
        except (asyncio.TimeoutError, ConnectionError):
            return None
        finally:
            self._waiting.pop(number, None)

    def _path(self, uri: str) -> str:
        path = self._to_path(uri)
        return path_key(path) if path is not None else uri

    def _send(self, helper: ChildProcess, snapshot: Snapshot) -> None:
        """Sends a document unless the helper has it. One too large counts as empty."""
        if self._sent.get(snapshot.uri) is snapshot.lines:
            return
        self._sent[snapshot.uri] = snapshot.lines
        text = snapshot.text if sum(map(len, snapshot.lines)) <= LARGEST_FILE else ""
        # JSON can carry lone surrogates, and msgpack can't.
        text = text.encode("utf-8", "replace").decode()
        helper.send(messages.Opened(self._path(snapshot.uri), snapshot.language, text))

    async def _ready(self) -> ChildProcess | None:
        if self._helper is None:
            self._start()
            return await asyncio.shield(self._starting) if self._starting is not None else None
        return self._helper

    def _start(self) -> None:
        if self._starting is None and self._is_used and not self._closed and self._crashes < MOST_CRASHES:
            self._starting = asyncio.create_task(self._started())

    async def _started(self) -> ChildProcess | None:
        try:
            helper = await ChildProcess.start(
                "foretype.workspace.helper", messages.from_helper, self._received, self._crashed
            )
        except OSError as error:
            self._crashes = MOST_CRASHES
            logger.warning("Other files can't be read for context: %s", error)
            return None
        finally:
            self._starting = None
        self._sent.clear()
        helper.send(self._folders)
        self._helper = helper
        return helper

    def _received(self, message: messages.FromHelper) -> None:
        if isinstance(message, messages.Related | messages.Defining):
            waiting = self._waiting.get(message.id)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
            return
        logger.debug("%d files with %d symbols read in %.0f ms", message.files, message.symbols, message.milliseconds)
        self.scans += 1
        self.on_indexed()

    def _crashed(self, helper: ChildProcess, how: str) -> None:
        if helper.killed:
            return
        self._helper = None
        self._crashes += 1
        logger.warning("The process that reads the workspace ended unexpectedly (%s).", how)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError(how))
