"""Proves an edit, in order and within a time: it parses, names exist, what was found is gone, tests pass."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from foretype.actions.answers import leaves_out
from foretype.actions.checkers import NAMES, Checker, Finding, checker_for, example_in, findings, fresh, gone, silences
from foretype.actions.kept import Uses, deletes, doubts, uses
from foretype.actions.programs import Grounds, Programs, Refused
from foretype.actions.target import Target
from foretype.actions.trials import Trials
from foretype.actions.verdict import Evidence, Verdict
from foretype.syntax.languages import Languages
from foretype.syntax.trees import encode, whole_tree
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit, split_lines

if TYPE_CHECKING:
    import tree_sitter

MOST_QUOTED = 200
LEAVES_OUT = "it leaves out what was there"


class Prover:
    """Proves edits of one target, which were made for some diagnostics or for none."""

    def __init__(
        self,
        languages: Languages,
        grounds: Grounds,
        snapshot: Snapshot,
        target: Target,
        wanted: Sequence[tuple[str, Finding]],
        deadline: float,
    ) -> None:
        """``wanted`` are the diagnostics to be gone: who reported each, and what."""
        self.programs = Programs(grounds, deadline)
        self._languages = languages
        self._grounds = grounds
        self._snapshot = snapshot
        self._target = target
        self._wanted = list(wanted)
        self._errors = self._count_errors(snapshot.text)
        self._before: dict[str, tuple[Finding, ...]] = {}
        self._why_not: dict[str, str] = {}
        self.tests_failed: str | None = None
        """What tests or examples said of the text as it was; None if they passed or were not run."""
        self._lesson: str | None = None
        self._trials = Trials(self.programs, grounds, snapshot.language, target)

    async def prepare(self) -> None:
        """Looks at the text as it is: what the checkers find, how the tests go."""
        for checker in self._checkers():
            await self._look_before(checker)
        self.tests_failed = await self._trials.begin(self._snapshot.text)

    async def _look_before(self, checker: Checker) -> None:
        try:
            told = await self.programs.check(checker, self._snapshot.text)
            self._before[_id(checker)] = findings(checker, told, self._name)
        except Refused as error:
            self._why_not[_id(checker)] = str(error)

    @property
    def can_convince(self) -> bool:
        """Whether anything can be shown that the edit is made for: a finding gone, tests that failed."""
        reported = any(self._wanted_of(checker) and _id(checker) in self._before for checker in self._checkers())
        return reported or self.tests_failed is not None

    async def advice(self) -> str:
        """What the checkers' own explanations show as better code, for the first diagnostic that has one."""
        return example_in(await self._explained())

    async def _explained(self) -> str:
        """What a checker teaches about the first diagnostic that it knows."""
        if self._lesson is None:
            self._lesson = ""
            for source, finding in self._wanted:
                checker = checker_for(source, self._snapshot.language, self._grounds.settings.checkers)
                if checker is not None:
                    with contextlib.suppress(Refused):
                        self._lesson = await self.programs.explain(checker, finding.code)
                    break
        return self._lesson

    async def formatted(self, line: int) -> str | None:
        """The document's text with a line laid out anew by who reported the first diagnostic; None if it can't."""
        for source, _ in self._wanted[:1]:
            checker = checker_for(source, self._snapshot.language, self._grounds.settings.checkers)
            if checker is not None:
                with contextlib.suppress(Refused):
                    return await self.programs.format(checker, self._snapshot.text, line + 1)
        return None

    async def _about(self) -> str:
        """All that the checkers say of the diagnostics."""
        return "\n".join([*(finding.message for _, finding in self._wanted), await self._explained()])

    async def _doubts(self, text: str, code: str, imports: Sequence[Edit]) -> list[str]:
        """What an edit that was made for diagnostics may have changed besides."""
        uses = self._uses(text, code, imports) if self._wanted else None
        return doubts(*uses, self._target.text, await self._about()) if uses is not None else []

    async def _deleted(self, text: str) -> str:
        """What speaks against an edit that leaves nothing of the target."""
        uses = self._uses(text, "")
        gone = deletes(*uses, await self._about()) if uses is not None else ""
        return f"it deletes code that does something: {gone}" if gone else ""

    def _uses(self, text: str, code: str, imports: Sequence[Edit] = ()) -> tuple[Uses, Uses] | None:
        """What the target has in it, and what it has after an edit."""
        trees = [
            whole_tree(self._languages, self._snapshot.language, tuple(split_lines(each)))
            for each in (self._snapshot.text, text)
        ]
        before, after = trees
        if before is None or after is None:
            return None
        start, stop = before.byte_at(self._target.start), before.byte_at(self._target.end)
        earlier = [each.text for each in imports if each.start < self._target.start]
        moved = start + sum(len(encode((each,))) for each in earlier)
        return uses(before, start, stop), uses(after, moved, moved + len(encode((code,))))

    async def prove(
        self,
        text: str,
        code: str,
        target: Target | None = None,
        taken: str | None = None,
        imports: Sequence[Edit] = (),
    ) -> Verdict:
        """What can be shown of the document's text after an edit; ``code`` is what the target became.

        ``target`` is another one than the prover's own. ``taken`` is for an edit whose meaning is known: what it takes
        for granted, perhaps nothing. ``imports`` are in the text besides.
        """
        evidence = Evidence()
        if failure := self._refuted(text, code, target or self._target):
            return evidence.failed(failure)
        if not code and self._wanted and (failure := await self._deleted(text)):
            return evidence.failed(failure)
        if self._errors is None:
            evidence.lacking.append("not parsed: there is no grammar for it")
        else:
            evidence.facts.append("parses")
        for checker in self._checkers():
            if failure := await self._checked(checker, text, evidence):
                return evidence.failed(failure)
        for source, _ in self._wanted:
            if source and checker_for(source, self._snapshot.language, self._grounds.settings.checkers) is None:
                evidence.lacking.append(f"no checker known for {source}")
        if failure := await self._trials.prove(text, evidence):
            return evidence.failed(failure)
        evidence.facts += [f"adds `{each.text.strip()}`" for each in imports]
        doubts = ([f"if {taken}"] if taken else []) if taken is not None else await self._doubts(text, code, imports)
        if doubts:
            evidence.lacking += doubts
            evidence.convincing = False
        if self.programs.words and (evidence.facts != ["parses"]):
            evidence.lacking.append(f"programs {self.programs.words}")
        return evidence.verdict()

    async def passes(self, text: str) -> bool:
        """Whether tests and examples pass with a text. Raises `Refused`."""
        return await self._trials.passes(text)

    async def probe(self, text: str) -> str | None:
        """What the probe command prints for a text; None if there is no such command or it fails."""
        return await self._trials.probe(text)

    def parses(self, text: str) -> bool:
        """Whether a text has no more syntax errors than the document has."""
        errors = self._count_errors(text)
        return errors is None or self._errors is None or errors <= self._errors

    @property
    def _name(self) -> str:
        file = self._grounds.file
        return file.name if file is not None else "document"

    def _checkers(self) -> list[Checker]:
        """The checkers that reported what is to be gone, and the language's own look for undefined names."""
        settings = self._grounds.settings
        found: dict[str, Checker] = {}
        for source, _ in self._wanted:
            checker = checker_for(source, self._snapshot.language, settings.checkers)
            if checker is not None:
                found[_id(checker)] = checker
        names = NAMES.get(self._snapshot.language)
        if names is not None:
            found[_id(names)] = names
        return list(found.values())

    def _refuted(self, text: str, code: str, target: Target) -> str:
        """What is wrong with an edit that needs no program to see."""
        if not self.parses(text):
            return "it has a new syntax error"
        if silences(target.text, code):
            return "it silences the checker"
        if leaves_out(target.text, code):
            return LEAVES_OUT
        if target.kind != "lines" and target.name and target.name not in code:
            return f"{target.name} is no longer there"
        return ""

    async def _checked(self, checker: Checker, text: str, evidence: Evidence) -> str:
        """Adds what a checker shows; returns what the edit fails at."""
        only_names = checker in NAMES.values()
        if _id(checker) not in self._before:
            evidence.lacking.append(self._why_not.get(_id(checker), f"{checker.name} not run"))
            return ""
        before = self._before[_id(checker)]
        try:
            after = findings(checker, await self.programs.check(checker, text), self._name)
        except Refused as error:
            evidence.lacking.append(str(error))
            return ""
        new = fresh(before, after)
        if new:
            first = new[0]
            return f"{checker.name} {first.code} is new: {first.message}"[:MOST_QUOTED]
        if only_names:
            evidence.facts.append("no undefined names")
            return ""
        for wanted in self._wanted_of(checker):
            known = _like(before, wanted)
            if known is None:
                evidence.lacking.append(f"{checker.name} does not report {wanted.code} itself")
            elif not gone(before, after, known):
                return f"{checker.name} {wanted.code} is still there"
            else:
                evidence.facts.insert(0, f"{checker.name} {wanted.code} gone".replace("  ", " "))
                evidence.convincing = True
        evidence.facts.append("no new findings")
        return ""

    def _wanted_of(self, checker: Checker) -> list[Finding]:
        known = set(checker.sources)
        return [finding for source, finding in self._wanted if source.lower() in known]

    def _count_errors(self, text: str) -> int | None:
        tree = whole_tree(self._languages, self._snapshot.language, tuple(split_lines(text)))
        return None if tree is None else sum(1 for _ in _broken(tree.root))


def _broken(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    if node.is_error or node.is_missing:
        yield node
    elif node.has_error:
        for child in node.children:
            yield from _broken(child)


def _like(before: Sequence[Finding], wanted: Finding) -> Finding | None:
    """The checker's own finding for a diagnostic: of the same code, best with the same message, nearest to its line."""
    code = wanted.code.removeprefix("TS")  # editors leave out what tsc's own output has, or don't
    same = [each for each in before if each.code == code or (not code and each.message == wanted.message)]
    return min(same, key=lambda each: (each.key[1] != wanted.key[1], abs(each.line - wanted.line)), default=None)


def _id(checker: Checker) -> str:
    return " ".join(checker.command)
