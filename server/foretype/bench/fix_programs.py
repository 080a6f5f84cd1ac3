"""Programs with a known bug and cases: fixed through the language server, judged by cases that it never saw."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from foretype.actions import sandbox
from foretype.bench.fix_session import Fixed, FixSession, changed_outside
from foretype.errors import ForetypeError

BUGGY, CASES = ".buggy.py", ".cases.jsonl"
LARGEST_NUMBER = 1_000_000
VERDICT_SECONDS = 300.0
SLOW_SECONDS = 10.0
_RUNNER = Path(__file__).parent / "fix_runner.py"


class NoPrograms(ForetypeError):
    """There is nothing to fix."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program: its file, the cases that a proof may use, and those that judge it."""

    name: str
    file: Path
    proof: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgramVerdict:
    """What became of one program. ``fixed`` is whether all hidden cases pass, ``standing`` what the server said."""

    name: str
    fixed: bool
    standing: str
    verdict: str
    hidden_passed: int
    hidden: int
    proof: int
    untouched_bytes_changed: int
    seconds: float
    answers: int
    tried: int


def load_programs(folder: Path, proof_folder: Path | None) -> list[Program]:
    """The programs of a folder. Raises `NoPrograms`."""
    programs = []
    for file in sorted(folder.glob(f"*{BUGGY}")):
        name = file.name.removesuffix(BUGGY)
        lines = _lines(folder / f"{name}{CASES}")
        if proof_folder is None:
            proof, hidden = lines[1::2], lines[0::2]
        else:
            proof = _lines(proof_folder / f"{name}{CASES}")
            hidden = [line for line in lines if line not in proof]
        programs.append(Program(name, file, tuple(proof), tuple(hidden)))
    if not programs:
        raise NoPrograms(f"There is no NAME{BUGGY} with its NAME{CASES} in {folder}.")
    return programs


def options(proofs: Path, seconds: float, answers: int, tolerance: float) -> dict[str, Any]:
    """The server's initializationOptions: it may run the proof's cases, and nothing else of ours."""
    command = [sys.executable, "-I", "-S", str(_RUNNER), "{file}", f"{proofs}/{{function}}{CASES}", "{function}"]
    return {
        "trusted": True,
        "actions": {
            "allow_executing": True,
            "test_command": [*command, "test", str(tolerance)],
            "probe_command": [*command, "probe", str(tolerance)],
            "budget_seconds": seconds,
            "candidates": answers,
        },
    }


async def fix_programs(
    programs: Sequence[Program],
    serve: Sequence[str],
    seconds: float,
    answers: int,
    tolerance: float,
    write: Path | None,
    tell: Callable[[ProgramVerdict], None],
) -> list[ProgramVerdict]:
    """Each program's verdict, in order."""
    base = Path(tempfile.mkdtemp(prefix="foretype-bench-"))
    proofs, home = base / "proofs", base / "home"
    verdicts = []
    try:
        proofs.mkdir()
        home.mkdir()
        for program in programs:
            lines = await _proof_cases(program, tolerance)
            (proofs / f"{program.name}{CASES}").write_text("\n".join(lines), encoding="utf-8")
        session = FixSession(serve, options(proofs, seconds, answers, tolerance), home)
        await session.begin()
        try:
            for number, program in enumerate(programs):
                folder = base / f"program-{number}"
                folder.mkdir()
                verdict = await _fix(session, program, folder, tolerance, write)
                verdicts.append(verdict)
                tell(verdict)
        finally:
            await session.end()
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return verdicts


async def _proof_cases(program: Program, tolerance: float) -> list[str]:
    """The cases for the proof, with more time for the few that are slow in the program as it is."""
    # One whose numbers are this large can take minutes for one run, and a search has hundreds.
    cheap = [line for line in program.proof if _largest(line) <= LARGEST_NUMBER]
    slow = await _asked(program.file.read_bytes(), program.name, cheap, "slow", tolerance)
    if not any(slow) or sum(slow) * 2 > len(cheap):
        return cheap
    pairs = zip(cheap, slow, strict=True)
    return [json.dumps([*json.loads(line), SLOW_SECONDS]) if is_slow else line for line, is_slow in pairs]


