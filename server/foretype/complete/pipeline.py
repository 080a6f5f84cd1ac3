"""The completion pipeline, one way: reuse, syntax, anchor, prompt, generation, stop rules, filters, result."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace

from foretype.complete import selected
from foretype.complete.budget import Budget, Rhythm, budget
from foretype.complete.candidates import Ways, begun_with, offered, ways
from foretype.complete.contexts import Contexts
from foretype.complete.desk import Desk
from foretype.complete.explain import History
from foretype.complete.generator import Generator
from foretype.complete.power import Speculation
from foretype.complete.results import CompletionRequest, CompletionResult
from foretype.complete.run import PATIENCE_SECONDS, OnUpdate, Run, since
from foretype.complete.stream import Stream
from foretype.complete.undone import undone
from foretype.complete.warmer import Warmer
from foretype.config.schema import Settings
from foretype.engines.base import Engine, EngineError, EngineInfo, Totals
from foretype.syntax.cursor import Intent, Syntax, SyntaxAt
from foretype.text.documents import Snapshot
from foretype.text.positions import Point
from foretype.workspace.client import Workspace

SUPERSEDED = "superseded by a newer request"


class Completer:
    """Completes documents with one engine. Every call to ``complete`` ends, the superseded ones without suggestions."""

    def __init__(self, engine: Engine, syntax: Syntax, settings: Settings, workspace: Workspace | None = None) -> None:
        self._engine = engine
        self._syntax = syntax
        self.workspace = workspace or Workspace()  # without one, the model sees nothing but the document
        self._generator = Generator(engine)
        self._contexts = Contexts(engine, self._generator, self.workspace, syntax.languages)
        self._warmer = Warmer(engine, self._generator, self._contexts)
        self.apply_settings(settings)
        self._desks: dict[str, Desk] = {}
        self._rhythm = Rhythm()
        self._speculation = Speculation()
        self._ahead: asyncio.Task[None] | None = None
        self._history = History()

    async def complete(self, request: CompletionRequest, on_update: OnUpdate | None = None) -> CompletionResult:
        """What to suggest at a cursor, or why nothing.

        ``on_update`` is told of each longer part of the first suggestion before the final one is returned; without
        it, the answer is what is there at the soft deadline. Cancelling ends the request; the generation lives on
        for a grace, so that the next request may join it.
        """
        if request.selected is not None:
            return await selected.complete(self.complete, request, on_update)
        now = time.monotonic()
        desk = self._desk(request.snapshot.uri)
        settings = self._settings
        desk.undone = undone(desk.undone, desk.seen, request.snapshot, request.cursor)
        desk.seen = request.snapshot
        run = Run(
            request=request,
            key=f"{settings.model}\0{settings.completion.max_lines}",
            engine=f"local ({settings.model})",
            max_lines=settings.completion.max_lines,
            ticket=desk.supersede(),
            soft_deadline=now + self._rhythm.soft_deadline,
            syntax=self._syntax,
            undone=desk.undone,
            on_update=on_update,
        )
        try:
            result = await self._answer(desk, run)
        except EngineError as error:
            result = run.nothing(str(error))
        except asyncio.CancelledError:
            if self._generator.active in desk.streams:
                self._generator.let_go(now)
            raise
        self._history.add(request.snapshot.uri, result)
        return result

    def opened(self, snapshot: Snapshot) -> None:
        """A document was opened; its beginning is read in idle time."""
        desk = self._desk(snapshot.uri)
        self.workspace.opened(snapshot)
        self._warmer.want(desk, snapshot, Point(0, 0))

    def changed(self, snapshot: Snapshot) -> None:
        """A document was changed; a generation that no longer agrees is stopped."""
        self._rhythm.key(time.monotonic())
        self.workspace.opened(snapshot)
        active = self._generator.active
        if active is not None and active.anchor.uri == snapshot.uri and not active.agrees(snapshot):
            self._generator.stop(active)

    def closed(self, uri: str) -> None:
        """A document was closed."""
        desk = self._desks.pop(uri, None)
        self._syntax.forget(uri)
        self.workspace.closed(uri)
        if desk is None:
            return
        desk.supersede().set()
        self._warmer.forget(desk)
        for stream in desk.streams:
            self._generator.stop(stream)

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

    def totals(self) -> Totals:
        """All the engine's work so far."""
        return self._engine.totals()

    def apply_settings(self, settings: Settings) -> None:
        """Takes new settings for the requests to come."""
        self._settings = settings
        self._contexts.enabled = settings.completion.context

    async def aclose(self) -> None:
        """Ends what runs, and the engine."""
        await self._warmer.aclose()
        await self._generator.aclose()
        await self.workspace.aclose()
        await self._engine.aclose()

    async def _answer(self, desk: Desk, run: Run) -> CompletionResult:
        request, settings = run.request, self._settings.completion
        if not settings.enabled:
            return run.nothing("suggestions are turned off")
        if request.snapshot.language in settings.disabled_languages:
            return run.nothing(f"suggestions are turned off for {request.snapshot.language}")
        while True:
            stream = None if request.explicit else self._known(desk, run)
            if stream is None:
                await asyncio.sleep(0)
                if run.superseded:
                    return run.nothing(SUPERSEDED)
                if (run.at or self._examine(run)).intent is Intent.NONE:
                    return run.nothing(run.reason)
                info = await self._loaded(run)
                await self._debounce(run, info)
                if run.superseded:
                    return run.nothing(SUPERSEDED)
                stream = self._begin(desk, run, info)
                if request.explicit and (stream.intent is Intent.LINE or info.keeps_work):
                    found = await self._several(desk, run, stream, info)
                    if found is None:
                        return run.nothing(SUPERSEDED)
                    if stream.intent is Intent.LINE:
                        return offered(found, run)
                    stream = begun_with(found, run, stream)
                desk.streams.append(stream)
                self._generate(stream, budget(info, request.explicit))
            elif not self._continues(run, stream):
                return run.nothing(run.reason)
            result = await self._follow(desk, run, stream)
            if result is not None:
                return result

    def _known(self, desk: Desk, run: Run) -> Stream | None:
        """A stream that the text typed so far agrees with."""
        stream = next(desk.fitting(run.key, run.request.snapshot, run.request.cursor), None)
        if stream is not None:
            run.join(stream, "in-flight" if stream.running else "cache")
        return stream

    def _continues(self, run: Run, stream: Stream) -> bool:
        """Whether a known stream has something to say at the cursor's place, or may yet have."""
        rest = run.rest(stream) or ""
        if rest.split("\n", 1)[0].strip() or (not rest and stream.finish is None):
            return True
        if not rest:
            run.reason = "the model has nothing to add"
            return False
        if (run.at or self._examine(run)).intent is Intent.BLOCK:
            stream.intent = Intent.BLOCK
            return True
        if run.at is not None and run.at.intent is Intent.LINE:
            run.reason = "the line is complete"
        return False

    def _examine(self, run: Run) -> SyntaxAt:
        begun = time.perf_counter()
        request = run.request
        run.at = self._syntax.at(request.snapshot, request.cursor, request.explicit)
        run.reason = run.at.reason
        run.ledger = replace(run.ledger, syntax_ms=since(begun))
        return run.at

    async def _loaded(self, run: Run) -> EngineInfo:
        begun = time.perf_counter()
        info = await self._engine.info()
        run.queue_ms = since(begun)
        return info

    async def _debounce(self, run: Run, info: EngineInfo) -> None:
        """Waits for the next key where it would most likely come before any answer, and cost what was begun."""
        seconds = 0.0 if run.request.explicit else self._rhythm.debounce(info)
        if seconds:
            run.ledger = replace(run.ledger, debounce_ms=seconds * 1000)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(run.ticket.wait(), seconds)

    def _begin(self, desk: Desk, run: Run, info: EngineInfo) -> Stream:
        begun = time.perf_counter()
        assert run.at is not None
        snapshot, cursor = run.request.snapshot, run.request.cursor
        allowed = budget(info, run.request.explicit)
        anchor = self._warmer.anchor(desk, snapshot, cursor, info, allowed)
        stream = Stream.begin(run.key, anchor, snapshot, cursor, run.at.intent)
        stream.prose = run.at.in_comment or run.at.in_docstring
        run.join(stream, "model")
        run.ledger = replace(run.ledger, prompt_ms=since(begun))
        return stream

    async def _several(self, desk: Desk, run: Run, stream: Stream, info: EngineInfo) -> Ways | None:
        """Ways to go on for a user who asked, of which typing may follow any; None if the request was superseded."""
        self._generator.stop()
        allowed = budget(info, explicit=True)
        found = await ways(self._engine, info, self._syntax.languages, run, stream, allowed.line_tokens)
        if found is not None:
            desk.streams.extend(way.stream for way in reversed(found.ways))
            if self._speculation.allowed(self._settings.local):
                self._warmer.want(desk, run.request.snapshot, run.request.cursor)
        return found

    def _generate(self, stream: Stream, allowed: Budget) -> None:
        tokens = allowed.block_tokens if stream.intent is Intent.BLOCK else allowed.line_tokens
        self._generator.run(stream, tokens, self._enough)

    def _enough(self, stream: Stream) -> bool:
        """Whether a stream holds the answer and, if it may run ahead, the line after it."""
        rest = stream.text[stream.offered :]
        lines = rest.lstrip("\n").count("\n")
        ahead = 1 if self._speculation.allowed(self._settings.local) else 0
        wanted = self._settings.completion.max_lines if stream.intent is Intent.BLOCK else 1
        return lines >= wanted + ahead

    async def _follow(self, desk: Desk, run: Run, stream: Stream) -> CompletionResult | None:
        """Waits for a stream until its text at the cursor is an answer; None once it disagrees with what was typed."""
        patience = time.monotonic() + PATIENCE_SECONDS
        while True:
            if run.superseded:
                return run.nothing(SUPERSEDED)
            stream.used = now = time.monotonic()
            rest = run.rest(stream)
            if rest is None:
                return None
            stream.offered = len(stream.text) - len(rest)
            result = run.result(stream, rest)
            if result is not None:
                if result.done or (run.on_update is None and now >= run.soft_deadline):
                    self._afterwards(desk, run, stream)
                    return result
                run.update(result)
            if stream.error is not None:
                return run.nothing(stream.error)
            if not stream.running:
                if stream.finish is not None or now > patience:
                    return run.nothing("the model has nothing to add")
                await self._resume(stream)
            await run.wait(stream, due=result is not None and run.on_update is None)

    async def _resume(self, stream: Stream) -> None:
        """Goes on with a stream that was stopped before it had an answer for here."""
        info = await self._engine.info()
        if not stream.running:
            self._generate(stream, budget(info))

    def _afterwards(self, desk: Desk, run: Run, stream: Stream) -> None:
        """After an answer: what the typist may want next is prepared in idle time."""
        if not self._speculation.allowed(self._settings.local):
            return
        if not stream.running and stream.finish is None and self._generator.active is None and not self._enough(stream):
            self._ahead = asyncio.create_task(self._resume(stream))
        self._warmer.want(desk, run.request.snapshot, run.request.cursor)

    def _desk(self, uri: str) -> Desk:
        return self._desks.setdefault(uri, Desk())
