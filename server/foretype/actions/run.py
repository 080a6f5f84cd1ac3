"""Code actions: offers them, and carries one out when it is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from foretype.actions import kinds
from foretype.actions.catalog import CUSTOM, IMPORT, Asked, Offer, offers
from foretype.actions.missing_import import imported
from foretype.actions.programs import Grounds
from foretype.actions.results import Outcome
from foretype.actions.under_way import Impossible, UnderWay, Wish
from foretype.actions.writing_tests import write_tests
from foretype.config.endpoints import LOCAL
from foretype.engines.base import Engine, EngineInfo
from foretype.errors import ForetypeError
from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.workspace.client import Workspace


class Actions:
    """Code actions with the first engine that can be asked to edit. Generations are patient: completions go first."""

    def __init__(self, engines: Callable[[Snapshot], Sequence[Engine]], workspace: Workspace) -> None:
        """``engines`` are those that may be asked about a document, in the order of its route."""
        self._engines = engines
        self._workspace = workspace
        self._syntax = Syntax()
        self._trouble = ""

    def offers(self, asked: Asked, grounds: Grounds) -> tuple[Offer, ...]:
        """What can be done at a range; at once. What needs a model that isn't there is disabled and says so."""
        if not grounds.settings.enabled:
            return ()
        return offers(self._syntax, grounds.settings, asked, self._trouble)

    async def look(self, snapshot: Snapshot) -> None:
        """Finds out whether there is a model that can be asked about a document."""
        await self._chosen(snapshot)

    async def _chosen(self, snapshot: Snapshot) -> Engine | None:
        """The first engine that can be asked to edit a document, if there is one; why there is none is kept."""
        troubles: list[str] = []
        for engine in self._engines(snapshot):
            try:
                info = await engine.info()
            except ForetypeError as error:
                troubles.append(str(error))
                continue
            if not (trouble := _unable(info)):
                self._trouble = ""
                return engine
            troubles.append(trouble)
        self._trouble = troubles[0] if troubles else "No engine may be asked about this file; see the setting `route`."
        return None

    async def carry_out(self, wish: Wish, tell: Callable[[str], None]) -> Outcome:
        """Carries an action out. ``tell`` hears what is being done. Raises ForetypeError."""
        started = time.monotonic()
        id = str(wish.data.get("action", ""))
        engine = await self._chosen(wish.snapshot) if id != IMPORT else None
        deadline = started + wish.grounds.settings.budget_seconds
        run = UnderWay(wish, self._syntax, engine, self._workspace, deadline, tell)
        if id == IMPORT:
            outcome = await imported(
                run.finder,
                self._syntax.queries,
                wish.snapshot,
                wish.grounds,
                str(wish.data.get("name", "")),
                self._workspace,
            )
        else:
            repair = await run.repair() if id in (kinds.FIX, kinds.FIX_ALL) else None
            if repair is None and engine is None and (id != kinds.FIX_BUG or not wish.grounds.settings.test_command):
                raise Impossible(self._trouble)
            outcome = repair or await self._by_model(id, run)
        account = run.account((time.monotonic() - started) * 1000)
        return Outcome(outcome.snapshot, outcome.edits, outcome.verdict, account, outcome.new_file)

    async def _by_model(self, id: str, run: UnderWay) -> Outcome:
        settings = run.wish.grounds.settings
        if id in (kinds.FIX, kinds.FIX_ALL):
            return await run.fix()
        if id == kinds.FIX_BUG:
            return await run.find_bug()
        if id == kinds.INSTRUCTION:
            if not run.wish.instruction.strip():
                raise Impossible("Say what to change: the instruction is empty.")
            return await run.rewrite(f"{run.wish.instruction.strip()}\nChange nothing else.", by_selection=True)
        if id.startswith(CUSTOM):
            number = int(id.removeprefix(CUSTOM))
            if number >= len(settings.custom):
                raise Impossible("This action is no longer in the settings.")
            return await run.rewrite(settings.custom[number].prompt, by_selection=True)
        kind = kinds.kind_of(id)
        if kind is None:
            raise Impossible(f"There is no action {id}.")
        if kind.new_file:
            return await write_tests(
                self._syntax.languages, run.wish.snapshot, run.wish.grounds, run.function(), kind, run.asker
            )
        return await run.rewrite(kind.task, mark=kind.id == "extract-function")


def _unable(info: EngineInfo) -> str:
    """Why an engine can't be asked to edit, and what to do; empty if it can."""
    if info.chat and (info.name != LOCAL or info.family):
        return ""
    if info.name != LOCAL:
        return f"`{info.name}` only fills gaps; actions need a service that can be talked to, such as openai-chat."
    return (
        f"{info.model} only continues text; actions need a model that can be asked to edit code, for instance "
        "`foretype models pull qwen2.5-coder-1.5b`, and the setting `model` to name it."
    )
