"""Inline completion: the standard request, the one that streams, and what the editor says of suggestions later."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from foretype.complete.results import CompletionResult
from foretype.errors import ForetypeError
from foretype.lsp import convert

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

STREAMING = "foretype/inlineCompletion"
DID_SHOW = "textDocument/didShowCompletion"
DID_PARTIALLY_ACCEPT = "textDocument/didPartiallyAcceptCompletion"
EXPLAIN_LAST = "foretype.explainLast"
LAST_LEDGER = "foretype.lastLedger"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """Items for one version of a document; ``done`` is false when more may come that extends the first."""

    items: tuple[types.InlineCompletionItem, ...] = ()
    version: int = 0
    done: bool = True

    def extends(self, other: Answer) -> bool:
        """Whether the first item here begins with the other's."""
        return not other.items or (bool(self.items) and _text(self).startswith(_text(other)))

    def wire(self) -> dict[str, object]:
        """As parameters of ``$/progress``, and as the answer to the request that streams."""
        return {"items": list(self.items), "version": self.version, "done": self.done}


def _text(answer: Answer) -> str:
    text = answer.items[0].insert_text
    return text if isinstance(text, str) else text.value


class Stream:
    """The growing answer to one request: sends each answer that extends the one sent before, and no other."""

    def __init__(self, send: Callable[[dict[str, object]], None]) -> None:
        self._send = send
        self._last = Answer()

    def update(self, answer: Answer) -> None:
        """Send an answer that is longer than the last."""
        if answer.items and answer != self._last and answer.extends(self._last):
            self._last = answer
            self._send(answer.wire())

    def finish(self, answer: Answer) -> Answer:
        """The last answer: this one, or the one sent before when this doesn't extend it. Empty withdraws them all."""
        if not answer.items:
            return answer
        if not answer.extends(self._last):
            logger.error("The last answer of a stream doesn't extend the one before.")
            answer = Answer(self._last.items, self._last.version)
        self.update(answer)
        return answer


class UnderWay:
    """The requests for inline completion that aren't answered yet, by document."""

    def __init__(self) -> None:
        self._ends: dict[str, list[asyncio.Future[None]]] = {}

    @contextlib.contextmanager
    def request(self, uri: str) -> Iterator[None]:
        """One of them, while it lasts."""
        end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ends = self._ends.setdefault(uri, [])
        ends.append(end)
        try:
            yield
        finally:
            end.cancel()
            ends.remove(end)
            if not ends:
                self._ends.pop(uri, None)

    async def ended(self, uri: str, deadline: float) -> bool:
        """Wait until there are none for a document; False if there are some still at ``deadline``, a time of the
        event loop."""
        while ends := self._ends.get(uri):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await asyncio.wait(ends, timeout=left)
        return True


async def answer(
    server: ForetypeServer, params: types.InlineCompletionParams, stream: Stream | None = None, version: object = None
) -> Answer:
    """The answer to a request, for the document as it is now; empty once it is another.

    ``version`` is the one that the client asks about, where it says so.
    """
    # Before the first await, so that no later change is seen.
    snapshot = server.documents.get(params.text_document.uri)
    if snapshot is None:
        return Answer()
    view = server.notebooks.view(snapshot)
    nothing = Answer(version=snapshot.version)
    if version not in (None, snapshot.version):
        return nothing
    encoding = server.documents.encoding

    def converted(result: CompletionResult) -> Answer:
        if not server.documents.is_current(snapshot):
            return nothing
        return Answer(convert.items(result.suggestions, view, encoding), snapshot.version, result.done)

    on_update = (lambda result: stream.update(converted(result))) if stream else None
    try:
        with server.under_way.request(snapshot.uri):
            result = await server.completer.complete(convert.request(params, view, encoding), on_update)
    except ForetypeError as error:
        logger.warning("%s", error)
        return nothing
    except Exception:
        logger.exception("A completion failed unexpectedly.")
        return nothing
    server.status.answered(result)
    return stream.finish(converted(result)) if stream else converted(result)


def register(server: ForetypeServer) -> None:
    """Answer completion requests, and hear what becomes of the suggestions."""

    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList:
        return types.InlineCompletionList(items=(await answer(server, params)).items)

    @server.feature(STREAMING)
    async def streaming(params: Mapping[str, Any]) -> dict[str, object]:
        try:
            typed = server.protocol.structure(params, types.InlineCompletionParams)
        except Exception as error:
            raise JsonRpcInvalidParams(f"The parameters of {STREAMING} are not as documented.") from error
        token = params.get("streamToken")
        stream = Stream(lambda value: server.progress(token, value)) if isinstance(token, (int, str)) else None
        return (await answer(server, typed, stream, params["textDocument"].get("version"))).wire()

    @server.feature(DID_SHOW)
    def did_show(params: Any) -> None:
        if shown := convert.item_of(params):
            server.completer.shown(shown.id)

    @server.feature(DID_PARTIALLY_ACCEPT)
    def did_partially_accept(params: Any) -> None:
        if (accepted := convert.item_of(params)) and accepted.length is not None:
            server.completer.partially_accepted(accepted.id, accepted.length)

    @server.command(convert.DID_ACCEPT)
    def did_accept(*arguments: object) -> None:
        if arguments and isinstance(arguments[0], str):
            server.completer.accepted(arguments[0])

    @server.command(LAST_LEDGER)
    def last_ledger(*arguments: object) -> dict[str, object] | None:
        uri = _uri(arguments)
        if (last := server.completer.last(uri)) is None:
            return None
        return {
            "ledger": asdict(last.ledger),
            "rejected": last.rejected,
            "engine": last.engine,
            "totals": asdict(server.completer.totals()),
            "explained": server.completer.explain_last(uri),
        }

    @server.command(EXPLAIN_LAST)
    def explain_last(*arguments: object) -> str:
        return server.completer.explain_last(_uri(arguments))


def _uri(arguments: Iterable[object]) -> str | None:
    """The document that a command is about, if its arguments name one."""
    return next((each for each in arguments if isinstance(each, str)), None)
