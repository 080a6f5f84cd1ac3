"""The completion pipeline, one way: what is known, syntax, the engines of the plan, stop rules, filters, result.

This is where documents and requests come in. `contest.py` is a request's way among engines, `growing.py` how its
answer grows, `generator.py` what runs on one engine, `warmer.py` what idle time prepares.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import fields

from foretype.complete import selected
from foretype.complete.auto_closed import auto_closed
from foretype.complete.budget import Rhythm, budget
from foretype.complete.contest import SUPERSEDED
from foretype.complete.desk import Desk
from foretype.complete.explain import History
from foretype.complete.filters.candidate import nothing_is_secret
from foretype.complete.generator import Lead
from foretype.complete.growing import Growing
from foretype.complete.lanes import Lane, Lanes, MakeEngine
from foretype.complete.power import Speculation
from foretype.complete.results import CompletionRequest, CompletionResult
from foretype.complete.route import Plan, plan
from foretype.complete.run import OnUpdate, Run
from foretype.complete.several import Several
from foretype.complete.stream import Stream
from foretype.complete.told import Told
from foretype.complete.undone import undone
from foretype.config.schema import Settings
from foretype.engines.base import Engine, Totals
from foretype.prompt.fences import opening_length
from foretype.syntax.cursor import Intent, Syntax
from foretype.text.documents import Snapshot
from foretype.text.positions import Point
from foretype.trust.egress import Gate
from foretype.workspace.client import Workspace


class Completer:
    """Completes documents with the engines of a route. Every call to ``complete`` ends, the superseded ones without
    suggestions."""

    def __init__(
        self,
        make_engine: MakeEngine,
        syntax: Syntax,
        settings: Settings,
        workspace: Workspace | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._syntax = syntax
        self._gate = gate
        # Without one, the model sees nothing but the document.
        self.workspace = workspace or Workspace()
        self.files = Told((self.workspace, gate.policy) if gate else (self.workspace,))
        self._lanes = Lanes(make_engine, self.workspace, syntax.languages, self._may_send)
        self._rules: asyncio.Future[None] | None = None
        self.apply_settings(settings)
        self._desks: dict[str, Desk] = {}
        self._rhythm = Rhythm()
        self._speculation = Speculation()
        self._history = History()

    async def complete(self, request: CompletionRequest, on_update: OnUpdate | None = None) -> CompletionResult:
        """What to suggest at a cursor, or why nothing.

        ``on_update`` is told of each longer part of the first suggestion before the final one is returned; without
        it, the answer is what is there at the soft deadline. Cancelling ends the request; the generations live on
        for a grace, so that the next request may join them.
        """
        if request.selected is not None:
            return await selected.complete(self.complete, request, on_update)
        now = time.monotonic()
        desk = self._desk(request.snapshot.uri)
        desk.undone = undone(desk.undone, desk.seen, request.snapshot, request.cursor)
        desk.auto_closed = auto_closed(desk.auto_closed, desk.seen, request.snapshot, request.cursor)
        desk.seen = request.snapshot
        planned = self._plan(request.snapshot)
        lanes = [self._lanes[name] for name in planned.engines]
        run = Run(
            request=request,
            engine=lanes[0].title if lanes else "",
            max_lines=self._settings.completion.max_lines,
            soft_deadline=now + self._rhythm.soft_deadline,
            syntax=self._syntax,
            undone=desk.undone,
            auto_closed=desk.auto_closed,
            on_update=on_update,
            skipped=dict(planned.skipped),
            holds_secret=self._gate.redactor.contains_secret if self._gate else nothing_is_secret,
        )
        desk.supersede(run)
        try:
            result = await self._answer(desk, run, planned, lanes)
        except asyncio.CancelledError:
            for lane in self._lanes:
                if lane.generator.active in desk.streams:
                    lane.generator.let_go()
            raise
        self._history.add(request.snapshot.uri, result)
        return result

    def opened(self, snapshot: Snapshot) -> None:
        """A document was opened; its beginning is read in idle time."""
        self.prepare(snapshot, Point(0, 0))

    def prepare(self, snapshot: Snapshot, cursor: Point) -> None:
        """Lets idle time make a place of an open document ready."""
        self.workspace.opened(snapshot)
        self._prepare(self._desk(snapshot.uri), snapshot, cursor, self._planned_lanes(snapshot))

    def changed(self, snapshot: Snapshot) -> None:
        """A document was changed; generations that no longer agree are stopped."""
        self._rhythm.key(time.monotonic())
        self.workspace.opened(snapshot)
        if (desk := self._desks.get(snapshot.uri)) is not None:
            desk.outdate(snapshot)
        for lane in self._lanes:
            active = lane.generator.active
            if active is not None and active.anchor.uri == snapshot.uri and not active.agrees(snapshot):
                lane.generator.stop(active)

    def closed(self, uri: str) -> None:
        """A document was closed."""
        desk = self._desks.pop(uri, None)
        self._syntax.forget(uri)
        self.workspace.closed(uri)
        if desk is None:
            return
        desk.supersede()
        for lane in self._lanes:
            lane.warmer.forget(desk.seat(lane.key))
            for stream in desk.streams:
                lane.generator.stop(stream)

    def shown(self, id: str) -> None:
        """The editor showed a suggestion."""
        self._history.shown.add(id)

    def accepted(self, id: str) -> None:
        """The user accepted a suggestion."""
        self._history.accepted.add(id)

    def partially_accepted(self, id: str, length: int) -> None:
        """The user accepted the first ``length`` characters of a suggestion."""
        self._history.accepted.add(id)

    def explain_last(self, uri: str | None = None) -> str:
        """One line on where the time of the last suggestion went, or why there was none."""
        return self._history.explain(uri)

    def last(self, uri: str | None = None) -> CompletionResult | None:
        """The last result, of one document if it is named."""
        return self._history.last(uri)

    def engines_for(self, snapshot: Snapshot) -> tuple[Engine, ...]:
        """The engines that may be asked about a document, in the order of its route."""
        return tuple(lane.engine for lane in self._planned_lanes(snapshot))

    def totals(self) -> Totals:
        """All the engines' work so far."""
        each = [lane.engine.totals() for lane in self._lanes]
        return Totals(*(sum(getattr(one, part.name) for one in each) for part in fields(Totals)))

    def apply_settings(self, settings: Settings) -> None:
        """Takes new settings for the requests to come."""
        self._settings = settings
        self._lanes.apply(settings)
        if self._gate is not None:
            self._gate.apply(settings.privacy)
            if any(not lane.is_local for lane in self._lanes):
                self._gate.redactor.prepare()

    async def aclose(self) -> None:
        """Ends what runs, and the engines."""
        await self._lanes.aclose()
        await self.workspace.aclose()

    async def _answer(self, desk: Desk, run: Run, planned: Plan, lanes: Sequence[Lane]) -> CompletionResult:
        request, settings = run.request, self._settings.completion
        if not settings.enabled:
            return run.nothing("suggestions are turned off")
        if request.snapshot.language in settings.disabled_languages:
            return run.nothing(f"suggestions are turned off for {request.snapshot.language}")
        if not lanes:
            return run.nothing(planned.skipped[0][1])
        growing = Growing(run, desk, lanes, planned.policy, self._rhythm, self._generate)
        if not request.explicit and (result := growing.join()) is not None:
            return result
        if not growing.entrants:
            await asyncio.sleep(0)
            if run.superseded:
                return run.nothing(SUPERSEDED)
            at = run.examine()
            if at.intent is Intent.NONE:
                return run.nothing(at.reason)
            if request.explicit and at.intent is Intent.LINE:
                languages = self._syntax.languages
                result = await Several(run, desk, lanes, planned.policy, self._rhythm, languages).result()
                self._prepare(desk, request.snapshot, request.cursor, lanes)
                return result
        result = await growing.result()
        if growing.winner is not None:
            self._afterwards(desk, run, growing.winner.lane, growing.winner.stream, lanes)
        return result

    def _plan(self, snapshot: Snapshot) -> Plan:
        """The engines for a document, by the settings and what may leave the machine."""
        settings, uri = self._settings, snapshot.uri
        if (gate := self._gate) is None:
            return plan(settings.route, snapshot.language, lambda patterns: False)
        offline, policy = settings.privacy.offline, gate.policy
        return plan(
            settings.route,
            snapshot.language,
            lambda patterns: policy.fits(uri, patterns),
            policy.verdict(uri),
            offline,
        )

    async def _may_send(self) -> None:
        """Waits until the rules that find secrets are loaded, which takes a moment; nothing else waits for them."""
        if self._gate is None or self._gate.redactor.is_ready:
            return
        if self._rules is None:
            self._rules = asyncio.ensure_future(asyncio.to_thread(self._gate.redactor.wait))
        await asyncio.shield(self._rules)

    def _planned_lanes(self, snapshot: Snapshot) -> list[Lane]:
        return [self._lanes[name] for name in self._plan(snapshot).engines]

    def _generate(self, lane: Lane, stream: Stream, explicit: bool = False, lead: Lead | None = None) -> None:
        """Generates at a stream's end, as far as the engine's speed and the place allow."""
        assert lane.info is not None
        allowed = budget(lane.info, explicit)
        tokens = allowed.block_tokens if stream.intent is Intent.BLOCK else allowed.line_tokens
        lane.generator.run(stream, tokens, lambda stream: stream.is_beaten or self._enough(lane, stream), lead)

    def _enough(self, lane: Lane, stream: Stream) -> bool:
        """Whether a stream holds the answer and, if it may run ahead, the line after it."""
        rest = stream.text[stream.offered :]
        begin = 0 if stream.offered else opening_length(rest, done=False)
        if begin is None:
            return False
        *whole, last = (bool(line.strip()) for line in rest[begin:].split("\n"))
        ahead = 1 if self._may_speculate(lane) else 0
        if stream.intent is Intent.BLOCK:
            # The line after the last that is wanted has to begin, to tell that the last one ended.
            return sum(whole) + last > self._settings.completion.max_lines + ahead
        return sum(whole) > ahead

    def _may_speculate(self, lane: Lane) -> bool:
        """Whether idle time may be used. What others compute is paid for, or is wanted by others: it isn't."""
        return lane.is_local and self._speculation.allowed(self._settings.local)

    def _afterwards(self, desk: Desk, run: Run, lane: Lane, stream: Stream | None, lanes: Sequence[Lane]) -> None:
        """After an answer: what the typist may want next is prepared in idle time."""
        assert stream is not None
        idle = not stream.running and stream.finish is None and lane.generator.active is None
        if idle and self._may_speculate(lane) and not self._enough(lane, stream):
            self._generate(lane, stream)
        self._prepare(desk, run.request.snapshot, run.request.cursor, lanes)

    def _prepare(self, desk: Desk, snapshot: Snapshot, cursor: Point, lanes: Sequence[Lane]) -> None:
        """Lets idle time make the place ready."""
        for lane in lanes:
            if not lane.is_local or self._may_speculate(lane):
                lane.warmer.want(desk.seat(lane.key), snapshot, cursor)

    def _desk(self, uri: str) -> Desk:
        return self._desks.setdefault(uri, Desk())
