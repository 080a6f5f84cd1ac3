"""Where the programs are that prove an edit, and what the user lets them do."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foretype.actions import sandbox
from foretype.actions.checkers import FILE, Checker, Reach
from foretype.actions.overlay import Overlay, TooLarge
from foretype.config.actions import Actions

LONGEST_RUN = 30.0


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a proof may build on: the settings, whether the workspace is trusted, its folder and the document's file."""

    settings: Actions
    trusted: bool = False
    folder: Path | None = None
    file: Path | None = None


class Refused(Exception):
    """A program is not run, or could not do its work; the text says why, for the verdict."""


class Programs:
    """Runs the programs of one action, all of them before its deadline (a time of `time.monotonic`)."""

    def __init__(self, grounds: Grounds, deadline: float) -> None:
        self._grounds = grounds
        self._deadline = deadline
        self._overlay: Overlay | None = None
        self._home: Path | None = None
        self.words = ""

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._deadline - time.monotonic()

    async def check(self, checker: Checker, text: str) -> str:
        """What a checker says of the document with this text. Raises `Refused`."""
        self._allow(checker.name, checker.reach)
        command = self._command(checker.command, checker.reach)
        if checker.stdin and checker.reach is Reach.READS:
            folder, home = self._folder(), self._own_home()
            filled = _filled(command, str(self._grounds.file or "document"), home, "")
            ran = await self._run(checker.name, filled, folder, home, text, scrubbed=True)
        else:
            overlay = self._copied()
            overlay.write(text)
            inside = str(overlay.file.relative_to(overlay.tree))
            filled = _filled(command, inside, overlay.home, "")
            given = text if checker.stdin else None
            ran = await self._run(checker.name, filled, overlay.tree, overlay.home, given, scrubbed=True)
        if ran.code in checker.failed or ran.code is None or ran.code < 0 or ran.code >= 126:
            raise Refused(f"{checker.name} could not do its work")
        return f"{ran.out}\n{ran.err}"

    async def explain(self, checker: Checker, code: str) -> str:
        """What a checker teaches about one of its codes; empty if it doesn't."""
        if not checker.explain or not re.fullmatch(r"[\w-]+", code):
            return ""
        self._allow(checker.name, Reach.READS)
        command = [part.replace("{code}", code) for part in self._command(checker.explain, Reach.READS)]
        ran = await self._run(checker.name, command, self._own_home(), self._own_home(), None, scrubbed=True)
        return ran.out if ran.code == 0 else ""

    async def format(self, checker: Checker, text: str, line: int) -> str:
        """The document's text with the code on a line (counted from 1) laid out anew, or as it was."""
        if not checker.format:
            return text
        self._allow(checker.name, Reach.READS)
        command = [part.replace("{line}", str(line)) for part in self._command(checker.format, Reach.READS)]
        home = self._own_home()
        filled = _filled(command, str(self._grounds.file or "document"), home, "")
        ran = await self._run(checker.name, filled, self._folder(), home, text, scrubbed=True)
        return ran.out if ran.code == 0 and ran.out else text

    async def test(self, command: Sequence[str], text: str, function: str) -> sandbox.Ran:
        """How a command of the user's goes in a copy with this text. Raises `Refused`."""
        self._allow("tests", Reach.EXECUTES)
        overlay = self._copied()
        overlay.write(text)
        filled = _filled(self._command(command, Reach.EXECUTES), str(overlay.file), overlay.home, function)
        return await self._run("the test command", filled, overlay.tree, overlay.home, None, scrubbed=True)

    def close(self) -> None:
        """Removes all copies."""
        if self._overlay is not None:
            self._overlay.close()
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)

    def _allow(self, name: str, reach: Reach) -> None:
        if not self._grounds.trusted:
            raise Refused(f"{name} not run: the workspace isn't trusted")
        if reach is Reach.EXECUTES and not self._grounds.settings.allow_executing:
            raise Refused(f"{name} not run: actions.allow_executing is off")
        if self.left <= 0:
            raise Refused(f"{name} not run: no time left")

    async def _run(
        self, name: str, command: Sequence[str], folder: Path, home: Path, text: str | None, scrubbed: bool
    ) -> sandbox.Ran:
        walls = sandbox.walls(home.parent if self._overlay is not None and home == self._overlay.home else home)
        variables = sandbox.environment(home, scrubbed) | {"PYTHONDONTWRITEBYTECODE": "1"}
        self.words = walls.words
        seconds = min(self.left, LONGEST_RUN)
        try:
            return await sandbox.run((*walls.before, *command), folder, seconds, variables, text)
        except OSError as error:
            raise Refused(f"{name} does not start: {error.strerror}") from None

    def _command(self, command: Sequence[str], reach: Reach) -> list[str]:
        program = self._find(command[0], reach)
        if program is None:
            raise Refused(f"{command[0]} is not installed")
        return [program, *command[1:]]

    def _find(self, name: str, reach: Reach) -> str | None:
        """A program by name: never one of the workspace's own unless it may execute that."""
        if os.path.dirname(name):  # noqa: PTH120 (a name without a folder has to stay one)
            return name if Path(name).is_absolute() else None
        folder = self._grounds.folder
        inside = [folder / "node_modules" / ".bin", folder / ".venv" / "bin"] if folder is not None else []
        outside = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if Path(each).is_absolute()]
        safe = [each for each in outside if folder is None or not each.is_relative_to(folder)]
        places = [*(inside if reach is Reach.EXECUTES else ()), Path(sys.executable).parent, *safe]
        return shutil.which(name, path=os.pathsep.join(map(str, places)))

    def _folder(self) -> Path:
        file = self._grounds.file
        return self._grounds.folder or (file.parent if file is not None and file.parent.is_dir() else self._own_home())

    def _own_home(self) -> Path:
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix="foretype-home-"))
        return self._home

    def _copied(self) -> Overlay:
        folder, file = self._grounds.folder, self._grounds.file
        if folder is None or file is None or not file.is_relative_to(folder):
            raise Refused("not run: the document isn't in a workspace folder")
        if self._overlay is None:
            try:
                self._overlay = Overlay(folder, file.relative_to(folder))
            except (TooLarge, OSError) as error:
                raise Refused(f"not run: {error}") from None
        return self._overlay


def _filled(command: Sequence[str], file: str, home: Path, function: str) -> list[str]:
    return [part.replace(FILE, file).replace("{home}", str(home)).replace("{function}", function) for part in command]
