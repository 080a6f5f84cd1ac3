"""Between code actions and LSP's types, by what the client can do; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types

from foretype.actions.catalog import Asked, Diagnostic, Offer
from foretype.actions.results import Outcome
from foretype.actions.verdict import Standing
from foretype.lsp.uris import from_path
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit
from foretype.text.positions import Encoding, Point, Position

CARRY_OUT = "foretype.carryOut"
ANNOTATION = "foretype"


@dataclass(frozen=True, slots=True)
class Client:
    """What the client can do with code actions and edits."""

    resolves: bool
    disabled: bool
    preferred: bool
    llm_tag: bool
    document_changes: bool
    annotations: bool
    creates: bool


def capabilities(given: types.ClientCapabilities) -> Client:
    """The client's abilities, those that it names."""
    document, workspace = given.text_document, given.workspace
    actions = document.code_action if document else None
    edits = workspace.workspace_edit if workspace else None
    resolve = actions.resolve_support if actions else None
    tags = actions.tag_support if actions else None
    kinds = edits.resource_operations if edits else None
    return Client(
        resolves=bool(actions and actions.data_support and resolve and "edit" in resolve.properties),
        disabled=bool(actions and actions.disabled_support),
        preferred=bool(actions and actions.is_preferred_support),
        llm_tag=bool(tags and types.CodeActionTag.LlmGenerated in tags.value_set),
        document_changes=bool(edits and edits.document_changes),
        annotations=bool(edits and edits.change_annotation_support),
        creates=bool(kinds and types.ResourceOperationKind.Create in kinds),
    )


def asked_of(params: types.CodeActionParams, snapshot: Snapshot, encoding: Encoding) -> Asked:
    """What a request asks for."""
    context = params.context
    start, end = sorted((_point(params.range.start, snapshot, encoding), _point(params.range.end, snapshot, encoding)))
    diagnostics = tuple(_diagnostic(each, snapshot, encoding) for each in context.diagnostics)
    only = tuple(each.value if isinstance(each, types.CodeActionKind) else str(each) for each in context.only or ())
    return Asked(snapshot, start, end, diagnostics, only)


def action(
    offer: Offer, asked: Asked, params: types.CodeActionParams, snapshot: Snapshot, client: Client, encoding: Encoding
) -> types.CodeAction:
    """An offer for the client; a command does it for one that can't resolve."""
    made = types.CodeAction(offer.title, types.CodeActionKind(offer.kind) if offer.kind in _KINDS else offer.kind)
    if offer.diagnostics:
        made.diagnostics = [params.context.diagnostics[number] for number in offer.diagnostics]
    if offer.needs_model and client.llm_tag:
        made.tags = [types.CodeActionTag.LlmGenerated]
    if offer.disabled:
        made.disabled = types.CodeActionDisabled(reason=offer.disabled)
        return made
    data = {**offer.data, "uri": snapshot.uri, "version": snapshot.version}
    if offer.edits:
        made.edit = _edit(snapshot, offer.edits, "", client, encoding)
    elif client.resolves:
        made.data = data
    else:
        made.command = types.Command(title=offer.title, command=CARRY_OUT, arguments=[data, offer.title])
    return made


def workspace_edit(outcome: Outcome, client: Client, encoding: Encoding) -> types.WorkspaceEdit:
    """An outcome's edits, versioned where the client can take that."""
    verdict = outcome.verdict
    if outcome.new_file is not None:
        return _new_file(Path(outcome.new_file.path), outcome.new_file.text, client)
    confirm = verdict.standing is not Standing.PROVED
    return _edit(outcome.snapshot, outcome.edits, verdict.sentence, client, encoding, confirm)


_KINDS = frozenset(kind.value for kind in types.CodeActionKind)


def _edit(
    snapshot: Snapshot, edits: Iterable[Edit], told: str, client: Client, encoding: Encoding, confirm: bool = False
) -> types.WorkspaceEdit:
    changes = [types.TextEdit(_range(snapshot, each.start, each.end, encoding), each.text) for each in edits]
    if not client.document_changes:
        return types.WorkspaceEdit(changes={snapshot.uri: changes})
    document = types.OptionalVersionedTextDocumentIdentifier(uri=snapshot.uri, version=snapshot.version)
    if not client.annotations or not told:
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, changes)])
    annotated = [types.AnnotatedTextEdit(ANNOTATION, each.range, each.new_text) for each in changes]
    # Asking for confirmation is for what nothing was proved of.
    annotation = types.ChangeAnnotation("Foretype", needs_confirmation=confirm, description=told)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(document, annotated)], change_annotations={ANNOTATION: annotation}
    )


def _new_file(path: Path, text: str, client: Client) -> types.WorkspaceEdit:
    uri = from_path(path)
    insert = types.TextEdit(types.Range(types.Position(0, 0), types.Position(0, 0)), text)
    if not (client.document_changes and client.creates):
        return types.WorkspaceEdit(changes={uri: [insert]})
    create = types.CreateFile(uri=uri, options=types.CreateFileOptions(overwrite=False, ignore_if_exists=False))
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None)
    return types.WorkspaceEdit(document_changes=[create, types.TextDocumentEdit(document, [insert])])


def _diagnostic(given: types.Diagnostic, snapshot: Snapshot, encoding: Encoding) -> Diagnostic:
    message: Any = given.message
    text = message if isinstance(message, str) else getattr(message, "value", "")
    return Diagnostic(
        source=given.source or "",
        code="" if given.code is None else str(given.code),
        message=text,
        start=_point(given.range.start, snapshot, encoding),
        end=_point(given.range.end, snapshot, encoding),
    )


def _point(position: types.Position, snapshot: Snapshot, encoding: Encoding) -> Point:
    return snapshot.point(Position(position.line, position.character), encoding)


def _range(snapshot: Snapshot, start: Point, end: Point, encoding: Encoding) -> types.Range:
    first, last = (snapshot.position(place, encoding) for place in (start, end))
    return types.Range(types.Position(first.line, first.character), types.Position(last.line, last.character))
