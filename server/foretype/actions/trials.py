"""Trying an edit out: the user's test command, and the examples that the file itself holds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foretype.actions import examples_runner
from foretype.actions.programs import Grounds, Programs, Refused
from foretype.actions.target import Target
from foretype.actions.verdict import Evidence

MOST_QUOTED = 200
EXAMPLE_SECONDS = 1.0
TESTS, EXAMPLES = "tests", "examples in the file"


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to try an edit: a command, and the exit code that says that there is nothing to try."""

    name: str
    command: tuple[str, ...]
    none: int | None = None


class Trials:
    """The trials of one action's target. Both execute code, and need what that needs."""

    def __init__(self, programs: Programs, grounds: Grounds, language: str, target: Target) -> None:
        self._programs = programs
        self._settings = grounds.settings
        self._name = target.name
        self._trials: list[Trial] = []
        if self._settings.test_command:
            self._trials.append(Trial(TESTS, self._settings.test_command))
        if language == "python" and target.kind == "function" and self._settings.allow_executing:
            runner = str(Path(examples_runner.__file__))
            command = (sys.executable, "-I", "-S", runner, "{file}", "{function}", str(EXAMPLE_SECONDS))
            self._trials.append(Trial(EXAMPLES, command, examples_runner.NONE))
        self._before: dict[str, bool] = {}
        self._why_not: dict[str, str] = {}
        self.only_tests = False
        """Whether examples that fail are no reason to refuse an edit: they may be wrong themselves."""

    async def begin(self, text: str) -> str | None:
        """How the text as it is fares: what fails, or None if all passes or nothing can be run."""
        failed = None
        for trial in list(self._trials):
            try:
                passed, told = await self._run(trial, text)
            except Refused as error:
                self._why_not[trial.name] = str(error)
                continue
            if passed is None:
                self._trials.remove(trial)
                continue
            self._before[trial.name] = passed
            failed = failed or (None if passed else told)
        return failed

    async def passes(self, text: str) -> bool:
        """Whether all that was run at the beginning passes with a text. Raises `Refused`."""
        for trial in self._run_before():
            passed, _ = await self._run(trial, text)
            if not passed and not (self.only_tests and trial.name == EXAMPLES):
                return False
        return True

    async def prove(self, text: str, evidence: Evidence) -> str:
        """Adds what the trials show; returns what the edit fails at."""
        if not self._settings.test_command:
            evidence.lacking.append("tests not run")
        for name, why in self._why_not.items():
            if name == TESTS or name in self._before:
                evidence.lacking.append(why)
        doubtful = False
        for trial in self._run_before():
            try:
                passed, told = await self._run(trial, text)
            except Refused as error:
                evidence.lacking.append(str(error))
                continue
            before = self._before[trial.name]
            if passed:
                evidence.facts.append(
                    f"{trial.name} pass, as before" if before else f"{trial.name} failed before, pass"
                )
                evidence.convincing = evidence.convincing or not before
            elif self.only_tests and trial.name == EXAMPLES:
                evidence.lacking.append(f"{EXAMPLES} still fail")
                doubtful = True
            else:
                return told
        if doubtful:
            evidence.convincing = False
        return ""

    async def probe(self, text: str) -> str | None:
        """What the probe command prints; None if there is none, or it fails."""
        command: Sequence[str] = self._settings.probe_command
        if not command:
            return None
        try:
            ran = await self._programs.test(command, text, self._name)
        except Refused:
            return None
        return ran.out if ran.code == 0 else None

    def _run_before(self) -> list[Trial]:
        return [trial for trial in self._trials if trial.name in self._before]

    async def _run(self, trial: Trial, text: str) -> tuple[bool | None, str]:
        """Whether it passes (None if there is nothing to try), and what was said last."""
        ran = await self._programs.test(trial.command, text, self._name)
        if ran.code is None:
            return False, f"the {trial.name} took too long"
        if ran.code == trial.none:
            return None, ""
        said = (ran.out.strip() or ran.err.strip()).splitlines()
        return ran.code == 0, said[-1][:MOST_QUOTED] if said else f"the {trial.name} fail"
