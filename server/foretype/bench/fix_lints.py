"""Real Python files with findings that ruff can't fix: fixed through the language server, judged by ruff."""

from __future__ import annotations

import ast
import asyncio
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from foretype.bench.fix_session import FixSession, changed_outside
from foretype.errors import ForetypeError

LARGEST_FILE = 60_000
MOST_OF_A_RULE = 8
MOST_OF_A_FILE = 3


class NoFindings(ForetypeError):
    """There is nothing to fix, or no ruff to find it."""


@dataclass(frozen=True, slots=True)
class Lint:
    """One finding in a file, as ruff's JSON has it."""

    file: Path
    code: str
    message: str
    place: Mapping[str, Any]

    @property
    def diagnostic(self) -> dict[str, Any]:
        """As an editor shows it."""
        return {"range": self.place, "message": self.message, "code": self.code, "source": "Ruff", "severity": 2}


@dataclass(frozen=True, slots=True)
class LintVerdict:
    """What became of one finding."""

    file: str
    line: int
    code: str
    gone: bool
    new_findings: int
    untouched_bytes_changed: int
    standing: str
    verdict: str
    seconds: float
    answers: int

    @property
    def right(self) -> bool:
        """Whether the finding is gone, nothing new is found, and nothing else was touched."""
        return self.gone and not self.new_findings and not self.untouched_bytes_changed


def find_lints(folder: Path, select: str, limit: int, seed: int = 1) -> list[Lint]:
    """Findings without an automatic fix in the Python files of a folder: a sample, of no rule and no file too many.

    Raises `NoFindings`.
    """
    files = sorted(path for path in folder.rglob("*.py") if path.is_file() and path.stat().st_size <= LARGEST_FILE)
    every = _of_files(files, select)
    random.Random(seed).shuffle(every)
    found: list[Lint] = []
    of_rule: Counter[str] = Counter()
    of_file: Counter[Path] = Counter()
    for lint in every:
        if of_rule[lint.code] < MOST_OF_A_RULE and of_file[lint.file] < MOST_OF_A_FILE:
            found.append(lint)
            of_rule[lint.code] += 1
            of_file[lint.file] += 1
    if not found:
        raise NoFindings(f"ruff finds nothing in {folder} that it can't fix itself.")
    return found[:limit]


def options(seconds: float, answers: int) -> dict[str, Any]:
    """The server's initializationOptions."""
    return {"trusted": True, "actions": {"budget_seconds": seconds, "candidates": answers}}


async def fix_lints(
    lints: Sequence[Lint],
    serve: Sequence[str],
    select: str,
    seconds: float,
    answers: int,
    tell: Callable[[LintVerdict], None],
) -> list[LintVerdict]:
    """Each finding's verdict, in order; each file lies alone in a workspace with the rules chosen."""
    base = Path(tempfile.mkdtemp(prefix="foretype-bench-"))
    verdicts = []
    try:
        home = base / "home"
        home.mkdir()
        session = FixSession(serve, options(seconds, answers), home)
        await session.begin()
        try:
            for number, lint in enumerate(lints):
                folder = base / f"finding-{number}"
                folder.mkdir()
                rules = f"lint.select = {json.dumps(select.split(','))}\n" if select else ""
                (folder / "ruff.toml").write_text(rules, encoding="utf-8")
                verdicts.append(await _fix(session, lint, folder, select))
                tell(verdicts[-1])
        finally:
            await session.end()
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return verdicts


