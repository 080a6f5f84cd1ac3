"""What the composition root gives the edge: the seams that the server is written against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from foretype.actions.catalog import Asked, Offer
from foretype.actions.programs import Grounds
from foretype.actions.results import Outcome
from foretype.actions.under_way import Wish
from foretype.complete.results import CompletionRequest, CompletionResult
from foretype.config.load import Resolved
from foretype.config.schema import Settings
from foretype.engines.base import StatusListener, Totals
from foretype.text.documents import Snapshot
from foretype.workspace.folders import Folder


class Files(Protocol):
    """What wants to know of the workspace's folders and files."""

    def set_folders(self, folders: Iterable[Folder], watched: bool) -> None:
        """The folders are now these; ``watched`` if `files_changed` will be called."""
        ...

    def files_changed(self, uris: Iterable[str]) -> None:
        """Files or folders were made, changed or removed on disk."""
        ...


class Completer(Protocol):
    """Answers completion requests. Everything is called on the event loop; only `complete` and `aclose` may wait."""

    @property
    def files(self) -> Files:
        """What is told of folders and files."""
        ...

    async def complete(
        self, request: CompletionRequest, on_update: Callable[[CompletionResult], None] | None = None
    ) -> CompletionResult:
        """The answer to one request.

        A newer request for the same document makes the older return at once, without suggestions. Cancelling ends the
        request only, at once. With ``on_update`` the answer grows: each result passed extends the one before, and the
        one returned extends them all.
        """
        ...

    def opened(self, snapshot: Snapshot) -> None:
        """A document was opened."""
        ...

    def changed(self, snapshot: Snapshot) -> None:
        """A document was changed; called for every change notification."""
        ...

    def closed(self, uri: str) -> None:
        """A document was closed."""
        ...

    def shown(self, id: str, /) -> None:
        """The editor shows the suggestion of this id."""
        ...

    def accepted(self, id: str, /) -> None:
        """The user took the suggestion of this id."""
        ...

    def partially_accepted(self, id: str, length: int, /) -> None:
        """The user took the first ``length`` characters (code points) of the suggestion of this id, in all so far."""
        ...

    def explain_last(self, uri: str | None = None) -> str:
        """One line: where the time of the last suggestion went, of one document if named, or why there was none."""
        ...

    def totals(self) -> Totals:
        """All work of the engines so far, cancelled work included."""
        ...

    def last(self, uri: str | None = None) -> CompletionResult | None:
        """The last result, of one document if it is named."""
        ...

    def apply_settings(self, settings: Settings) -> None:
        """Other settings are in force from now on."""
        ...

    async def aclose(self) -> None:
        """End everything that was started; may be called again."""
        ...


class Actions(Protocol):
    """Offers code actions at once, and carries one out."""

    def offers(self, asked: Asked, grounds: Grounds) -> tuple[Offer, ...]:
        """What can be done at a range."""
        ...

    async def look(self, snapshot: Snapshot) -> None:
        """Find out what the model can do for a document; raises nothing."""
        ...

    async def carry_out(self, wish: Wish, tell: Callable[[str], None]) -> Outcome:
        """The edits of an action and what was proved of them. Raises ForetypeError."""
        ...


@dataclass(frozen=True, slots=True)
class ServerParts:
    """How to make what the server serves.

    ``resolve_settings`` turns ``initializationOptions`` into settings over the user's file and the command line; it
    raises `ForetypeError`. ``make_completer`` is called once, with the settings in force and where to report what the
    engines do, and waits for nothing. ``make_actions`` is given what that made; None for a server without actions.
    """

    make_completer: Callable[[Settings, StatusListener], Completer]
    resolve_settings: Callable[[object], Resolved]
    make_actions: Callable[[Any], Actions] | None = None


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Times in seconds: how often to look whether the client lives, and whether the user's file has changed; how long a
    load takes before a progress bar shows it, how long the completion pop-up may wait for us, and how long we wait for
    the client's answers and for the engines' end."""

    client_check: float = 3.0
    file_check: float = 1.0
    progress_after: float = 1.0
    popup: float = 0.15
    client_answer: float = 20.0
    closing: float = 2.0
