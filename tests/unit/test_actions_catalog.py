"""What is offered where: by syntax and diagnostics alone, in many languages, with reasons for what isn't possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.actions.catalog import Asked, Diagnostic, Offer, is_wanted, offers
from foretype.actions.missing_import import insertion, statement
from foretype.actions.target import Finder
from foretype.actions.undefined import undefined_name
from foretype.config.actions import Actions, Custom
from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.text.edits import apply, split_lines
from foretype.text.positions import Point

CODE = {
    "python": "def area(w, h):\n    return w * h\n",
    "typescript": "export function area(w: number, h: number) {\n  return w * h;\n}\n",
    "go": "package a\n\nfunc area(w, h int) int {\n\treturn w * h\n}\n",
    "rust": "fn area(w: u8, h: u8) -> u8 {\n    w * h\n}\n",
    "java": "class A {\n  int area(int w, int h) {\n    return w * h;\n  }\n}\n",
}


def snapshot_of(text: str, language: str) -> Snapshot:
    return Snapshot("file:///w/a", 1, language, tuple(split_lines(text)))


DEFAULTS = Actions()


def offered(text: str, language: str, line: int, settings: Actions = DEFAULTS, model: str = "", **asked) -> list[Offer]:
    snapshot = snapshot_of(text, language)
    place = Point(line, 2)
    return list(offers(Syntax(), settings, Asked(snapshot, place, asked.pop("end", place), **asked), model))


def diagnostic(line: int, message: str = "wrong", source: str = "ruff", code: str = "X1") -> Diagnostic:
    return Diagnostic(source, code, message, Point(line, 0), Point(line, 3))


@pytest.mark.parametrize("language", CODE)
def test_in_a_function_there_are_fixes_and_refactorings_that_name_it(language: str) -> None:
    line = next(number for number, each in enumerate(CODE[language].split("\n")) if "w * h" in each)
    found = offered(CODE[language], language, line, diagnostics=(diagnostic(line),))
    enabled = [each for each in found if not each.disabled]
    assert len(enabled) >= 3
    assert enabled[0].title == "Fix: wrong (X1)"
    assert "Find and fix a bug in area" in [each.title for each in enabled]
    assert ("Convert loops in area to comprehensions" in [each.title for each in enabled]) is (language == "python")


@pytest.mark.parametrize("language", CODE)
def test_in_a_lines_indentation_the_cursor_is_in_the_function_too(language: str) -> None:
    line = next(number for number, each in enumerate(CODE[language].split("\n")) if "w * h" in each)
    asked = Asked(snapshot_of(CODE[language], language), Point(line, 0), Point(line, 0))
    assert "Simplify area" in [each.title for each in offers(Syntax(), DEFAULTS, asked, "") if not each.disabled]


def test_outside_of_functions_what_needs_one_says_so() -> None:
    found = offered("x = 1\n" + CODE["python"], "python", 0)
    assert {each.disabled for each in found} == {"the cursor is in no function that has a name"}


def test_several_diagnostics_can_be_fixed_at_once() -> None:
    found = offered(CODE["python"], "python", 1, diagnostics=(diagnostic(1, "a"), diagnostic(1, "b")))
    both = next(each for each in found if each.title.startswith("Fix all 2"))
    assert both.diagnostics == (0, 1)


def test_a_language_without_a_grammar_has_fixes_for_its_diagnostics() -> None:
    found = offered("a b c\n", "klingon", 0, diagnostics=(diagnostic(0),))
    assert [each.title for each in found if not each.disabled] == ["Fix: wrong (X1)"]


def test_without_a_model_what_needs_one_says_why() -> None:
    found = offered(CODE["python"], "python", 1, model="There is no model.", end=Point(1, 4))
    assert {each.disabled for each in found if each.needs_model and "select" not in each.disabled} == {
        "There is no model."
    }


def test_actions_of_the_users_own_are_offered_for_their_languages() -> None:
    settings = Actions(custom=(Custom("Shout", "In capitals.", languages=("python",)), Custom("Whisper", "Quietly.")))
    titles = {language: {each.title for each in offered(CODE[language], language, 1, settings)} for language in CODE}
    assert "Shout" in titles["python"] and "Shout" not in titles["go"]
    assert all("Whisper" in each for each in titles.values())


@pytest.mark.parametrize(
    ("kind", "only", "wanted"),
    [
        ("refactor.rewrite", ("refactor",), True),
        ("refactor.rewrite", ("refactor.rewrite",), True),
        ("refactor.rewrite", ("refactor.extract", "quickfix"), False),
        ("refactoring", ("refactor",), False),
        ("quickfix", ("",), True),
        ("source", (), True),
    ],
)
def test_kinds_are_a_hierarchy(kind: str, only: tuple[str, ...], wanted: bool) -> None:
    assert is_wanted(kind, only) is wanted


@pytest.mark.parametrize(
    ("language", "message", "name"),
    [
        ("python", "Undefined name `os`", "os"),
        ("python", '"Rate" is not defined', "Rate"),
        ("typescript", "Cannot find name 'Rate'.", "Rate"),
        ("go", "undefined: money", "money"),
        ("python", "Local variable `x` is assigned to but never used", ""),
        ("rust", "Undefined name `os`", ""),
    ],
)
def test_the_name_that_is_not_defined(language: str, message: str, name: str) -> None:
    assert undefined_name(language, message) == name


@pytest.mark.parametrize(
    ("language", "path", "module", "line"),
    [
        ("python", "/w/app/money/rates.py", "", "from app.money.rates import Rate"),
        ("python", "/w/src/money/__init__.py", "", "from money import Rate"),
        ("typescript", "/w/app/money/rates.ts", "", "import { Rate } from './money/rates';"),
        ("typescript", "/w/lib/index.ts", "", "import { Rate } from '../lib';"),
        ("javascript", "/w/app/rates.mjs", "", "import { Rate } from './rates';"),
        ("go", "/w/money", "example.org/w/money", 'import "example.org/w/money"'),
        ("rust", "/w/src/money.rs", "", ""),
    ],
)
def test_how_each_language_imports_from_the_workspace(language: str, path: str, module: str, line: str) -> None:
    here = Path("/w/app/main")
    assert statement(snapshot_of("", language), here, path, module, "Rate", "/w") == line


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", "import os\nimport re\n\nx\n", "import os\nimport re\nNEW\n\nx\n"),
        ("python", '#!/bin/python\n"""Doc."""\nx\n', '#!/bin/python\n"""Doc."""\nNEW\nx\n'),
        ("python", "x\r\n", "NEW\r\nx\r\n"),
        ("python", "def f():\n    import os\n", "NEW\ndef f():\n    import os\n"),
        ("go", "package a\n\nfunc f() {}\n", "package a\n\nNEW\nfunc f() {}\n"),
    ],
)
def test_where_an_import_goes(language: str, before: str, after: str) -> None:
    snapshot, syntax = snapshot_of(before, language), Syntax()
    edit = insertion(Finder(syntax.languages, syntax.queries, snapshot), syntax.queries, snapshot, "NEW")
    lines = list(snapshot.lines)
    apply(lines, edit)
    assert "".join(lines) == after
