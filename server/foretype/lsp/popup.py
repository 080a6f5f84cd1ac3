"""Suggestions in the completion pop-up, for editors without inline completion."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

from lsprotocol import types

from foretype.complete.results import CompletionRequest, CompletionResult
from foretype.errors import ForetypeError
from foretype.lsp import convert
from foretype.text.notebooks import View
from foretype.text.positions import Encoding, Point

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

# After these the model often knows more; a blank would open the pop-up all the time.
OPTIONS = types.CompletionOptions(trigger_characters=[".", "(", "[", "{", "=", ":"])
SOURCE = "Foretype"
# Behind the items of other servers, which sort by names.
_LAST = "~~~~"
_LONGEST_LABEL = 60
_WORD = re.compile(r"\w*\Z")

logger = logging.getLogger(__name__)


class Popup:
    """Whether the client asks us for the items of its pop-up."""

    def __init__(self, server: ForetypeServer) -> None:
        self._server = server
        self._advertised = False
        self._registered = False

    @property
    def wanted(self) -> bool:
        """Whether there shall be items, by the settings in force and what the client can do instead."""
        setting = self._server.configuration.resolved.settings.completion.popup
        return setting == "always" or (setting == "auto" and not _shows_inline(self._server.client_capabilities))

    def begin(self) -> types.CompletionOptions | None:
        """What to advertise when the session begins."""
        self._advertised = self.wanted
        return OPTIONS if self._advertised else None

    def follow(self) -> None:
        """Tell the client when it has to ask from now on, or no longer. What was advertised can't be withdrawn."""
        if self._advertised or self._registered == self.wanted:
            return
        document = self._server.client_capabilities.text_document
        if document and document.completion and document.completion.dynamic_registration:
            self._registered = self.wanted
            self._server.spawn(self._register() if self._registered else self._unregister())
        elif self.wanted:
            logger.warning("The editor takes up completion.popup only when it starts: start it anew.")

    async def _register(self) -> None:
        method = types.TEXT_DOCUMENT_COMPLETION
        options = types.CompletionRegistrationOptions(trigger_characters=OPTIONS.trigger_characters)
        registration = types.Registration(id=method, method=method, register_options=options)
        await self._tell(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration]))

    async def _unregister(self) -> None:
        method = types.TEXT_DOCUMENT_COMPLETION
        params = types.UnregistrationParams([types.Unregistration(id=method, method=method)])
        await self._tell(types.CLIENT_UNREGISTER_CAPABILITY, params)

    async def _tell(self, method: str, params: object) -> None:
        try:
            await self._server.ask(method, params)
        except Exception as error:
            logger.warning("The editor did not take up completion.popup: %s", error)


def _shows_inline(capabilities: types.ClientCapabilities) -> bool:
    """Whether the client has inline completion: LSP's, or our own request for it."""
    match capabilities.experimental:
        case {"foretype": {"inlineCompletion": own}} if own not in (None, False):
            return True
    return bool(capabilities.text_document and capabilities.text_document.inline_completion)


async def answer(server: ForetypeServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    """The items that are there in the short time that others can be kept waiting; what comes later is cached."""
    # Before the first await, so that no later change is seen.
    own = server.documents.get(params.text_document.uri)
    if own is None:
        return []
    view, encoding = server.notebooks.view(own), server.documents.encoding
    cursor = convert.point(params.position, view, encoding)
    found: list[CompletionResult] = []
    deadline = asyncio.get_running_loop().time() + server.options.popup
    # Asking now would end a request for inline completion; what that finds is cached.
    ended = await server.under_way.ended(own.uri, deadline)
    if not (ended and server.documents.is_current(own)):
        return []

    async def ask() -> None:
        try:
            found.append(await server.completer.complete(CompletionRequest(view.snapshot, cursor), found.append))
            server.status.answered(found[-1])
        except ForetypeError as error:
            logger.warning("%s", error)
        except Exception:
            logger.exception("A completion failed unexpectedly.")

    asking = server.spawn(ask())
    try:
        await asyncio.wait((asking,), timeout=deadline - asyncio.get_running_loop().time())
    except asyncio.CancelledError:
        asking.cancel()
        raise
    if not found or not server.documents.is_current(own):
        return []
    return items(found[-1], view, cursor, encoding, _takes_markdown(server.client_capabilities))


def items(
    result: CompletionResult, view: View, cursor: Point, encoding: Encoding, markdown: bool
) -> list[types.CompletionItem]:
    """The suggestions as items of a pop-up, for the cursor they were asked for at.

    Clients keep the items that what was typed of a word leads to: so each replaces that word, and begins with it.
    """
    line = view.snapshot.lines[cursor.line]
    word = _WORD.search(line[: cursor.column])
    assert word is not None
    made = []
    for number, suggestion in enumerate(result.suggestions):
        start = Point(cursor.line, min(word.start(), suggestion.start.column))
        text = line[start.column : suggestion.start.column] + suggestion.text
        first_line = text.strip().splitlines()[0]
        made.append(
            types.CompletionItem(
                label=_shortened(first_line),
                label_details=types.CompletionItemLabelDetails(description=SOURCE),
                # Not Snippet, which some clients expand whatever the format says.
                kind=types.CompletionItemKind.Text,
                detail=SOURCE,
                documentation=_documentation(text, view.own.language, markdown),
                preselect=False,
                sort_text=f"{_LAST}{number:02}",
                filter_text=first_line,
                insert_text_format=types.InsertTextFormat.PlainText,
                # The text has its indentation.
                insert_text_mode=types.InsertTextMode.AsIs,
                text_edit=types.TextEdit(convert.wire_range(start, suggestion.end, view, encoding), text),
                command=convert.accepting(suggestion),
            )
        )
    return made


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


def _documentation(text: str, language: str, markdown: bool) -> types.MarkupContent | str:
    """The whole text, which a label can't show."""
    text = text.strip("\r\n")
    if not markdown:
        return text
    fence = "`" * max((3, *(len(run) + 1 for run in re.findall("`+", text))))
    return types.MarkupContent(types.MarkupKind.Markdown, f"{fence}{language}\n{text}\n{fence}")


def _takes_markdown(capabilities: types.ClientCapabilities) -> bool:
    document = capabilities.text_document
    item = document.completion.completion_item if document and document.completion else None
    return types.MarkupKind.Markdown in ((item and item.documentation_format) or ())


def register(server: ForetypeServer) -> None:
    """Answer what pop-ups ask for."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, OPTIONS)
    async def completion(params: types.CompletionParams) -> types.CompletionList:
        if not server.popup.wanted:
            return types.CompletionList(is_incomplete=False, items=[])
        return types.CompletionList(is_incomplete=True, items=await answer(server, params))
