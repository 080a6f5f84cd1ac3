"""What a model is shown for a cursor in a workspace.

A case in ``context/*.txt`` begins with ``=== what it shows`` (then, if need be, ``| window: 3-9``: the lines that the
prompt shows anyway, counted from 1), holds files below ``--- their/path``, one of them with the cursor at ``$0``, and
what is wanted for it below ``--- > why their/path``. A line that ends in ``×12`` stands there twelve times.
``FORETYPE_UPDATE_GOLDEN=1`` rewrites what is wanted.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from foretype.context.index import SymbolIndex
from foretype.context.outline import Outline, outline_of
from foretype.context.related import OpenFile, Question, gather
from foretype.syntax.languages import Languages
from foretype.syntax.outline import Symbol, imports, symbols
from foretype.syntax.queries import Queries
from foretype.syntax.trees import whole_tree
from foretype.text.edits import split_lines

FOLDER = Path(__file__).parent / "context"
UPDATE = bool(os.environ.get("FORETYPE_UPDATE_GOLDEN"))
PATHS = sorted(FOLDER.glob("*.txt"))


@dataclass(frozen=True, slots=True)
class Case:
    """A workspace with a cursor, as it is written, and what is wanted."""

    header: str
    files: str
    wanted: str


def read_cases(path: Path) -> list[Case]:
    parts = re.split(r"^=== (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not parts[0].strip(), f"{path.name} must begin with a case"
    cases = []
    for header, body in zip(parts[1::2], parts[2::2], strict=True):
        start = body.find("--- > ")
        cases.append(Case(header, body[:start] if start >= 0 else body, body[start:] if start >= 0 else ""))
    return cases


class Workbench:
    """The grammars, loaded once."""

    def __init__(self) -> None:
        self.languages = Languages()
        self._queries = Queries(self.languages)

    def outlined(self, path: str, text: str) -> tuple[tuple[str, ...], Outline, tuple[Symbol, ...]]:
        language = self.languages.language_of_path(path)
        assert language is not None
        lines = tuple(split_lines(text))
        tree = whole_tree(self.languages, language, lines)
        assert tree is not None
        found = symbols(tree, self._queries)
        return lines, outline_of(language, lines, found, imports(tree, self._queries)), found

    def wanted(self, case: Case) -> str:
        files = re.split(r"^--- (.*)\n", case.files, flags=re.MULTILINE)
        texts = {f"/w/{path}": repeated(text) for path, text in zip(files[1::2], files[2::2], strict=True)}
        (current,) = (path for path, text in texts.items() if "$0" in text)
        line = texts[current].split("$0")[0].count("\n")
        texts[current] = texts[current].replace("$0", "")
        index = SymbolIndex()
        for path, text in texts.items():
            index.put(path, self.outlined(path, text)[1])
        lines, outline, found = self.outlined(current, texts[current])
        window = re.search(r"\| window: (\d+)-(\d+)", case.header)
        shown = (int(window[1]) - 1, int(window[2])) if window else (0, len(lines))
        others = [
            OpenFile(path, index.outlines[path].language, split_lines(text), index.outlines[path])
            for path, text in texts.items()
            if "| open" in case.header
        ]
        question = Question(current, lines, outline, found, line, shown, tuple(others))
        pieces = gather(question, index, self.languages, lambda path: split_lines(texts[path]))
        return "".join(
            f"--- > {piece.tier.name.lower()} {piece.path.removeprefix('/w/')}\n{piece.text}" for piece in pieces
        )


def repeated(text: str) -> str:
    return re.sub(r"^(.*?) ?×(\d+)\n", lambda line: (line[1] + "\n") * int(line[2]), text, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def workbench() -> Workbench:
    return Workbench()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_context(workbench: Workbench, path: Path) -> None:
    cases = read_cases(path)
    found = [workbench.wanted(case) for case in cases]
    if UPDATE:
        texts = (f"=== {case.header}\n{case.files}{wanted}" for case, wanted in zip(cases, found, strict=True))
        path.write_text("".join(texts), encoding="utf-8")
    wrong = [
        f"{case.header}\nexpected\n{case.wanted}\nfound\n{wanted}"
        for case, wanted in zip(cases, found, strict=True)
        if wanted != case.wanted
    ]
    assert not wrong or UPDATE, "\n".join(wrong)