async def _fix(
    session: FixSession, program: Program, folder: Path, tolerance: float, write: Path | None
) -> ProgramVerdict:
    file = folder / f"{program.name}.py"
    shutil.copyfile(program.file, file)
    before = file.read_bytes().decode()
    first, last = _function(before, program.name)
    place = {"start": {"line": first, "character": 4}, "end": {"line": first, "character": 4}}
    fixed = await session.fix(folder, file, before, "Find and fix a bug", place, ())
    if write is not None:
        (write / f"{program.name}.py").write_bytes(fixed.text.encode())
    results = [False] * len(program.hidden)
    if fixed.text != before:
        results = await _asked(fixed.text.encode(), program.name, program.hidden, "verdict", tolerance)
    return _verdict(program, fixed, results, changed_outside(before, fixed.text, first, last))


def _verdict(program: Program, fixed: Fixed, results: Sequence[bool], outside: int) -> ProgramVerdict:
    return ProgramVerdict(
        name=program.name,
        fixed=bool(results) and all(results),
        standing=fixed.standing,
        verdict=fixed.verdict,
        hidden_passed=sum(results),
        hidden=len(program.hidden),
        proof=len(program.proof),
        untouched_bytes_changed=outside,
        seconds=round(fixed.seconds, 2),
        answers=int(fixed.ledger.get("answers", 0)),
        tried=int(fixed.ledger.get("tried", 0)),
    )


async def _asked(text: bytes, name: str, lines: Sequence[str], mode: str, tolerance: float) -> list[bool]:
    """What the runner says of each case; all false when it can't say."""
    base = Path(tempfile.mkdtemp(prefix="foretype-verdict-"))
    try:
        file, cases = base / f"{name}.py", base / "cases"
        file.write_bytes(text)
        cases.write_text("\n".join(lines), encoding="utf-8")
        walls = sandbox.walls(base)
        command = [*walls.before, sys.executable, "-I", "-S", str(_RUNNER), str(file), str(cases), name, mode]
        environment = sandbox.environment(base, scrubbed=True)
        ran = await sandbox.run([*command, str(tolerance)], base, VERDICT_SECONDS, environment)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    try:
        results = json.loads(ran.out)
    except ValueError:
        return [False] * len(lines)
    return [bool(each) for each in results]


def summary(verdicts: Sequence[ProgramVerdict]) -> dict[str, Any]:
    """The report's figures, with each program's verdict."""
    count = len(verdicts)
    proved = [each for each in verdicts if each.standing == "proved"]
    return {
        "fixed_share": sum(each.fixed for each in verdicts) / count,
        "proved_right": sum(each.fixed for each in proved),
        "proved_wrong": sum(not each.fixed for each in proved),
        "unproved": sum(each.standing == "unproved" for each in verdicts),
        "untouched_bytes_changed": sum(each.untouched_bytes_changed for each in verdicts),
        "n": count,
        "seconds": round(sum(each.seconds for each in verdicts), 1),
        "candidates": sum(each.answers + each.tried for each in verdicts),
        "programs": [asdict(each) for each in verdicts],
    }


def rows(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures for a table."""
    count = figures["n"]
    return [
        ("programs", str(count)),
        ("fixed (all hidden cases pass)", f"{figures['fixed_share']:.0%}"),
        ("proved and right", str(figures["proved_right"])),
        ("proved but wrong", str(figures["proved_wrong"])),
        ("offered unproved", str(figures["unproved"])),
        ("bytes changed outside the function", str(figures["untouched_bytes_changed"])),
        ("seconds each", f"{figures['seconds'] / count:.1f}"),
        ("candidates tried each", f"{figures['candidates'] / count:.0f}"),
    ]


def _function(text: str, name: str) -> tuple[int, int]:
    """The first and last line of the function that a program is about."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return node.lineno - 1, (node.end_lineno or node.lineno) - 1
    raise NoPrograms(f"The program {name} defines no function {name}.")


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise NoPrograms(f"{file} can't be read: {error.strerror}.") from None


def _largest(line: str) -> int:
    return max((int(digits[:19]) for digits in re.findall(r"\d+", line)), default=0)
