"""What proves an edit: real checkers and tests, what they may do, and what the verdict says."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest

from foretype.actions import sandbox
from foretype.actions.checkers import CHECKERS, Finding, checker_for, findings, fresh, gone, silences
from foretype.actions.overlay import Overlay
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

CODE = "def double(x):\n    unused = 1\n    return x + x\n"
UNUSED = ("Ruff", Finding(1, "F841", "Local variable `unused` is assigned to but never used"))
ON = Actions(allow_executing=True)


async def verdict_of(
    folder: Path, before: str, after: str, settings: Actions = ON, trusted: bool = True, wanted=(UNUSED,)
) -> Verdict:
    file = folder / "double.py"
    file.write_text(before)
    snapshot = Snapshot(file.as_uri(), 1, "python", tuple(split_lines(before)))
    languages = Languages()
    target = Finder(languages, Queries(languages), snapshot).scope(Point(1, 4), Point(1, 4))
    assert target is not None
    grounds = Grounds(settings, trusted, folder, file)
    prover = Prover(languages, grounds, snapshot, target, wanted, time.monotonic() + 60)
    try:
        await prover.prepare()
        return await prover.prove(after, after.rstrip())
    finally:
        prover.programs.close()


async def test_a_finding_that_is_gone_proves_a_fix(tmp_path: Path) -> None:
    verdict = await verdict_of(tmp_path, CODE, "def double(x):\n    return x + x\n")
    assert verdict.standing is Standing.PROVED
    assert verdict.sentence == "ruff F841 gone, parses, no new findings, no undefined names; tests not run"


async def test_of_several_findings_of_a_rule_on_a_line_the_one_that_was_meant_is_gone(tmp_path: Path) -> None:
    before = "def f(x):\n    one = 1; two = 2\n    return x\n"
    two = ("Ruff", Finding(1, "F841", "Local variable `two` is assigned to but never used"))
    verdict = await verdict_of(tmp_path, before, "def f(x):\n    one = 1\n    return x\n", wanted=(two,))
    assert verdict.standing is Standing.PROVED
    verdict = await verdict_of(tmp_path, before, "def f(x):\n    two = 2\n    return x\n", wanted=(two,))
    assert verdict.failure == "ruff F841 is still there"


@pytest.mark.parametrize(
    ("after", "failure"),
    [
        ("def double(x):\n    unused = 1\n    return 2 * x\n", "ruff F841 is still there"),
        ("def double(x):\n    import os\n    return x + x\n", "F401 is new"),
        ("def double(x):\n    return y + x\n", "F821 is new"),
        ("def double(x):\n    return (x + x\n", "syntax error"),
        ("def double(x):\n    unused = 1  # noqa: F841\n    return x + x\n", "silences"),
        ("def other(x):\n    return x + x\n", "double is no longer there"),
    ],
)
async def test_what_an_edit_fails_at_is_said(tmp_path: Path, after: str, failure: str) -> None:
    verdict = await verdict_of(tmp_path, CODE, after)
    assert verdict.standing is Standing.FAILED
    assert failure in verdict.sentence


async def test_without_trust_nothing_is_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    settings = Actions(allow_executing=True, test_command=(sys.executable, "-c", f"open({str(ran)!r}, 'w')"))
    verdict = await verdict_of(tmp_path, CODE, "def double(x):\n    return x + x\n", settings, trusted=False)
    assert verdict.standing is Standing.UNPROVED
    assert "isn't trusted" in verdict.sentence
    assert not ran.exists()


async def test_what_executes_needs_its_own_leave(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    settings = Actions(test_command=(sys.executable, "-c", f"open({str(ran)!r}, 'w')"))
    verdict = await verdict_of(tmp_path, CODE, "def double(x):\n    return x + x\n", settings)
    assert verdict.standing is Standing.PROVED
    assert "actions.allow_executing is off" in verdict.sentence
    assert not ran.exists()


TEST = "from double import double; assert double(3) == 6, 'double(3) is wrong'"


def test_command(code: str = TEST) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {code}")


test_command.__test__ = False  # type: ignore[attr-defined]


async def test_tests_that_failed_and_pass_prove_a_fix_in_a_copy(tmp_path: Path) -> None:
    settings = Actions(allow_executing=True, test_command=test_command())
    wrong, right = "def double(x):\n    return x * x\n", "def double(x):\n    return x + x\n"
    verdict = await verdict_of(tmp_path, wrong, right, settings, wanted=())
    assert verdict.standing is Standing.PROVED
    assert "tests failed before, pass" in verdict.sentence
    assert (tmp_path / "double.py").read_text() == wrong
    failed = await verdict_of(tmp_path, wrong, wrong, settings, wanted=())
    assert failed.standing is Standing.FAILED
    assert "double(3) is wrong" in failed.sentence


async def test_tests_that_passed_before_prove_nothing(tmp_path: Path) -> None:
    settings = Actions(allow_executing=True, test_command=test_command())
    verdict = await verdict_of(tmp_path, CODE, "def double(x):\n    return 2 * x\n", settings, wanted=())
    assert verdict.standing is Standing.UNPROVED
    assert "tests pass, as before" in verdict.sentence


async def test_the_examples_in_a_file_are_tests_too(tmp_path: Path) -> None:
    doc = '    """\n    >>> double(3)\n    6\n    """\n'
    wrong, right = f"def double(x):\n{doc}    return x * x\n", f"def double(x):\n{doc}    return x + x\n"
    verdict = await verdict_of(tmp_path, wrong, right, wanted=())
    assert verdict.standing is Standing.PROVED
    assert "examples in the file failed before, pass" in verdict.sentence


async def test_a_program_that_runs_on_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    command = [sys.executable, "-c", script + "print(1, flush=True); time.sleep(60)"]
    ran = await sandbox.run(command, tmp_path, 1.0, sandbox.environment(tmp_path, True))
    assert ran.code is None
    assert str(tmp_path) not in {_folder_of(process) for process in psutil.process_iter()}


def _folder_of(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


async def test_a_program_gets_no_key_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/agent")
    variables = sandbox.environment(tmp_path, True)
    command = [sys.executable, "-c", "import os; print(dict(os.environ))"]
    ran = await sandbox.run(command, tmp_path, 20.0, variables)
    assert "secret" not in ran.out and "/agent" not in ran.out
    assert str(tmp_path) in ran.out


@pytest.mark.skipif(not sandbox.isolation()[0], reason="this system lets nobody make namespaces")
async def test_a_program_reaches_no_network_where_the_system_has_namespaces(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
    walls = sandbox.walls(tmp_path)
    variables = sandbox.environment(tmp_path, True)
    reached = await sandbox.run([sys.executable, "-c", code], tmp_path, 20.0, variables)
    kept_in = await sandbox.run([*walls.before, sys.executable, "-c", code], tmp_path, 20.0, variables)
    server.close()
    assert reached.code == 0
    assert kept_in.code not in (0, None)
    assert walls.words == ""


@pytest.mark.skipif(sandbox.isolation()[0] not in ("bwrap", "unshare"), reason="this system lets nobody make mounts")
async def test_a_program_writes_nowhere_but_in_its_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "copy", tmp_path / "outside"
    inside.mkdir()
    code = f"open({str(inside / 'a')!r}, 'w').close(); open({str(outside)!r}, 'w').close()"
    walls = sandbox.walls(inside)
    variables = sandbox.environment(inside, True)
    ran = await sandbox.run([*walls.before, sys.executable, "-c", code], inside, 20.0, variables)
    assert ran.code == 1
    assert (inside / "a").exists() and not outside.exists()


def test_a_copy_leaves_out_what_is_large_and_the_users_file_alone(tmp_path: Path) -> None:
    source = tmp_path / "project"
    for name in ("a/b.py", ".git/config", "node_modules/x/index.js", "__pycache__/a.pyc"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("old")
    overlay = Overlay(source, Path("a/b.py"))
    try:
        overlay.write("new\r\n")
        assert overlay.file.read_bytes() == b"new\r\n"
        assert (source / "a/b.py").read_text() == "old"
        assert not (overlay.tree / ".git").exists() and not (overlay.tree / "__pycache__").exists()
        assert (overlay.tree / "node_modules").is_symlink()
    finally:
        overlay.close()
    assert not overlay.base.exists()


OUTPUTS: dict[str, tuple[str, str, str]] = {
    "ruff": ("a.py", "src/a.py:3:5: F841 [*] Local variable `x` is assigned to but never used\nFound 1 error.", "F841"),
    "pyright": ("a.py", '/w/a.py\n  /w/a.py:3:5 - error: "x" is not defined (reportUndefinedVariable)\n1 error',
                "reportUndefinedVariable"),
    "mypy": ("a.py", 'a.py:3:5: error: Name "x" is not defined  [name-defined]\n', "name-defined"),
    "eslint": ("a.js", "\n/w/a.js\n  3:5  error  'x' is not defined  no-undef\n\n1 problem", "no-undef"),
    "tsc": ("a.ts", "src/a.ts(3,5): error TS2304: Cannot find name 'x'.\n", "2304"),
    "go vet": ("a.go", "# m\nvet: ./a.go:3:5: undefined: x\n", ""),
    "cargo check": ("main.rs", "src/main.rs:3:5: error[E0425]: cannot find value `x` in this scope\n", "E0425"),
    "clang": ("a.c", "a.c:3:5: warning: unused variable 'x' [-Wunused-variable]\n", "-Wunused-variable"),
}  # fmt: skip


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda each: each.name)
def test_what_each_checker_says_is_understood(checker) -> None:
    file, output, code = OUTPUTS[checker.name]
    [found] = findings(checker, output, file)
    assert (found.line, found.code) == (2, code)
    assert "x" in found.message


def test_findings_are_compared_without_their_lines() -> None:
    before = [Finding(1, "F841", "x"), Finding(9, "E1", "see line 4")]
    after = [Finding(7, "E1", "see line 2"), Finding(8, "E2", "new")]
    assert fresh(before, after) == (Finding(8, "E2", "new"),)
    assert gone(before, after, Finding(1, "F841", "x"))
    assert not gone(before, after, Finding(9, "E1", "see line 4"))


def test_a_checker_is_found_by_the_diagnostics_source_and_the_language() -> None:
    assert checker_for("Ruff", "python", {}) is CHECKERS[0]
    assert checker_for("ts", "typescript", {}).name == "tsc"
    assert checker_for("Ruff", "go", {}) is None
    assert checker_for("whoever", "python", {}) is None
    assert checker_for("mypy", "python", {"mypy": ["dmypy", "run"]}).command == ("dmypy", "run")


@pytest.mark.parametrize("comment", ["# noqa", "// eslint-disable-next-line", "# type: ignore", "// @ts-ignore"])
def test_silencing_comments_are_known(comment: str) -> None:
    assert silences("x", f"x  {comment}")
    assert not silences(f"x  {comment}", f"y  {comment}")
