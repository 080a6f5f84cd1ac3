"""Adds the import of a name that the workspace defines: no model, and nothing to choose when only one file does."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Sequence
from pathlib import PurePath

from foretype.actions.programs import Grounds
from foretype.actions.prove import Prover
from foretype.actions.results import Outcome
from foretype.actions.target import Finder, Target
from foretype.actions.verdict import Standing, Verdict
from foretype.syntax.outline import imports
from foretype.syntax.queries import Queries
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit, split_lines
from foretype.text.positions import Point
from foretype.workspace.client import Workspace

_SCRIPT = frozenset({"javascript", "typescript", "javascriptreact", "typescriptreact", "tsx"})
_ROOTS = frozenset({"src", "lib", "server", "source", "python"})
_ENDINGS = re.compile(r"(?:\.d)?\.(?:[cm]?[jt]sx?|py|go)\Z")


async def imported(
    finder: Finder, queries: Queries, snapshot: Snapshot, grounds: Grounds, name: str, workspace: Workspace
) -> Outcome:
    """The edit that imports a name, proved as far as syntax goes; FAILED if it isn't clear where from."""
    files = await workspace.defining(snapshot, name)
    if grounds.file is None or not files:
        return _failed(snapshot, f"no file of the workspace defines {name}")
    folder = grounds.folder.as_posix() if grounds.folder is not None else ""
    lines = {statement(snapshot, grounds.file, path, module, name, folder) for path, module in files} - {""}
    if len(lines) != 1:
        return _failed(snapshot, f"{len(lines)} modules define {name}" if lines else f"{name} can't be imported here")
    edit = insertion(finder, queries, snapshot, lines.pop())
    text = list(snapshot.lines)
    text[edit.start.line] = edit.text + text[edit.start.line]
    prover = Prover(finder.languages, grounds, snapshot, _nothing(edit.start), (), float("inf"))
    if not prover.parses("".join(text)):
        return _failed(snapshot, "the import does not parse")
    only = f"{name} is defined in one place of the workspace"
    return Outcome(snapshot, (edit,), Verdict(Standing.PROVED, (only, "parses"), ("tests not run",)))


def statement(snapshot: Snapshot, here: PurePath, path: str, module: str, name: str, folder: str) -> str:
    """The line that imports a name from a file; empty where that can't be said. ``module`` is Go's own module path."""
    if snapshot.language == "python":
        return f"from {_python_module(here.as_posix(), path, folder)} import {name}"
    if snapshot.language in _SCRIPT:
        relative = _ENDINGS.sub("", os.path.relpath(path, here.parent.as_posix()).replace(os.sep, "/"))
        relative = relative.removesuffix("/index")
        source = relative if relative.startswith(".") else f"./{relative}"
        quote, end = _habits(snapshot)
        return f"import {{ {name} }} from {quote}{source}{quote}{end}"
    if snapshot.language == "go" and module:
        return f'import "{module}"'
    return ""


def insertion(finder: Finder, queries: Queries, snapshot: Snapshot, line: str) -> Edit:
    """The line put after the imports that there are, else after what a file begins with."""
    tree = finder.tree
    known = imports(tree, queries) if tree is not None else ()
    top = [each for each in known if snapshot.lines[each.lines[0]][:1] not in (" ", "\t")]
    at = max((each.lines[1] + 1 for each in top), default=_after_heading(snapshot.lines))
    ending = next((text[len(text.rstrip("\r\n")) :] for text in snapshot.lines if text.endswith(("\n", "\r"))), "\n")
    at = min(at, len(snapshot.lines) - 1)
    lead = "" if at == 0 or snapshot.lines[at - 1].endswith(("\n", "\r")) else ending
    place = Point(at, 0)
    return Edit(place, place, f"{lead}{line}{ending}")


def _after_heading(lines: Sequence[str]) -> int:
    """The line after a shebang, comments, a module's docstring, Go's package clause, a directive."""
    at = 0
    text = "".join(lines)
    heading = re.match(r'(?:(?:#[^\n]*|//[^\n]*|\s*|package \w+|"use \w+";?|\'use \w+\';?)\r?\n)*', text)
    if heading:
        at = len(split_lines(heading.group())) - 1
    docstring = re.match(r'[rRuU]?("""|\'\'\')(?:.|\n)*?\1[^\n]*\n', "".join(lines[at:]))
    return at + (len(split_lines(docstring.group())) - 1 if docstring else 0)


def _python_module(here: str, path: str, folder: str) -> str:
    """A module's dotted name: below the workspace folder, without a folder that only holds sources."""
    stem = _ENDINGS.sub("", path)
    beside = posixpath.dirname(path) == posixpath.dirname(here)
    inside = bool(folder) and stem.startswith(f"{folder}/")
    parts = stem[len(folder) + 1 :].split("/") if inside else [posixpath.basename(stem)]
    if beside and not os.path.exists(posixpath.join(posixpath.dirname(path), "__init__.py")):  # noqa: PTH110
        parts = parts[-1:]
    if len(parts) > 1 and parts[0] in _ROOTS:
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _habits(snapshot: Snapshot) -> tuple[str, str]:
    """The quote and the end that the file's imports have."""
    known = [line.rstrip() for line in snapshot.lines if re.match(r"import\b.*['\"];?\s*\Z", line)]
    like = known[-1] if known else "import ';"
    return ("'" if "'" in like else '"'), (";" if like.endswith(";") else "")


def _nothing(place: Point) -> Target:
    return Target("lines", "", place, place, "", "")


def _failed(snapshot: Snapshot, why: str) -> Outcome:
    return Outcome(snapshot, (), Verdict(Standing.FAILED, failure=why))
