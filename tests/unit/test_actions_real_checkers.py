"""Every checker that is known, for real, where it is installed: its command, its words, its copy of the workspace."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from foretype.actions.checkers import Finding
from foretype.actions.programs import Grounds
from foretype.actions.prove import Prover
from foretype.actions.target import Finder
from foretype.actions.verdict import Standing, Verdict
from foretype.config.actions import Actions
from foretype.syntax.languages import Languages
from foretype.syntax.queries import Queries
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.text.positions import Point

EXTENSION = Path(__file__).parents[2] / "clients" / "vscode" / "node_modules"


@dataclass(frozen=True)
class Case:
    """A file of a workspace, the line of a finding in it, and that line mended and made worse."""

    program: str
    language: str
    file: str
    text: str
    line: int
    source: str
    code: str
    message: str
    mended: str
    worse: str
    others: dict[str, str] = field(default_factory=dict)


CASES = [
    Case(
        "ruff",
        "python",
        "a.py",
        "def f(x):\n    unused = x\n    return x\n",
        1,
        "Ruff",
        "F841",
        "Local variable `unused` is assigned to but never used",
        "    x = x or 1",
        "    x = y",
    ),
    Case(
        "mypy",
        "python",
        "a.py",
        "def f(x: int) -> str:\n    return x\n",
        1,
        "mypy",
        "return-value",
        'Incompatible return value type (got "int", expected "str")',
        "    return str(x)",
        "    return [x]",
    ),
    Case(
        "pyright",
        "python",
        "a.py",
        "def f(x: int) -> str:\n    return x\n",
        1,
        "Pylance",
        "reportReturnType",
        'Type "int" is not assignable to return type "str"',
        "    return str(x)",
        "    return x.nothing",
    ),
    Case(
        "eslint",
        "javascript",
        "a.js",
        "function f(x) {\n  return x == 1;\n}\nf(1);\n",
        1,
        "eslint",
        "eqeqeq",
        "Expected '===' and instead saw '=='.",
        "  return x === 1;",
        "  debugger; return x === 1;",
        {"eslint.config.js": "module.exports = [{ rules: { eqeqeq: 'error', 'no-debugger': 'error' } }];\n"},
    ),
    Case(
        "tsc",
        "typescript",
        "src/a.ts",
        "export function f(x: number): string {\n  return x;\n}\n",
        1,
        "ts",
        "2322",
        "Type 'number' is not assignable to type 'string'.",
        "  return String(x);",
        "  return missing(x);",
        {"tsconfig.json": '{"compilerOptions": {"strict": true, "types": []}, "include": ["src"]}\n'},
    ),
    Case(
        "go",
        "go",
        "a.go",
        'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Printf("%d\\n", "x")\n}\n',
        5,
        "go vet",
        "",
        'fmt.Printf format %d has arg "x" of wrong type string',
        '\tfmt.Printf("%s\\n", "x")',
        '\tfmt.Printf("%s\\n", "x", 1)',
        {"go.mod": "module example.com/a\n\ngo 1.18\n"},
    ),
    Case(
        "cargo",
        "rust",
        "src/lib.rs",
        "pub fn f(x: u8) -> u8 {\n    let y = 1;\n    x\n}\n",
        1,
        "rustc",
        "",
        "unused variable: `y`",
        "    let _y = 1;",
        '    let _y: u8 = "1";',
        {"Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n'},
    ),
    Case(
        "clang",
        "c",
        "a.c",
        "int f(int x) {\n  int y;\n  return x;\n}\n",
        1,
        "clangd",
        "-Wunused-variable",
        "unused variable 'y'",
        "  (void)0;",
        "  return z;",
    ),
]


@pytest.fixture(params=CASES, ids=[case.program for case in CASES])
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A workspace on disk, with the tools of the extension for a checker that comes from npm."""
    found: Case = request.param
    if found.program in ("eslint", "tsc") and (EXTENSION / ".bin" / found.program).exists():
        (tmp_path / "node_modules").symlink_to(EXTENSION, target_is_directory=True)
    elif shutil.which(found.program, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}") is None:
        pytest.skip(f"needs {found.program}")
    for name, text in {found.file: found.text, **found.others}.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return found


async def verdict_on(case: Case, folder: Path, line: str) -> Verdict:
    """What is shown of an edit that makes the finding's line another."""
    file = folder / case.file
    snapshot = Snapshot(file.as_uri(), 1, case.language, tuple(split_lines(case.text)))
    languages = Languages()
    finder = Finder(languages, Queries(languages), snapshot)
    place = Point(case.line, len(snapshot.lines[case.line]) - len(snapshot.lines[case.line].lstrip()))
    target = finder.lines(place, place)
    lines = list(snapshot.lines)
    lines[case.line] = line + "\n"
    wanted = [(case.source, Finding(case.line, case.code, case.message))]
    prover = Prover(
        languages, Grounds(Actions(allow_executing=True), True, folder, file), snapshot, target, wanted,
        time.monotonic() + 120,
    )  # fmt: skip
    try:
        await prover.prepare()
        return await prover.prove("".join(lines), line.strip())
    finally:
        prover.programs.close()


async def test_a_finding_is_gone_where_its_checker_says_so(case: Case, tmp_path: Path) -> None:
    verdict = await verdict_on(case, tmp_path, case.mended)
    assert any(fact.endswith("gone") for fact in verdict.facts), verdict
    assert "no new findings" in verdict.facts
    assert (tmp_path / case.file).read_text() == case.text


async def test_what_an_edit_brings_in_is_told(case: Case, tmp_path: Path) -> None:
    verdict = await verdict_on(case, tmp_path, case.worse)
    assert verdict.standing is Standing.FAILED
    assert " is new: " in verdict.failure, verdict
