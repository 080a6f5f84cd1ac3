"""Document synchronisation: the editor's notifications into our own document store."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

from foretype.lsp.convert import changes
from foretype.text.documents import AlreadyOpen, DocumentStore, Snapshot, UnknownDocument
from foretype.text.positions import Encoding

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

logger = logging.getLogger(__name__)


class Documents:
    """The open documents, in the position encoding agreed on. What doesn't fit is logged once, never raised."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16
        self._store = DocumentStore()
        self._missed: set[str] = set()

    def open(self, document: types.TextDocumentItem) -> Snapshot:
        """Take up a document; one that is open already is taken up anew."""
        opened = (document.uri, document.language_id, document.version, document.text)
        try:
            self._store.open(*opened)
        except AlreadyOpen as error:
            logger.warning("%s", error)
            self._store.close(document.uri)
            self._store.open(*opened)
        self._missed.discard(document.uri)
        return self._store.snapshot(document.uri)

    def change(
        self, document: types.VersionedTextDocumentIdentifier, events: Iterable[types.TextDocumentContentChangeEvent]
    ) -> Snapshot | None:
        """Apply changes; None for a document that isn't open."""
        uri, version = document.uri, document.version
        if (before := self.get(uri)) is None:
            return None
        if version < before.version:
            logger.warning("The editor sent version %d of %s after version %d.", version, uri, before.version)
        self._store.change(uri, version, changes(events), self.encoding)
        return self._store.snapshot(uri)

    def close(self, uri: str) -> bool:
        """Forget a document; False when it isn't open."""
        if self.get(uri) is None:
            return False
        self._store.close(uri)
        return True

    def get(self, uri: str) -> Snapshot | None:
        """The document as it is now; None, and a line in the log, when it isn't open."""
        try:
            return self._store.snapshot(uri)
        except UnknownDocument as error:
            # An editor that fails to open a document may ask about it at every key.
            if uri not in self._missed:
                logger.warning("%s", error)
            self._missed.add(uri)
            return None

    def find(self, uri: str) -> Snapshot | None:
        """The document as it is now, or None; nobody has to have opened it."""
        try:
            return self._store.snapshot(uri)
        except UnknownDocument:
            return None

    def is_current(self, snapshot: Snapshot) -> bool:
        """Whether the document is still what it was in ``snapshot``."""
        return self.find(snapshot.uri) is snapshot


def register(server: ForetypeServer) -> None:
    """Take the notifications of document synchronisation."""
    documents, notebooks = server.documents, server.notebooks

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.completer.opened(notebooks.view(documents.open(params.text_document)).snapshot)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        if snapshot := documents.change(params.text_document, params.content_changes):
            server.completer.changed(notebooks.view(snapshot).snapshot)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        if documents.close(params.text_document.uri):
            server.completer.closed(params.text_document.uri)
