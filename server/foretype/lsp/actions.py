"""Code actions: offered at once, carried out when the client resolves one or runs a command."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from foretype.actions.catalog import Asked, Offer
from foretype.actions.kinds import INSTRUCTION
from foretype.actions.programs import Grounds
from foretype.actions.results import Outcome
from foretype.actions.under_way import Wish
from foretype.actions.verdict import Standing
from foretype.errors import ForetypeError
from foretype.lsp.action_progress import ActionProgress, cancel
from foretype.lsp.action_wire import CARRY_OUT, action, asked_of, capabilities, workspace_edit
from foretype.lsp.uris import to_path
from foretype.text.documents import Snapshot

if TYPE_CHECKING:
    from foretype.lsp.parts import Actions
    from foretype.lsp.server import ForetypeServer

EDIT = "foretype.edit"
LAST_ACTION = "foretype.lastAction"
CONTENT_MODIFIED = -32801
REQUEST_FAILED = -32803

logger = logging.getLogger(__name__)


class CodeActions:
    """What the handlers of one session share: the actions, and the account of the last one."""

    def __init__(self, server: ForetypeServer) -> None:
        self._server = server
        self.last: dict[str, object] | None = None
        self._looked = False

    @property
    def actions(self) -> Actions | None:
        """What carries actions out; None where the session has none."""
        return self._server.actions

    def offered(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """The actions for a request's range."""
        server = self._server
        snapshot = server.documents.get(params.text_document.uri)
        if snapshot is None or self.actions is None:
            return []
        if not self._looked:
            # What the model can do is known from the next request on: this one is not kept waiting for it.
            self._looked = True
            server.spawn(self.actions.look(snapshot))
        client = capabilities(server.client_capabilities)
        asked = asked_of(params, snapshot, server.documents.encoding)
        offers = self.actions.offers(asked, self._grounds(snapshot))
        shown = [each for each in offers if client.disabled or not each.disabled]
        return [action(each, asked, params, snapshot, client, server.documents.encoding) for each in shown]

    async def resolve(self, given: types.CodeAction) -> types.CodeAction:
        """The action with its edit, or with why it has none."""
        data = given.data
        if not isinstance(data, Mapping) or given.edit is not None:
            return given
        snapshot = self._snapshot(data)
        async with ActionProgress(self._server, given.title) as progress:
            outcome = await self._carry_out(Wish(data, snapshot, self._grounds(snapshot)), progress)
        self._check_current(snapshot)
        client = capabilities(self._server.client_capabilities)
        verdict = outcome.verdict
        if verdict.standing is Standing.FAILED:
            raise JsonRpcException(message=f"{given.title}: {verdict.sentence}.", code=REQUEST_FAILED)
        given.title = f"{given.title} ({verdict.sentence})"
        given.edit = workspace_edit(outcome, client, self._server.documents.encoding)
        given.tags = given.tags if outcome.account.answers else None
        given.is_preferred = True if client.preferred and verdict.standing is Standing.PROVED else None
        return given

    async def apply(self, data: Mapping[str, Any], title: str, instruction: str = "") -> dict[str, object]:
        """Carries an action out and lets the client apply it; the answer says what was proved."""
        snapshot = self._snapshot(data)
        async with ActionProgress(self._server, title) as progress:
            outcome = await self._carry_out(Wish(data, snapshot, self._grounds(snapshot), instruction), progress)
        self._check_current(snapshot)
        verdict = outcome.verdict
        told: dict[str, object] = {"verdict": verdict.sentence, "standing": verdict.standing.value, "applied": False}
        if verdict.standing is Standing.FAILED:
            message = f"{title}: {verdict.sentence}."
            self._server.protocol.notify(
                types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(types.MessageType.Warning, message)
            )
            return told
        client = capabilities(self._server.client_capabilities)
        edit = workspace_edit(outcome, client, self._server.documents.encoding)
        label = f"{title} ({verdict.sentence})"
        answer = await self._server.ask(types.WORKSPACE_APPLY_EDIT, types.ApplyWorkspaceEditParams(edit, label))
        return {**told, "applied": bool(answer.applied)}

    async def _carry_out(self, wish: Wish, progress: ActionProgress) -> Outcome:
        if self.actions is None:
            raise JsonRpcInvalidParams("There are no code actions here.")
        try:
            outcome = await self.actions.carry_out(wish, progress.tell)
        except ForetypeError as error:
            logger.info("%s", error)
            raise JsonRpcException(message=str(error), code=REQUEST_FAILED) from error
        account = outcome.account
        self.last = {
            "verdict": outcome.verdict.sentence,
            "standing": outcome.verdict.standing.value,
            "facts": list(outcome.verdict.facts),
            "lacking": list(outcome.verdict.lacking),
            "ledger": {name: getattr(account, name) for name in account.__dataclass_fields__},
        }
        logger.info("%s in %.0f ms", outcome.verdict.sentence, account.total_ms)
        return outcome

    def _snapshot(self, data: Mapping[str, Any]) -> Snapshot:
        uri, version = data.get("uri"), data.get("version")
        snapshot = self._server.documents.get(uri) if isinstance(uri, str) else None
        if snapshot is None:
            raise JsonRpcInvalidParams("The action's document is not open.")
        if version not in (None, snapshot.version):
            raise JsonRpcException(message="The document has changed; ask for actions again.", code=CONTENT_MODIFIED)
        return snapshot

    def _check_current(self, snapshot: Snapshot) -> None:
        if not self._server.documents.is_current(snapshot):
            raise JsonRpcException(
                message="The document changed while the action was under way; nothing is applied.",
                code=CONTENT_MODIFIED,
            )

    def _grounds(self, snapshot: Snapshot) -> Grounds:
        server = self._server
        resolved = server.configuration.resolved
        path = to_path(snapshot.uri)
        file = Path(path) if path is not None else None
        folders = [Path(each.path) for each in server.folders if each.path is not None]
        around = [each for each in folders if file is not None and file.is_relative_to(each)]
        folder = max(around, key=lambda each: len(each.parts), default=None)
        return Grounds(resolved.settings.actions, resolved.trusted, folder, file)


