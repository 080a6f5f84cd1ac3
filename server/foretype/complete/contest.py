"""One request among the engines of its plan: who is asked when, who is waited for, and what is said at the end.

No engine is waited for on the way to another, and who can't answer makes room for the next. What an answer is, and
whose shows, is for `growing.py` (one that grows) and `several.py` (several to choose from).
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from foretype.complete.budget import Rhythm, budget, share
from foretype.complete.desk import Desk
from foretype.complete.entrant import Entrant
from foretype.complete.generator import UNEXPECTED
from foretype.complete.lanes import Lane
from foretype.complete.ledger import since
from foretype.complete.results import CompletionResult
from foretype.complete.run import Run
from foretype.complete.stream import Stream
from foretype.config.endpoints import Policy
from foretype.engines.base import EngineInfo
from foretype.errors import ForetypeError
from foretype.syntax.cursor import Intent

OUTDATED = "the text has changed"
SUPERSEDED = "superseded by a newer request"
NOTHING_TO_ADD = "the model has nothing to add"
LATE = "it has not answered in time"
UNSURE = "it was not sure of its answer"
BLOCK = "a block was asked of another engine as well"
PATIENCE_SECONDS = 20.0
HEAD_START = 3
"""Turns of the event loop that the engine on this machine is ahead of the others."""

logger = logging.getLogger(__name__)


class Contest(ABC):
    """A request's way from the engines to its answer. ``entrants`` are those asked, in the order of preference.

    ``recheck`` is when to look again even if nothing happens, and ``patience`` when to give up.
    """

    def __init__(self, run: Run, desk: Desk, lanes: Sequence[Lane], policy: Policy, rhythm: Rhythm) -> None:
        self.run, self.desk = run, desk
        self.lanes, self.policy = lanes, policy
        self.entrants: list[Entrant] = []
        self.rhythm = rhythm
        self.recheck = math.inf
        self.patience = time.monotonic() + PATIENCE_SECONDS

    async def result(self) -> CompletionResult:
        """The answer."""
        run = self.run
        try:
            while not run.superseded:
                now = time.monotonic()
                for entrant in self.entrants:
                    self._look(entrant, now)
                if (result := self.chosen(now)) is not None:
                    return result
                self._admit(now)
                self._begin(now)
                if not any(each.plays for each in self.entrants):
                    return self.last_word()
                await run.bell.wait(self._pause(now))
            return run.nothing(SUPERSEDED)
        finally:
            for entrant in self.entrants:
                entrant.abandon()

    @abstractmethod
    def begin(self, entrant: Entrant, info: EngineInfo) -> None:
        """Asks an engine that is open."""

    @abstractmethod
    def follow(self, entrant: Entrant, now: float) -> None:
        """Looks at what an engine that was asked has brought."""

    @abstractmethod
    def chosen(self, now: float) -> CompletionResult | None:
        """The result, once there is one worth returning."""

    def last_word(self) -> CompletionResult:
        """The result when no engine can say more: the reason of one that could answer, if any could."""
        speaker = next((each for each in self.entrants if not each.failed), self.entrants[0])
        return self.run.nothing(speaker.out, speaker.lane.title)

    def placed(self, entrant: Entrant, info: EngineInfo) -> Stream:
        """A new stream for an entrant, with the anchor that its engine should have here."""
        begun = time.perf_counter()
        run, lane = self.run, entrant.lane
        snapshot, cursor = run.request.snapshot, run.request.cursor
        at = run.examine()
        allowed = budget(info, run.request.explicit)
        anchor = lane.warmer.anchor(self.desk.seat(lane.key), snapshot, cursor, info, allowed)
        stream = Stream.begin(run.key(lane.key), anchor, snapshot, cursor, at.intent)
        stream.prose = at.in_comment or at.in_docstring
        stream.due, stream.bell = entrant.due, run.bell
        entrant.source, entrant.base = "model", stream.usage
        entrant.prompt_ms = since(begun)
        return stream

    def is_held(self, entrant: Entrant) -> bool:
        """Whether an answer waits for a better one, which may yet come."""
        if not entrant.unsure or self.run.outdated:
            return False
        others = any(self._is_hopeful(each) for each in self.entrants if each is not entrant)
        return others or len(self.entrants) < len(self.lanes)

    def enter(self, lane: Lane, now: float) -> None:
        """Asks an engine, as soon as it is open."""
        entrant = Entrant(lane)
        self.entrants.append(entrant)
        self.open(entrant, now)

    def open(self, entrant: Entrant, now: float) -> None:
        """Opens an entrant's engine; what is asked is decided when that is done."""
        at = self.run.examine()
        if self.run.outdated or at.intent is Intent.NONE:
            entrant.out, entrant.said = OUTDATED if self.run.outdated else at.reason, True
            return
        entrant.stream = entrant.info = entrant.found = None
        entrant.has_text = entrant.is_late = entrant.unsure = False
        entrant.seen = (-1, False)
        entrant.due = now + self._share(entrant.lane)
        entrant.opening = asyncio.get_running_loop().create_task(self._opened(entrant))

    def fail(self, entrant: Entrant, reason: str) -> None:
        """An engine could not; others may."""
        entrant.out, entrant.failed = reason, True
        entrant.lane.trouble = reason
        self.run.skipped[entrant.lane.name] = reason

    def heard(self, entrant: Entrant) -> None:
        """An entrant has brought its first text."""
        entrant.has_text, entrant.is_late = True, False
        entrant.lane.late, entrant.lane.trouble = 0, ""
        self.run.skipped.pop(entrant.lane.name, None)

    def _begin(self, now: float) -> None:
        """Asks the engines that are open and whose time has come."""
        for entrant in self.entrants:
            if entrant.plays and entrant.begins is not None and now >= entrant.begins:
                assert entrant.info is not None
                entrant.begins = None
                if self.run.outdated:
                    entrant.out, entrant.said = OUTDATED, True
                else:
                    self.begin(entrant, entrant.info)

    def _look(self, entrant: Entrant, now: float) -> None:
        if entrant.plays and entrant.begins is None and entrant.info is not None:
            self.follow(entrant, now)
        if entrant.plays and not entrant.has_text and not entrant.is_late and now >= entrant.due:
            entrant.is_late = True
            entrant.lane.late += 1
            self.run.skipped[entrant.lane.name] = LATE

    def _admit(self, now: float) -> None:
        """Asks the engines that are wanted now and weren't asked yet, in a race the one on this machine first."""
        asked = [each.lane for each in self.entrants]
        for lane in sorted(self.lanes, key=lambda each: self.policy == "race" and not each.is_local):
            if lane not in asked and self.wants_another():
                self._tell_why()
                self.enter(lane, now)

    def wants_another(self) -> bool:
        """Whether the policy asks one engine more than those that were asked."""
        playing = [each for each in self.entrants if each.plays]
        if self.run.outdated and self.entrants:
            return False
        if not self.entrants or (playing and self.policy == "race"):
            return True
        if playing:
            return not any(map(self._is_hopeful, playing))
        if any(each.said for each in self.entrants):
            return False
        return self.policy == "local-first" or all(each.failed for each in self.entrants)

    def _is_hopeful(self, entrant: Entrant) -> bool:
        """Whether an engine is worth waiting for before another is asked."""
        return entrant.plays and not entrant.is_late and not self._is_weak(entrant)

    def _is_weak(self, entrant: Entrant) -> bool:
        """Whether another engine would do better than the one on this machine."""
        if self.policy != "local-first" or not entrant.lane.is_local:
            return False
        return entrant.unsure or self.run.examine().intent is Intent.BLOCK

    def _tell_why(self) -> None:
        """Notes why the answers so far are not enough."""
        for each in self.entrants:
            if self._is_weak(each):
                self.run.skipped.setdefault(each.lane.name, UNSURE if each.unsure else BLOCK)
            elif each.out:
                self.run.skipped.setdefault(each.lane.name, each.out)

    async def _opened(self, entrant: Entrant) -> None:
        begun = time.perf_counter()
        try:
            info = await entrant.lane.ask_info()
            if not entrant.lane.is_local:
                # Sending takes milliseconds of this process: what is asked on this machine is on its way before that.
                for _ in range(HEAD_START):
                    await asyncio.sleep(0)
        except ForetypeError as error:
            self.fail(entrant, str(error))
        except Exception:
            logger.exception("An engine failed unexpectedly.")
            self.fail(entrant, UNEXPECTED)
        else:
            entrant.queue_ms = since(begun)
            seconds = self._debounce(entrant.lane, info)
            entrant.debounce_ms = seconds * 1000
            entrant.begins = time.monotonic() + seconds
            entrant.due = entrant.begins + self._share(entrant.lane, info)
            entrant.info = info
        self.run.bell.ring()

    def _debounce(self, lane: Lane, info: EngineInfo) -> float:
        """Seconds to wait for the next key where it would most likely come before any answer, and cost what was begun.

        An engine in trouble is asked at once: most likely it fails at once.
        """
        return 0.0 if self.run.request.explicit or lane.trouble else self.rhythm.debounce(info)

    def _share(self, lane: Lane, info: EngineInfo | None = None) -> float:
        """Seconds that an engine has for its first text before others are asked."""
        if len(self.lanes) == 1:
            return math.inf
        if lane.is_often_late:
            return 0.0
        return share(len(self.lanes), self.run.request.explicit, self.rhythm.soft_deadline, info)

    def _pause(self, now: float) -> float | None:
        """Seconds until something is due; None for never."""
        times = [self.patience, self.recheck]
        for each in self.entrants:
            if each.plays:
                times += [each.due] if each.begins is None else [each.due, each.begins]
        coming = [moment for moment in times if moment > now]
        return min(coming) - now if coming and min(coming) < math.inf else None
