"""What each filter makes of an answer, and what the chain does.

``filters/<filter>.txt`` holds cases for one filter, ``filters/chain.txt`` for all of them in order. A case begins with
``=== language | what it shows`` (then, if need be, ``| prose``, ``| undone: text`` or ``| auto-closed: )``), holds the
document with the cursor at ``$0``, the answer below ``--- answer``, and what becomes of it: ``--- same``,
``--- rejected: why``, or ``--- then`` (``--- then, replacing 1``) and the new text. For the chain the filters that
changed it are named there. ``·`` stands for a space that could not be seen, ``\\uXXXX`` for that character.
``FORETYPE_UPDATE_GOLDEN=1`` rewrites what becomes of the answers.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from foretype.complete import filters
from foretype.complete.filters import FILTERS, Candidate, Surroundings
from foretype.complete.filters.candidate import Rejection
from foretype.complete.surroundings import survey
from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.text.positions import Point
from foretype.trust.secrets import Redactor

FOLDER = Path(__file__).parent / "filters"
UPDATE = bool(os.environ.get("FORETYPE_UPDATE_GOLDEN"))
CASE = re.compile(
    r"(?P<document>.*?)\n--- answer\n(?P<answer>.*?)\n(?P<outcome>--- (?:same|rejected|then).*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Case:
    """A document with a cursor, an answer, and what becomes of it."""

    header: str
    document: str
    answer: str
    outcome: str


def read_cases(path: Path) -> list[Case]:
    parts = re.split(r"^=== (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not parts[0].strip(), f"{path.name} must begin with a case"
    cases = []
    for header, body in zip(parts[1::2], parts[2::2], strict=True):
        found = CASE.fullmatch(body.removesuffix("\n"))
        assert found, f"{path.name}: a part is missing below {header}"
        cases.append(Case(header, found["document"], found["answer"], found["outcome"]))
    return cases


def seen(text: str) -> str:
    """Text as it is written in a case."""
    text = re.sub(r" +(?=\n|\Z)", lambda blanks: "·" * len(blanks.group()), text)
    return re.sub(r"[^\n\t -~é·]", lambda char: f"\\u{ord(char.group()):04x}", text)


def meant(text: str) -> str:
    """Text as a case means it."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text.replace("·", " "))


def around(syntax: Syntax, redactor: Redactor, case: Case) -> Surroundings:
    language, *options = (part.strip() for part in case.header.split("|"))
    before, after = meant(case.document).split("$0")
    lines = tuple(re.split(r"(?<=\n)", before + after))
    cursor = Point(before.count("\n"), len(before.rsplit("\n", 1)[-1]))
    named = dict(option.split(": ", 1) for option in options if ": " in option)
    found = survey(Snapshot("file:///case", 1, language, lines), cursor, syntax, undone=named.get("undone", ""))
    return replace(
        found,
        prose="prose" in options,
        auto_closed=named.get("auto-closed", ""),
        holds_secret=redactor.contains_secret,
    )


def check(syntax: Syntax, redactor: Redactor, name: str, case: Case) -> str:
    """What becomes of a case's answer, as it is written in the case."""
    surroundings, candidate = around(syntax, redactor, case), Candidate(meant(case.answer))
    if name == "chain":
        filtered = filters.run(candidate, surroundings)
        outcome = filtered.candidate or Rejection(filtered.rejected or "")
        changed_by = "".join(f" | {filter_}" for filter_ in filtered.changed_by)
    else:
        outcome, changed_by = dict(FILTERS)[name.replace("_", " ")](candidate, surroundings), ""
    if isinstance(outcome, Rejection):
        return f"--- rejected: {outcome.reason}"
    if outcome == candidate:
        return "--- same"
    replacing = f", replacing {outcome.replaces}" if outcome.replaces else ""
    return f"--- then{replacing}{changed_by}\n{seen(outcome.text)}"


PATHS = sorted(FOLDER.glob("*.txt"))


@pytest.fixture(scope="module")
def syntax() -> Syntax:
    return Syntax()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_filter(syntax: Syntax, redactor: Redactor, path: Path) -> None:
    cases = read_cases(path)
    outcomes = [check(syntax, redactor, path.stem, case) for case in cases]
    if UPDATE:
        text = "".join(
            f"=== {case.header}\n{case.document}\n--- answer\n{case.answer}\n{outcome}\n"
            for case, outcome in zip(cases, outcomes, strict=True)
        )
        path.write_text(text, encoding="utf-8")
    wrong = [
        f"{case.header}\n  expected {case.outcome}\n  found {outcome}"
        for case, outcome in zip(cases, outcomes, strict=True)
        if outcome != case.outcome
    ]
    assert not wrong or UPDATE, "\n".join(wrong)


def test_every_filter_has_cases() -> None:
    assert {path.stem for path in PATHS} == {name.replace(" ", "_") for name, _ in FILTERS} | {"chain"}
