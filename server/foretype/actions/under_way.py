"""One action under way: what it works on, how it is proved, and what comes of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from foretype.actions import kinds
from foretype.actions.asking import Asker
from foretype.actions.bug_search import BugSearch
from foretype.actions.candidates import Candidate, Judged
from foretype.actions.catalog import Diagnostic
from foretype.actions.diff import minimal_edits
from foretype.actions.editing import Work, edit
from foretype.actions.needed_imports import Importer
from foretype.actions.programs import Grounds
from foretype.actions.prompts import Task
from foretype.actions.prove import Prover
from foretype.actions.repairing import repaired
from foretype.actions.repairs.rules import has_repair
from foretype.actions.results import Account, Outcome
from foretype.actions.target import Finder, Target
from foretype.actions.verdict import Standing, Verdict
from foretype.engines.base import Engine
from foretype.errors import ForetypeError
from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.text.positions import Point
from foretype.workspace.client import Workspace

LARGEST_TAIL = 25
"""Lines of a block after a statement that a fix may take along, as one that opens a file and closes it has to."""

LARGEST_CONTEXT = 36
"""Lines around a target that the model is shown: to read a line takes about as long as to write a word."""

LARGEST_TARGET = 200
"""Lines; a model that is asked to write more takes too long and forgets too much."""


class Impossible(ForetypeError):
    """An action that can't be carried out; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An action to carry out: an offer's ``data``, the document as it is, and what the proof may build on.

    ``instruction`` is the user's own words, for an action that takes some.
    """

    data: Mapping[str, object]
    snapshot: Snapshot
    grounds: Grounds
    instruction: str = ""


class UnderWay:
    """One action under way."""

    def __init__(
        self,
        wish: Wish,
        syntax: Syntax,
        engine: Engine | None,
        workspace: Workspace,
        deadline: float,
        tell: Callable[[str], None],
    ) -> None:
        self.wish = wish
        self.finder = Finder(syntax.languages, syntax.queries, wish.snapshot)
        self.asker = Asker(engine, deadline)
        self._syntax = syntax
        self._importer = Importer(self.finder, syntax.queries, wish.snapshot, wish.grounds, workspace)
        self._deadline = deadline
        self._tell = tell
        self._tried = 0
        data = wish.data
        self._start, self._end = (_point(wish.snapshot, data.get(name)) for name in ("start", "end"))
        given = data.get("diagnostics")
        self._diagnostics = [_diagnostic(wish.snapshot, each) for each in given] if isinstance(given, list) else []

    def account(self, milliseconds: float) -> Account:
        """What it took so far."""
        asker = self.asker
        usage = asker.usage
        return Account(
            milliseconds,
            asker.seconds * 1000,
            asker.answers,
            self._tried,
            usage.prefill_tokens,
            usage.decode_tokens,
        )

    def function(self) -> Target:
        """The function around the range. Raises `Impossible`."""
        found = self.finder.scope(self._start, self._end)
        if found is None:
            raise Impossible("The cursor is in no function that has a name.")
        return _not_too_large(found)

    async def repair(self) -> Outcome | None:
        """Makes the diagnostic go without a model, where its rule has a repair; None where it hasn't."""
        diagnostic = self._diagnostics[0] if len(self._diagnostics) == 1 else None
        language = self.wish.snapshot.language
        if diagnostic is None or not has_repair(language, diagnostic.source, diagnostic.code):
            return None
        target = self.finder.scope(diagnostic.start, diagnostic.end) or self.finder.lines(
            diagnostic.start, diagnostic.end
        )
        wanted = [(diagnostic.source, diagnostic.finding)]
        prover = Prover(self._syntax.languages, self.wish.grounds, self.wish.snapshot, target, wanted, self._deadline)
        try:
            await prover.prepare()
            found = await repaired(self.wish.snapshot, diagnostic, prover)
        finally:
            prover.programs.close()
        return None if found is None else self._outcome(found)

    async def fix(self) -> Outcome:
        """Makes the diagnostics go: first in the lines that they are about, then in the function around."""
        first = min(each.start for each in self._diagnostics) if self._diagnostics else self._start
        last = max(each.end for each in self._diagnostics) if self._diagnostics else self._end
        targets = self._around(first, last)
        wanted = [(each.source, each.finding) for each in self._diagnostics]
        judged: Judged | None = None
        for number, target in enumerate(targets):
            if number and await self.asker.seconds_for(target.text) > self._deadline - time.monotonic():
                break
            around = "" if target.kind == "function" else self._context(target)
            task = Task(_fix_instruction(self._diagnostics), _reports(self.wish.snapshot, self._diagnostics), around)
            prover = Prover(
                self._syntax.languages, self.wish.grounds, self.wish.snapshot, target, wanted, self._deadline
            )
            try:
                await prover.prepare()
                advice = await prover.advice()
                work = Work(
                    self.wish.snapshot, target, replace(task, advice=advice), prover, self._path, self._importer
                )
                left = max(1, self.wish.grounds.settings.candidates - self.asker.answers)
                answers = math.ceil(left / (len(targets) - number))
                found = await edit(work, self.asker, answers, self._tell)
            finally:
                prover.programs.close()
            if judged is None or found.verdict.standing is not Standing.FAILED:
                judged = found
            if judged.verdict.standing is not Standing.FAILED and not (
                prover.can_convince and judged.verdict.standing is Standing.UNPROVED
            ):
                break
        assert judged is not None
        return self._outcome(judged)

    async def find_bug(self) -> Outcome:
        """Finds what makes the tests fail; without tests, asks the model once."""
        target = self.function()
        task = Task(kinds.BUG.task)
        settings = self.wish.grounds.settings
        prover = Prover(self._syntax.languages, self.wish.grounds, self.wish.snapshot, target, (), self._deadline)
        try:
            await prover.prepare()
            if prover.tests_failed is None:
                if self.asker.engine is None:
                    raise Impossible("The tests don't fail or can't be run, and there is no model to ask.")
                work = Work(self.wish.snapshot, target, task, prover, self._path, self._importer)
                return self._outcome(await edit(work, self.asker, settings.candidates, self._tell))
            asker = self.asker if self.asker.engine is not None else None
            search = BugSearch(self.wish.snapshot, target, self.finder, prover, asker, self._path, self._tell)
            found = await search.run(task, settings.candidates, settings.small_edits == "auto")
            self._tried = search.tried
        finally:
            prover.programs.close()
        nothing = Verdict(Standing.FAILED, failure=f"no edit made the tests pass: {prover.tests_failed}")
        return self._outcome(found or Judged(Candidate(target.text, "", 0.0), nothing, target))

    async def rewrite(self, instruction: str, by_selection: bool = False, mark: bool = False) -> Outcome:
        """Rewrites the function or the selected lines."""
        target = self._selected() if by_selection else self.function()
        marked = None
        if mark:
            marked = (self._start.line - target.start.line, self._end.line - target.start.line)
        around = "" if target.kind == "function" else self._context(target)
        task = Task(instruction, around=around, marked=marked)
        prover = Prover(self._syntax.languages, self.wish.grounds, self.wish.snapshot, target, (), self._deadline)
        try:
            await prover.prepare()
            work = Work(self.wish.snapshot, target, task, prover, self._path, self._importer)
            return self._outcome(await edit(work, self.asker, self.wish.grounds.settings.candidates, self._tell))
        finally:
            prover.programs.close()

    def _selected(self) -> Target:
        """What an instruction is about: whole lines that are selected, else the function, else the statement."""
        if self._start.line != self._end.line:
            return _not_too_large(self.finder.lines(self._start, self._end))
        found = self.finder.scope(self._start, self._end) or self.finder.statement(self._start, self._end)
        return _not_too_large(found or self.finder.lines(self._start, self._end))

    def _around(self, first: Point, last: Point) -> list[Target]:
        """The targets to try for a range, the smallest first."""
        found = [self.finder.statement(first, last), self.finder.scope(first, last)]
        targets = [each for each in found if each is not None and each.size <= LARGEST_TARGET]
        tail = self.finder.tail(first, last)
        if tail is not None and tail.size <= LARGEST_TAIL:
            targets.append(tail)
        if not targets or targets[0].size > 2 * (last.line - first.line) + 3:
            targets.insert(0, self.finder.lines(first, last))
        unique = {(each.start, each.end): each for each in targets}
        return sorted(unique.values(), key=lambda each: each.size)[:3]

    def _context(self, target: Target) -> str:
        """The function around lines, or what stands near them."""
        around = self.finder.scope(target.start, target.end)
        if around is not None and around.size <= LARGEST_CONTEXT:
            return (around.indent + around.text).replace("\r\n", "\n")
        lines = self.wish.snapshot.lines
        first, last = target.lines
        return "".join(lines[max(0, first - LARGEST_CONTEXT // 3) : last + 1 + LARGEST_CONTEXT // 3]).replace(
            "\r\n", "\n"
        )

    @property
    def _path(self) -> str:
        grounds = self.wish.grounds
        if grounds.file is None:
            return ""
        inside = grounds.folder is not None and grounds.file.is_relative_to(grounds.folder)
        return grounds.file.relative_to(grounds.folder or Path()).as_posix() if inside else grounds.file.name

    def _outcome(self, judged: Judged) -> Outcome:
        target = judged.target
        failed = judged.verdict.standing is Standing.FAILED
        given = judged.candidate
        edits = () if failed else (*given.imports, *minimal_edits(target.start, target.text, given.code))
        return Outcome(self.wish.snapshot, edits, judged.verdict)


def _fix_instruction(diagnostics: list[Diagnostic]) -> str:
    what = "problem" if len(diagnostics) == 1 else f"{len(diagnostics)} problems"
    return (
        f"Change the code so that the reported {what} no longer exists. Do not silence the report with a comment. "
        "Keep the behaviour and change as little as possible."
    )


def _reports(snapshot: Snapshot, diagnostics: list[Diagnostic]) -> tuple[str, ...]:
    told = []
    for each in diagnostics:
        name = " ".join(part for part in (each.source, each.code) if part)
        line = snapshot.body(each.start.line).strip()
        told.append(f"{name}: {each.message}\nin the line: {line}".removeprefix(": "))
    return tuple(told)


def _not_too_large(target: Target) -> Target:
    if target.size > LARGEST_TARGET:
        raise Impossible(f"This has {target.size} lines; select up to {LARGEST_TARGET} to rewrite.")
    return target


def _point(snapshot: Snapshot, value: object) -> Point:
    match value:
        case [int(line), int(column)]:
            return snapshot.clamp(Point(line, column))
    return Point(0, 0)


def _diagnostic(snapshot: Snapshot, value: object) -> Diagnostic:
    given = value if isinstance(value, Mapping) else {}
    source, code, message = (str(given.get(name, "")) for name in ("source", "code", "message"))
    start, end = (_point(snapshot, given.get(name)) for name in ("start", "end"))
    return Diagnostic(source, code, message, start, end)
