"""Several ends of a line for a user who asked, from the first engine that can, or from all in a race."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from foretype.complete.budget import Rhythm, budget
from foretype.complete.candidates import Candidates, candidates
from foretype.complete.contest import NOTHING_TO_ADD, Contest
from foretype.complete.desk import Desk
from foretype.complete.entrant import Entrant
from foretype.complete.filters import Candidate
from foretype.complete.lanes import Lane
from foretype.complete.results import CompletionResult
from foretype.complete.run import Run
from foretype.config.endpoints import Policy
from foretype.engines.base import EngineInfo
from foretype.errors import ForetypeError
from foretype.syntax.languages import Languages


class Several(Contest):
    """The contest for several suggestions. Typing may follow any of them."""

    def __init__(
        self, run: Run, desk: Desk, lanes: Sequence[Lane], policy: Policy, rhythm: Rhythm, languages: Languages
    ) -> None:
        super().__init__(run, desk, lanes, policy, rhythm)
        self._languages = languages
        self._works: dict[Entrant, asyncio.Task[Candidates]] = {}

    async def result(self) -> CompletionResult:
        """The answer; what is still sought then is given up."""
        try:
            return await super().result()
        finally:
            for work in self._works.values():
                work.cancel()

    def begin(self, entrant: Entrant, info: EngineInfo) -> None:
        """Lets an engine look for lines."""
        lane = entrant.lane
        stream = self.placed(entrant, info)
        lane.generator.stop()
        tokens = budget(info, explicit=True).line_tokens
        work = asyncio.get_running_loop().create_task(
            candidates(lane.engine, info, self._languages, self.run, stream, tokens)
        )
        work.add_done_callback(lambda _: self.run.bell.ring())
        self._works[entrant] = work

    def follow(self, entrant: Entrant, now: float) -> None:
        """Looks whether an engine has found something."""
        work = self._works[entrant]
        if not work.done() or entrant.has_text:
            return
        try:
            found = work.result()
        except ForetypeError as error:
            self.fail(entrant, str(error))
            return
        self.heard(entrant)
        self.run.account(entrant, found.usage)
        if not found.kept:
            entrant.out = found.rejected or NOTHING_TO_ADD

    def chosen(self, now: float) -> CompletionResult | None:
        """What was found, once nobody else is worth waiting for; in a race the others have a moment more."""
        ready = [each for each in self.entrants if each.plays and each.has_text]
        ready.sort(key=lambda each: self.lanes.index(each.lane))
        if not ready:
            return None
        self.recheck = min(self.recheck, now + self.rhythm.soft_deadline)
        searching = any(each.plays and not each.has_text for each in self.entrants)
        if self.policy == "race" and searching and now < self.recheck:
            return None
        kept: dict[str, Candidate] = {}
        for each in ready:
            found = self._works[each].result()
            for candidate in found.kept:
                kept.setdefault(candidate.text, candidate)
            self.desk.streams.extend(reversed(found.streams))
        return self.run.offer(ready[0], list(kept.values()))