def register(server: ForetypeServer) -> None:
    """Offer actions, resolve them, and run the commands that carry them out."""
    code_actions = server.code_actions
    options = types.CodeActionOptions(
        code_action_kinds=[
            types.CodeActionKind.QuickFix,
            types.CodeActionKind.RefactorRewrite,
            types.CodeActionKind.RefactorExtract,
            types.CodeActionKind.Source,
        ],
        resolve_provider=True,
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return code_actions.offered(params)

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def cancelled(params: types.WorkDoneProgressCancelParams) -> None:
        cancel(server, params.token)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(params: types.CodeAction) -> types.CodeAction:
        return await code_actions.resolve(params)

    @server.command(CARRY_OUT)
    async def carry_out(*arguments: object) -> dict[str, object]:
        match arguments:
            case [Mapping() as data, str(title)]:
                return await code_actions.apply(data, title)
        raise JsonRpcInvalidParams(f"{CARRY_OUT} takes an action's data and its title.")

    @server.command(EDIT)
    async def edit(*arguments: object) -> dict[str, object]:
        match arguments:
            case [{"uri": str(uri), "range": wanted, "instruction": str(instruction)}]:
                data = _data_of(server, uri, wanted)
                return await code_actions.apply(data, _title(instruction), instruction)
        raise JsonRpcInvalidParams(f"{EDIT} takes one object with uri, range and instruction.")

    @server.command(LAST_ACTION)
    def last_action(*arguments: object) -> dict[str, object] | None:
        return code_actions.last


def _data_of(server: ForetypeServer, uri: str, wanted: object) -> dict[str, object]:
    """The data of an instruction's action."""
    snapshot = server.documents.get(uri)
    if snapshot is None:
        raise JsonRpcInvalidParams(f"{uri} is not open.")
    try:
        found = server.protocol.structure(wanted, types.Range)
    except Exception as error:
        raise JsonRpcInvalidParams("The range is not as the protocol says.") from error
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), found, types.CodeActionContext([]))
    asked: Asked = asked_of(params, snapshot, server.documents.encoding)
    offer = Offer("", "", {"action": INSTRUCTION})
    places = {name: [place.line, place.column] for name, place in (("start", asked.start), ("end", asked.end))}
    return {**offer.data, **places, "uri": uri, "version": snapshot.version}


def _title(instruction: str) -> str:
    first = instruction.strip().split("\n", 1)[0]
    return first if len(first) <= 60 else first[:57] + "..."
