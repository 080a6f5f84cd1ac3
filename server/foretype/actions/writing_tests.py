"""Writes tests for a function into a new file, where the project keeps its tests."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from foretype.actions.answers import Unusable, code_of
from foretype.actions.asking import Asker
from foretype.actions.kinds import Kind
from foretype.actions.programs import Grounds
from foretype.actions.prompts import Task, conversation
from foretype.actions.results import NewFile, Outcome
from foretype.actions.target import Target
from foretype.actions.verdict import Standing, Verdict
from foretype.syntax.languages import Languages
from foretype.syntax.trees import whole_tree
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines

MOST_TOKENS = 700
_NAMES = {
    "python": "test_{stem}_{name}.py",
    "go": "{stem}_{name}_test.go",
    "javascript": "{stem}.{name}.test.js",
    "typescript": "{stem}.{name}.test.ts",
    "javascriptreact": "{stem}.{name}.test.jsx",
    "typescriptreact": "{stem}.{name}.test.tsx",
    "ruby": "{stem}_{name}_test.rb",
}
_FOLDERS = ("tests/unit", "tests", "test", "spec", "__tests__")
_BESIDE = frozenset({"go"})


async def write_tests(
    languages: Languages, snapshot: Snapshot, grounds: Grounds, target: Target, kind: Kind, asker: Asker
) -> Outcome:
    """A new file with tests; unproved, since nothing says what is right. Raises EngineError."""
    place = place_of_tests(snapshot.language, grounds, target.name)
    if place is None:
        return Outcome(snapshot, (), Verdict(Standing.FAILED, failure="it isn't known where tests go here"))
    file = grounds.file
    path = file.name if file is not None else ""
    task = Task(f"{kind.task} The file is {place.name}, it tests {path}.")
    chat = conversation(snapshot, target, task, path)
    answer = await asker.chat(chat, MOST_TOKENS, 0.0, 0, "")
    try:
        code = code_of(answer, chat.begun) + "\n"
    except Unusable as error:
        return Outcome(snapshot, (), Verdict(Standing.FAILED, failure=str(error)))
    tree = whole_tree(languages, snapshot.language, tuple(split_lines(code)))
    if tree is not None and tree.root.has_error:
        return Outcome(snapshot, (), Verdict(Standing.FAILED, failure="the tests do not parse"))
    verdict = Verdict(Standing.UNPROVED, ("parses",), ("tests not run",))
    return Outcome(snapshot, (), verdict, new_file=NewFile(str(place), code))


def place_of_tests(language: str, grounds: Grounds, name: str) -> Path | None:
    """A path that is free, in the folder that the project has for tests."""
    pattern, file, folder = _NAMES.get(language), grounds.file, grounds.folder
    if pattern is None or file is None or folder is None or not file.is_relative_to(folder):
        return None
    kept = file.parent
    if language not in _BESIDE:
        kept = next((folder / each for each in _FOLDERS if (folder / each).is_dir()), folder / "tests")
    plain = "".join(character for character in name if character.isalnum() or character == "_")
    wanted = kept / pattern.format(stem=PurePosixPath(file.name).stem, name=plain)
    free = (wanted, *(wanted.with_stem(f"{wanted.stem}_{number}") for number in range(2, 20)))
    return next((each for each in free if not each.exists()), None)
