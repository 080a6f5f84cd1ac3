"""The engines that routes may lead to, each with all that is kept for it: generator, contexts, warmer."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import msgspec

from foretype.complete.contexts import Contexts
from foretype.complete.generator import Generator
from foretype.complete.warmer import Warmer
from foretype.config.endpoints import LOCAL, named
from foretype.config.schema import Settings
from foretype.engines.base import Engine, EngineInfo
from foretype.syntax.languages import Languages
from foretype.workspace.client import Workspace

MakeEngine = Callable[[str, Settings], Engine]
"""Makes the engine of a name that a route has, by the settings; nothing is loaded or connected yet."""

MaySend = Callable[[], Awaitable[None]]
"""Waits until something can be sent to endpoints."""

OFTEN_LATE = 3

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Lane:
    """One engine and what works for it. ``title`` is for people; ``key`` is never used again for another engine.

    ``late`` counts the requests in a row for which its first text came too late for others to wait, and ``trouble`` is
    its last error, empty once it has worked again.
    """

    name: str
    title: str
    key: str
    engine: Engine
    generator: Generator
    contexts: Contexts
    warmer: Warmer
    may_send: MaySend
    late: int = 0
    trouble: str = ""
    info: EngineInfo | None = None

    @property
    def is_local(self) -> bool:
        """Whether nothing leaves the machine."""
        return self.name == LOCAL

    @property
    def is_often_late(self) -> bool:
        """Whether others are asked without waiting for it."""
        return self.late >= OFTEN_LATE

    async def ask_info(self) -> EngineInfo:
        """What is known of the engine, once it may be asked; remembered. Raises EngineError."""
        if not self.is_local:
            await self.may_send()
        self.info = await self.engine.info()
        return self.info

    async def aclose(self) -> None:
        """Ends what runs, and the engine."""
        await self.warmer.aclose()
        await self.generator.aclose()
        await self.engine.aclose()


class Lanes:
    """The lanes by name, in the order of the routes. They change when the settings of their engines do."""

    def __init__(self, make: MakeEngine, workspace: Workspace, languages: Languages, may_send: MaySend) -> None:
        self._make = make
        self._may_send = may_send
        self._workspace = workspace
        self._languages = languages
        self._lanes: dict[str, Lane] = {}
        self._recipes: dict[str, object] = {}
        self._numbers = itertools.count(1)
        self._closing: set[asyncio.Task[None]] = set()
        workspace.on_indexed = self._refresh

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes.values())

    def __getitem__(self, name: str) -> Lane:
        return self._lanes[name]

    def apply(self, settings: Settings) -> None:
        """Takes other settings: engines that they make otherwise are made anew, and the old ones end beside."""
        wanted = {name: _recipe(name, settings) for name in named(settings.route)}
        before, self._lanes = self._lanes, {}
        for name, recipe in wanted.items():
            kept = before.pop(name) if name in before and self._recipes[name] == recipe else None
            self._lanes[name] = kept or self._made(name, settings)
            self._lanes[name].contexts.enabled = settings.completion.context
        self._recipes = wanted
        for lane in before.values():
            task = asyncio.get_running_loop().create_task(lane.aclose())
            self._closing.add(task)
            task.add_done_callback(self._closed)

    async def aclose(self) -> None:
        """Ends all engines."""
        await asyncio.gather(*(lane.aclose() for lane in self), *self._closing)

    def _made(self, name: str, settings: Settings) -> Lane:
        engine = self._make(name, settings)
        generator = Generator(engine)
        contexts = Contexts(engine, generator, self._workspace, self._languages)
        warmer = Warmer(engine, generator, contexts)
        model = settings.model if name == LOCAL else settings.endpoints[name].model
        title, key = f"{name} ({model})" if model else name, f"{name} {next(self._numbers)}"
        return Lane(name, title, key, engine, generator, contexts, warmer, self._may_send)

    def _refresh(self) -> None:
        for lane in self:
            lane.warmer.refresh()

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.warning("An engine did not end as it should: %s", error)


def _recipe(name: str, settings: Settings) -> object:
    """What an engine is made by: with another, it has to be made anew."""
    if name != LOCAL:
        return settings.endpoints[name]
    return settings.model, msgspec.structs.replace(settings.local, speculate=True, speculate_on_battery=True)
