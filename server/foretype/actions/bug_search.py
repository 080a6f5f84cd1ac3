"""Searches for a function's bug where a test command fails: small edits, the model's answers, lines filled anew."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace

from foretype.actions.answers import Unusable, code_of, reindented
from foretype.actions.asking import Asker
from foretype.actions.candidates import Candidate, Judged, candidate, text_with
from foretype.actions.programs import Refused
from foretype.actions.prompts import ANSWER_GRAMMAR, Attempt, Task, conversation
from foretype.actions.prove import Prover
from foretype.actions.small_edits import small_edits
from foretype.actions.target import Finder, Target
from foretype.actions.verdict import Standing, Verdict
from foretype.prompt.hole import Hole
from foretype.text.documents import Snapshot

TEMPERATURES = (0.0, 0.5, 0.8, 0.8, 1.0, 1.0)
LINE_TOKENS = 48
SMALL_EDITS_SHARE = 0.6
"""So much of the time may go to small edits before the model is asked."""
KEPT_SHARE = 0.12
"""So much of the time is kept for the proof of what was found."""
MOST_ARBITERS = 2
"""Answers of the model that may tell which of several edits that pass is meant."""


FAILED, BEYOND = "!", "~"
"""What a line of the probe begins with for an input that fails, and for one that need not work."""


@dataclass(slots=True)
class Passing:
    """Candidates that pass the tests and behave alike beyond them, as far as the probe shows."""

    members: list[Candidate] = field(default_factory=list)

    @property
    def weight(self) -> float:
        """The larger, the likelier: unlikely edits count little, and what the model says counts as much as two."""
        return sum(math.pow(2.0, -each.cost) for each in self.members)

    @property
    def best(self) -> Candidate:
        """The likeliest member."""
        return min(self.members, key=lambda each: each.cost)


class BugSearch:
    """One search, in one function of one snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        target: Target,
        finder: Finder,
        prover: Prover,
        asker: Asker | None,
        path: str,
        tell: Callable[[str], None],
    ) -> None:
        """``asker`` is None where there is no model to ask; ``tell`` hears what is being done."""
        self._snapshot = snapshot
        self._target = target
        self._finder = finder
        self._prover = prover
        self._asker = asker
        self._path = path
        self._tell = tell
        self._groups: dict[str, Passing] = {}
        self._seen: set[str] = {target.text}
        self._kept = 0.0
        self.tried = 0

    async def run(self, task: Task, answers: int, use_small_edits: bool) -> Judged | None:
        """The candidate to offer, with its verdict; None if none passes the tests."""
        whole = self._prover.programs.left
        self._kept = whole * KEPT_SHARE
        if use_small_edits:
            self._tell("Trying small edits")
            await self._try_all(self._small(), whole * (1 - SMALL_EDITS_SHARE))
        if self._asker is not None and len(self._groups) != 1:
            await self._ask(self._asker, task, answers)
        return await self._choose()

    async def _ask(self, asker: Asker, task: Task, answers: int) -> None:
        """The model's answers, until one is found where there was none, or one that agrees with one there is."""
        had = len(self._groups)
        async for given in self._answers(asker, task, min(answers, MOST_ARBITERS) if had else answers):
            key = await self._try(given)
            if key is not None and (had == 0 or len(self._groups[key].members) > 1):
                return
        if had:
            return
        self._tell("Filling lines")
        async for given in self._filled(asker):
            if await self._try(given) is not None:
                return

    async def _choose(self) -> Judged | None:
        groups = sorted(self._groups.values(), key=lambda group: group.weight, reverse=True)
        for group in groups:
            chosen = group.best
            verdict = await self._prover.prove(text_with(self._snapshot, self._target, chosen.code), chosen.code)
            if verdict.standing is Standing.FAILED:
                continue
            doubt = ""
            if len(groups) > 1:
                doubt = f"{len(groups)} different edits pass the tests"
            elif values := _new_values(self._target.text, chosen.code):
                doubt = f"it names {values}, which may be made for the tests"
            elif await self._breaks(chosen):
                doubt = "it fails on inputs on which the code did not before"
            if doubt and verdict.standing is Standing.PROVED:
                verdict = Verdict(Standing.UNPROVED, verdict.facts, (*verdict.lacking, doubt))
            return Judged(chosen, verdict, self._target)
        return None

    async def _breaks(self, chosen: Candidate) -> bool:
        """Whether the code as it was could do something that a candidate can't, as far as the probe shows."""
        before = await self._prover.probe(self._snapshot.text)
        after = await self._prover.probe(text_with(self._snapshot, self._target, chosen.code))
        return before is not None and after is not None and bool(_worked(before) - _worked(after) & _tried(after))

    async def _try_all(self, candidates: Iterator[Candidate], until: float) -> None:
        """Tries candidates while there is more than ``until`` seconds left."""
        for each in candidates:
            if self._prover.programs.left <= until:
                return
            await self._try(each)

    async def _try(self, given: Candidate) -> str | None:
        """The group that a candidate belongs to; None if it fails, or was tried before."""
        if given.code in self._seen:
            self._confirm(given)
            return None
        self._seen.add(given.code)
        text = text_with(self._snapshot, self._target, given.code)
        if not self._prover.parses(text):
            return None
        self.tried += 1
        try:
            if not await self._prover.passes(text):
                return None
        except Refused:
            return None
        key = _compared(await self._prover.probe(text) or "")
        self._groups.setdefault(key, Passing()).members.append(given)
        return key

    def _confirm(self, given: Candidate) -> None:
        """A candidate that was found by other means as well is likelier."""
        for group in self._groups.values():
            group.members = [
                replace(each, cost=each.cost - 1.0) if each.code == given.code else each for each in group.members
            ]

    def _small(self) -> Iterator[Candidate]:
        node = self._finder.function_node(self._target)
        tree = self._finder.tree
        if node is None or tree is None:
            return
        for edit in small_edits(tree.source, node):
            data = tree.source[node.start_byte : edit.start] + edit.text + tree.source[edit.end : node.end_byte]
            yield Candidate(data.decode("utf-8", "surrogatepass"), "a small edit", edit.cost)

    async def _answers(self, asker: Asker, task: Task, most: int) -> AsyncIterator[Candidate]:
        failed: list[Attempt] = []
        for number in range(most):
            if self._prover.programs.left <= self._kept:
                return
            self._tell(f"Asking the model, answer {number + 1}")
            chat = conversation(self._snapshot, self._target, task, self._path, failed)
            tokens = 64 + len(self._target.text) // 2
            temperature = TEMPERATURES[min(number, len(TEMPERATURES) - 1)]
            answer = await asker.chat(chat, tokens, temperature, number, ANSWER_GRAMMAR)
            if asker.cut_off:
                continue
            try:
                code = reindented(
                    code_of(answer, chat.begun), self._target.indent, self._snapshot.lines, self._target.start.line
                )
            except Unusable:
                continue
            yield candidate(self._snapshot, self._target, code, "the model", 1.0)

    async def _filled(self, asker: Asker) -> AsyncIterator[Candidate]:
        """The function with one line filled by the model, or with one more line."""
        lines = self._target.text.split("\n")
        for temperature in (0.0, 0.7):
            for number in range(1, len(lines)):
                if not lines[number].strip():
                    continue
                for first, last in ((number, number + 1), (number + 1, number + 1)):
                    if self._prover.programs.left <= self._kept:
                        return
                    code = await self._fill(asker, lines, first, last, temperature)
                    if code is not None:
                        yield Candidate(code, "a filled line", 1.5)

    async def _fill(self, asker: Asker, lines: list[str], first: int, last: int, temperature: float) -> str | None:
        """The code with lines ``first`` to ``last`` (not included) replaced by one that the model writes."""
        like = lines[first] if last > first else lines[first - 1]
        indent = like[: len(like) - len(like.lstrip(" \t"))]
        before = "\n".join(lines[:first]) + f"\n{indent}"
        after = "\n".join(["", *lines[last:]])
        text = text_with(self._snapshot, self._target, f"{before}\0{after}").replace("\r\n", "\n")
        prefix, _, suffix = text.partition("\0")
        hole = Hole(prefix, suffix, "", path=self._path, uri=self._snapshot.uri, language=self._snapshot.language)
        line = await asker.fill(hole, LINE_TOKENS, temperature, first)
        if not line.strip():
            return None
        ending = "\r" if like.endswith("\r") else ""
        return f"{before}{line.rstrip()}{ending}{after}"


_VALUE = re.compile(r"""(?<![\w.])\d{2,}\b|"[^"\n]{2,}"|'[^'\n]{2,}'""")


def _new_values(before: str, after: str) -> str:
    """Literal values that an edit brings in, but for small numbers and single characters: perhaps the tests' own."""
    known = set(_VALUE.findall(before))
    return ", ".join(dict.fromkeys(each for each in _VALUE.findall(after) if each not in known))[:60]


def _compared(told: str) -> str:
    """The lines of a probe that say what has to be the same: not those of inputs beyond what is meant to work."""
    return "\n".join(line for line in told.splitlines() if not line.startswith(BEYOND))


def _tried(told: str) -> set[str]:
    """The inputs of a probe: the first word of each line."""
    return {line.lstrip(FAILED + BEYOND).split(" ", 1)[0] for line in told.splitlines()}


def _worked(told: str) -> set[str]:
    """The inputs of a probe on which nothing failed."""
    return _tried("\n".join(line for line in told.splitlines() if FAILED not in line[:2]))
