"""What is suggested where: each case holds a cursor (``$0``), the intent expected there and the reason.

``intent/<language>.txt`` holds cases, each below a line ``=== intent | reason`` (``=== explicit intent | reason`` for a
request by the user). ``FORETYPE_UPDATE_GOLDEN=1`` rewrites the expectations.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

FOLDER = Path(__file__).parent / "intent"
UPDATE = bool(os.environ.get("FORETYPE_UPDATE_GOLDEN"))
MAIN_LANGUAGES = {"python", "javascript", "typescript", "tsx", "go", "rust", "java", "c", "cpp"}


@dataclass(frozen=True, slots=True)
class Case:
    """One expectation and the text it is about."""

    header: str
    text: str

    @property
    def explicit(self) -> bool:
        return self.header.startswith("explicit ")

    @property
    def expected(self) -> str:
        return self.header.removeprefix("explicit ")


def read_cases(path: Path) -> list[Case]:
    parts = re.split(r"^=== (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not parts[0].strip(), f"{path.name} must begin with a case"
    return [
        Case(header.strip(), text.removesuffix("\n")) for header, text in zip(parts[1::2], parts[2::2], strict=True)
    ]


def check(syntax: Syntax, language: str, case: Case) -> str:
    """The intent and reason at ``$0``."""
    assert case.text.count("$0") == 1, case.text
    before, after = case.text.split("$0")
    lines = re.findall(r"[^\r\n]*(?:\r\n|\n|\r)", before + after)
    rest = (before + after)[sum(map(len, lines)) :]
    line = len(re.findall(r"\r\n|\n|\r", before))
    column = len(re.split(r"\r\n|\n|\r", before)[-1])
    snapshot = Snapshot("file:///case", 1, language, (*lines, rest))
    found = syntax.at(snapshot, Point(line, column), case.explicit)
    syntax.forget("file:///case")
    return f"{found.intent.value} | {found.reason}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_intent(path: Path) -> None:
    syntax = Syntax()
    cases = read_cases(path)
    found = [check(syntax, path.stem, case) for case in cases]
    if UPDATE:
        headers = [("explicit " if case.explicit else "") + actual for case, actual in zip(cases, found, strict=True)]
        text = "".join(f"=== {header}\n{case.text}\n" for header, case in zip(headers, cases, strict=True))
        path.write_text(text, encoding="utf-8")
        return
    wrong = [
        f"expected {case.expected!r}, found {actual!r} at\n{case.text}"
        for case, actual in zip(cases, found, strict=True)
        if actual != case.expected
    ]
    assert not wrong, "\n\n".join(wrong)


def test_every_language_has_its_cases() -> None:
    counts = {path.stem: len(read_cases(path)) for path in FOLDER.glob("*.txt")}
    for spec in Syntax().languages.specs:
        assert counts.get(spec.id, 0) >= (8 if spec.id in MAIN_LANGUAGES else 3), spec.id
