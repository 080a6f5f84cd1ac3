"""An answer that grows: the streams of the engines asked, and whose text shows.

The first good answer shows. Another engine's may only extend what is shown; one that says otherwise is stopped. What
engines still write after the answer was given serves the next requests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from foretype.complete.budget import ASKED_SECONDS, Rhythm, budget
from foretype.complete.candidates import candidates
from foretype.complete.contest import NOTHING_TO_ADD, OUTDATED, Contest
from foretype.complete.desk import Desk
from foretype.complete.entrant import Entrant
from foretype.complete.generator import Lead
from foretype.complete.lanes import Lane
from foretype.complete.results import CompletionResult
from foretype.complete.run import Run, first_text
from foretype.complete.stream import Stream
from foretype.config.endpoints import Policy
from foretype.engines.base import EngineInfo, FinishReason
from foretype.syntax.cursor import Intent

OTHERWISE = "it says otherwise than what is shown"
LEAST_SURE = -1.0
"""A local answer whose tokens have a lower mean log-probability (less than 37 % each, so to say) is unsure."""

LEAST_TOKENS = 4
"""Fewer tokens say nothing of sureness."""

MOST_ASKED = 3
"""A service is asked so often at most for one answer: it is paid each time. A model here only goes on."""

Generate = Callable[[Lane, Stream, bool, Lead | None], None]
"""Lets an engine go on at a stream's end; whether the user asked, and what leads the text if it doesn't exist yet."""


class Growing(Contest):
    """The contest for one answer, told of as it grows where somebody listens."""

    def __init__(
        self, run: Run, desk: Desk, lanes: Sequence[Lane], policy: Policy, rhythm: Rhythm, generate: Generate
    ) -> None:
        super().__init__(run, desk, lanes, policy, rhythm)
        self._generate = generate
        self.winner: Entrant | None = None
        if run.on_update is None:
            # Who asks waits for the whole of it.
            self.recheck = run.soft_deadline + (ASKED_SECONDS if run.request.explicit else 0.0)

    def join(self) -> CompletionResult | None:
        """Takes up the streams that the text agrees with; the result, if they have had their say here."""
        run = self.run
        keys = {run.key(lane.key): lane for lane in self.lanes}
        for stream in self.desk.fitting(keys, run.request.snapshot, run.request.cursor):
            lane = keys[stream.key]
            if any(each.lane is lane for each in self.entrants):
                continue
            entrant = Entrant(lane, stream, "in-flight" if stream.running else "cache", stream.usage, stream.due)
            entrant.info = lane.info
            entrant.out = self._ended(stream)
            entrant.said = bool(entrant.out and stream.text.strip())
            stream.bell, stream.rival = run.bell, None
            self.entrants.append(entrant)
        if not self.entrants or any(each.plays for each in self.entrants) or self.wants_another():
            return None
        return run.nothing(self.entrants[0].out)

    def begin(self, entrant: Entrant, info: EngineInfo) -> None:
        """Starts a generation."""
        entrant.stream = self.placed(entrant, info)
        self.desk.streams.append(entrant.stream)
        explicit = self.run.request.explicit
        # Of an engine that keeps what it has read it costs little to ask twice.
        entrant.asked += 1
        leads = explicit and info.keeps_work and entrant.stream.intent is Intent.BLOCK
        self._generate(entrant.lane, entrant.stream, explicit, self._lead(entrant, info) if leads else None)

    def follow(self, entrant: Entrant, now: float) -> None:
        """Looks at a stream: what it offers, or why it is out."""
        stream = entrant.stream
        assert stream is not None
        stream.used = now
        rest = self.run.rest(stream)
        if rest is None:
            # The typist was ahead of it, and it went on otherwise.
            self.open(entrant, now)
            return
        if entrant.seen != (seen := (len(stream.text), stream.running)):
            entrant.seen = seen
            stream.offered = len(stream.text) - len(rest)
            entrant.found = self.run.result(entrant, stream, rest)
            entrant.unsure = self._is_unsure(entrant, stream)
        if rest and not entrant.has_text:
            self.heard(entrant)
        found = entrant.found
        if found is not None and not found.suggestions:
            entrant.out = found.rejected or NOTHING_TO_ADD
        elif found is None or not found.done:
            self._go_on(entrant, stream, now)

    def chosen(self, now: float) -> CompletionResult | None:
        """The first whole answer that agrees with what is shown, or what there is of one at the soft deadline."""
        run = self.run
        best: Entrant | None = None
        for each in self.entrants:
            found = each.found
            if not each.offers or found is None or self.is_held(each) or not self._agrees(each, found):
                continue
            if found.done:
                return self._given(each)
            if best is None or len(first_text(found)) > len(first_text(best.found)):
                best = each
        if best is None or best.found is None:
            return None
        if run.on_update is None:
            return self._given(best) if now >= self.recheck else None
        if run.update(best.found):
            for each in self.entrants:
                each.has_shown = each is best
        return None

    def last_word(self) -> CompletionResult:
        """What was shown stays; what an engine had begun before it failed is better than nothing."""
        if self.run.shown is not None:
            return self.run.kept()
        begun = next((each for each in self.entrants if each.offers), None)
        if begun is None or begun.found is None:
            return super().last_word()
        begun.found = replace(begun.found, done=True)
        return self._given(begun)

    def _lead(self, entrant: Entrant, info: EngineInfo) -> Lead:
        """What chooses a block's first line among several, before the rest is written."""
        run, desk = self.run, self.desk

        async def lead(stream: Stream) -> None:
            tokens = budget(info, run.request.explicit).line_tokens
            found = await candidates(entrant.lane.engine, info, run.syntax.languages, run, stream, tokens)
            if found.streams:
                stream.text, stream.usage = found.streams[0].text, found.usage
                entrant.others = found.kept[1:]
                desk.streams.extend(found.streams[1:])
                stream.wake()

        return lead

    def _ended(self, stream: Stream) -> str:
        """Why a known stream has nothing to say at the cursor's place, nor will have; empty if it may."""
        rest = self.run.rest(stream) or ""
        if rest.split("\n", 1)[0].strip() or (not rest and stream.finish is None):
            return ""
        if not rest:
            return NOTHING_TO_ADD
        at = self.run.examine()
        if at.intent is Intent.BLOCK:
            stream.intent = Intent.BLOCK
            return ""
        return "the line is complete" if at.intent is Intent.LINE else at.reason

    def _go_on(self, entrant: Entrant, stream: Stream, now: float) -> None:
        """Sees to a stream that has no whole answer yet."""
        if stream.error is not None:
            self.fail(entrant, stream.error)
        elif not stream.running:
            if self.run.outdated:
                entrant.out, entrant.said = OUTDATED, True
            elif stream.finish is not None or now > self.patience:
                entrant.out = NOTHING_TO_ADD
            elif self._is_spent(entrant):
                # What there is has to do.
                stream.finish, entrant.seen = FinishReason.LENGTH, (-1, False)
                self.run.bell.ring()
            else:
                entrant.asked += 1
                self._generate(entrant.lane, stream, False, None)

    def _is_spent(self, entrant: Entrant) -> bool:
        return not entrant.lane.is_local and entrant.asked >= MOST_ASKED

    def _is_unsure(self, entrant: Entrant, stream: Stream) -> bool:
        """Whether the local model's own probabilities say that another's answer is worth waiting for."""
        if self.policy != "local-first" or not entrant.lane.is_local or len(self.lanes) == 1:
            return False
        sure = stream.sureness
        return sure is not None and sure < LEAST_SURE and (stream.decoded >= LEAST_TOKENS or not stream.running)

    def _agrees(self, entrant: Entrant, found: CompletionResult) -> bool:
        """Whether an answer extends what is shown. One that can't any more is out, and its generation stopped."""
        shown, text = first_text(self.run.shown), first_text(found)
        if text.startswith(shown):
            return True
        if shown.startswith(text) and not found.done:
            return False
        if entrant.has_shown:
            entrant.found = self.run.kept()
            return True
        entrant.out = OTHERWISE
        if entrant.stream is not None:
            entrant.lane.generator.stop(entrant.stream)
        return False

    def _given(self, winner: Entrant) -> CompletionResult:
        """The winner's answer; the others may go on for the cache while they agree with it."""
        assert winner.found is not None and winner.stream is not None
        self.winner, self.desk.showing = winner, winner.stream
        request = self.run.request
        lines = first_text(winner.found).count("\n") + 1
        said = "\n".join((self.run.rest(winner.stream) or "").split("\n")[:lines])
        for each in self.entrants:
            stream = each.stream
            if each is winner or stream is None or not stream.running:
                continue
            stream.rival, stream.rival_at = said, stream.reach(request.snapshot, request.cursor)
            if stream.is_beaten:
                each.lane.generator.stop(stream)
        return winner.found