async def _fix(session: FixSession, lint: Lint, folder: Path, select: str) -> LintVerdict:
    file = folder / lint.file.name
    shutil.copyfile(lint.file, file)
    before = file.read_bytes().decode()
    known = await asyncio.to_thread(_keys, file, select)
    fixed = await session.fix(folder, file, before, "Fix: ", lint.place, [lint.diagnostic])
    file.write_bytes(fixed.text.encode())
    now = await asyncio.to_thread(_keys, file, select)
    key = (lint.code, _plain(lint.message))
    first, last = _around(before, lint.place["start"]["line"], lint.place["end"]["line"])
    return LintVerdict(
        file=lint.file.name,
        line=lint.place["start"]["line"] + 1,
        code=lint.code,
        gone=now[key] < known[key],
        new_findings=sum((now - known).values()),
        untouched_bytes_changed=changed_outside(before, fixed.without_imports, first, last),
        standing=fixed.standing,
        verdict=fixed.verdict,
        seconds=round(fixed.seconds, 2),
        answers=int(fixed.ledger.get("answers", 0)),
    )


def summary(verdicts: Sequence[LintVerdict]) -> dict[str, Any]:
    """The report's figures, with each finding's verdict."""
    count = len(verdicts)
    proved = [each for each in verdicts if each.standing == "proved"]
    right = [each for each in proved if each.right]
    return {
        "fixed_share": sum(each.right for each in verdicts) / count,
        "gone_share": sum(each.gone for each in verdicts) / count,
        "new_findings": sum(each.new_findings for each in verdicts),
        "proved_right": len(right),
        "proved_wrong": len(proved) - len(right),
        "unproved": sum(each.standing == "unproved" for each in verdicts),
        "untouched_bytes_changed": sum(each.untouched_bytes_changed for each in verdicts),
        "n": count,
        "seconds": round(sum(each.seconds for each in verdicts), 1),
        "programs": [asdict(each) for each in verdicts],
    }


def rows(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures for a table."""
    return [
        ("findings", str(figures["n"])),
        ("gone", f"{figures['gone_share']:.0%}"),
        ("proved and right", str(figures["proved_right"])),
        ("proved but wrong", str(figures["proved_wrong"])),
        ("offered unproved", str(figures["unproved"])),
        ("new findings", str(figures["new_findings"])),
        ("bytes changed outside the node", str(figures["untouched_bytes_changed"])),
        ("seconds each", f"{figures['seconds'] / figures['n']:.1f}"),
    ]


def _of_files(files: Iterable[Path], select: str) -> list[Lint]:
    found: list[Lint] = []
    paths = [str(file) for file in files]
    for first in range(0, len(paths), 200):
        found += [
            Lint(Path(each["filename"]), each["code"], each["message"], _place(each))
            for each in _ruff(paths[first : first + 200], select)
            if each.get("fix") is None and each.get("code")
        ]
    return found


def _keys(file: Path, select: str) -> Counter[tuple[str, str]]:
    return Counter((str(each.get("code")), _plain(each["message"])) for each in _ruff([str(file)], select))


def _plain(message: str) -> str:
    return "".join("#" if character.isdigit() else character for character in message)


def _ruff(paths: Sequence[str], select: str) -> list[dict[str, Any]]:
    import subprocess

    program = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if program is None:
        raise NoFindings("ruff isn't installed; `pip install ruff` gets it.")
    chosen = ["--select", select] if select else []
    command = [program, "check", "--isolated", "--no-cache", "--output-format=json", *chosen, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise NoFindings(f"ruff can't check these files: {done.stderr.strip().splitlines()[-1]}.")
    found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return found


def _place(finding: Mapping[str, Any]) -> dict[str, Any]:
    """LSP's range; ruff counts from 1, and columns in characters."""
    ends = (finding[name] for name in ("location", "end_location"))
    start, end = ({"line": each["row"] - 1, "character": each["column"] - 1} for each in ends)
    return {"start": start, "end": end}


def _around(text: str, first: int, last: int) -> tuple[int, int]:
    """The lines of the innermost function, else of the statement of the module, around a range of lines."""
    tree = ast.parse(text)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    spans = [_span(node) for node in (*tree.body, *functions)]
    inside = [span for span in spans if span[0] <= first and last <= span[1]]
    return min(inside, key=lambda span: span[1] - span[0], default=(first, last))


def _span(node: ast.stmt) -> tuple[int, int]:
    return node.lineno - 1, (node.end_lineno or node.lineno) - 1
