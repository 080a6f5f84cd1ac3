"""Notebook synchronisation: cells as documents, and which of them stand before a cell."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

from foretype.lsp.sync import Documents
from foretype.text.documents import Snapshot
from foretype.text.notebooks import Cell, Notebook, View, view

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

# Every cell of every notebook: prose is completed too, as a document of its own.
SYNC = types.NotebookDocumentSyncOptions([types.NotebookDocumentFilterWithNotebook("*")])

logger = logging.getLogger(__name__)


class Notebooks:
    """The open notebooks. The text of their cells is in ``documents``, as that of any document."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._notebooks: dict[str, Notebook] = {}
        self._missed: set[str] = set()

    def view(self, own: Snapshot) -> View:
        """A document as it is completed: a code cell below the code before it, any other by itself."""
        for notebook in self._notebooks.values():
            if before := notebook.code_before(own.uri):
                found = (self._documents.find(uri) for uri in before)
                return view(own, [snapshot for snapshot in found if snapshot is not None])
        return view(own)

    def open(self, uri: str, cells: Iterable[types.NotebookCell]) -> None:
        """Take up a notebook."""
        self._missed.discard(uri)
        self._notebooks[uri] = Notebook(_cells(cells))

    def change(self, uri: str, changes: types.NotebookDocumentCellChanges) -> None:
        """Take up which cells an open notebook has now, in which order."""
        notebook = self._notebooks[uri]
        if changes.structure is not None:
            array = changes.structure.array
            notebook = notebook.spliced(array.start, array.delete_count, _cells(array.cells or ()))
        self._notebooks[uri] = notebook.updated(_cells(changes.data or ()))

    def close(self, uri: str) -> tuple[str, ...]:
        """Forget a notebook; returns what its cells were."""
        return tuple(cell.uri for cell in self._notebooks.pop(uri, Notebook()).cells)

    def is_open(self, uri: str) -> bool:
        """Whether a notebook is open; when it isn't, a line in the log says so, once."""
        if uri not in self._notebooks and uri not in self._missed:
            logger.warning("The notebook %s is not open: the editor has to open it before it changes it.", uri)
            self._missed.add(uri)
        return uri in self._notebooks


def _cells(cells: Iterable[types.NotebookCell]) -> tuple[Cell, ...]:
    return tuple(Cell(cell.document, cell.kind == types.NotebookCellKind.Code) for cell in cells)


def register(server: ForetypeServer) -> None:
    """Take the notifications of notebook synchronisation."""
    documents, notebooks = server.documents, server.notebooks

    def opened(snapshots: Iterable[Snapshot]) -> None:
        for snapshot in snapshots:
            server.completer.opened(notebooks.view(snapshot).snapshot)

    def closed(uris: Iterable[str]) -> None:
        for uri in uris:
            if documents.find(uri) and documents.close(uri):
                server.completer.closed(uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenNotebookDocumentParams) -> None:
        notebook = params.notebook_document
        # A client that opens it again is believed.
        closed({*notebooks.close(notebook.uri)} - {document.uri for document in params.cell_text_documents})
        cells = [documents.open(document) for document in params.cell_text_documents]
        notebooks.open(notebook.uri, notebook.cells)
        opened(cells)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeNotebookDocumentParams) -> None:
        uri, changes = params.notebook_document.uri, params.change.cells
        if changes is None or not notebooks.is_open(uri):
            return
        structure = changes.structure
        if structure is not None:
            # Closing first: a cell that moves may be named as closed and as opened.
            closed(document.uri for document in structure.did_close or ())
        cells = [documents.open(document) for document in (structure and structure.did_open) or ()]
        notebooks.change(uri, changes)
        opened(cells)
        for content in changes.text_content or ():
            if snapshot := documents.change(content.document, content.changes):
                server.completer.changed(notebooks.view(snapshot).snapshot)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseNotebookDocumentParams) -> None:
        cells = notebooks.close(params.notebook_document.uri)
        closed((*cells, *(document.uri for document in params.cell_text_documents)))
