"""The checkers that are known, as data: how each is run on a text, and what it says of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

FILE = "{file}"


class Reach(Enum):
    """What running a checker means."""

    READS = "reads"  # it only reads the text and its settings
    EXECUTES = "executes"  # plugins, build scripts, macros or tests: it runs what the workspace says


@dataclass(frozen=True, slots=True)
class Checker:
    """One checker. ``sources`` are what editors call it in a diagnostic's ``source``, lower-cased.

    ``finding`` has the groups ``line``, ``message`` and perhaps ``code`` and ``file``. With ``stdin`` it takes the text
    there; otherwise it runs in a copy of the workspace. ``explain`` prints what it teaches about a ``{code}``;
    ``format`` the text with the code on ``{line}`` (counted from 1) laid out anew. ``failed`` are the exit codes of one
    that can't do its work.
    """

    name: str
    sources: tuple[str, ...]
    languages: tuple[str, ...]
    command: tuple[str, ...]
    finding: str
    reach: Reach
    stdin: bool = False
    explain: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    failed: tuple[int, ...] = (2,)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a checker says of one place."""

    line: int
    code: str
    message: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two findings the same one although lines have moved: all but numbers."""
        return self.code, re.sub(r"\d+", "#", self.message)


_GNU = r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+):(?:(?P<column>\d+):)? "
_SCRIPT = ("javascript", "typescript", "javascriptreact", "typescriptreact")

CHECKERS: tuple[Checker, ...] = (
    Checker(
        "ruff",
        ("ruff",),
        ("python",),
        ("ruff", "check", "--no-cache", "--output-format=concise", "--stdin-filename", FILE, "-"),
        _GNU + r"(?:(?P<code>[A-Z]+\d+|invalid-syntax):?\s)?(?:\[\*\] )?(?P<message>.*)$",
        Reach.READS,
        stdin=True,
        explain=("ruff", "rule", "{code}"),
        format=(
            "ruff",
            "format",
            "--no-cache",
            "--config",
            'format.quote-style="preserve"',
            "--range",
            "{line}:1-{line}:2",
            "--stdin-filename",
            FILE,
            "-",
        ),
    ),
    Checker(
        "pyright",
        ("pyright", "pylance", "basedpyright"),
        ("python",),
        ("pyright", FILE),
        r"^\s*(?P<file>\S.*?):(?P<line>\d+):\d+ - \w+: (?P<message>.*?)(?:(?:\n\s{4}.*?)*? \((?P<code>report\w+)\))?$",
        Reach.READS,
        failed=(2, 3, 4),
    ),
    Checker(
        "mypy",
        ("mypy",),
        ("python",),
        ("mypy", "--no-error-summary", "--show-column-numbers", "--cache-dir", "{home}", FILE),
        _GNU + r"error: (?P<message>.*?)(?:  \[(?P<code>[\w-]+)\])?$",
        Reach.EXECUTES,
    ),
    Checker(
        "eslint",
        ("eslint",),
        _SCRIPT,
        ("eslint", "--format", "stylish", "--stdin", "--stdin-filename", FILE),
        r"^\s+(?P<line>\d+):\d+\s+(?:error|warning)\s+(?P<message>.*?)\s{2,}(?P<code>[@\w/-]+)$",
        Reach.EXECUTES,
        stdin=True,
    ),
    Checker(
        "tsc",
        ("ts", "typescript", "tsc"),
        _SCRIPT,
        ("tsc", "--noEmit", "--pretty", "false"),
        r"^(?P<file>[^\s(][^(\n]*)\((?P<line>\d+),\d+\): error TS(?P<code>\d+): (?P<message>.*)$",
        Reach.EXECUTES,
        failed=(),
    ),
    Checker(
        "go vet",
        ("compiler", "go vet", "vet", "go list", "types"),
        ("go",),
        ("go", "vet", "./..."),
        r"^(?:vet: )?(?P<file>[^\s:#][^:\n]*\.go):(?P<line>\d+):(?:\d+:)? (?P<message>.*)$",
        Reach.EXECUTES,
        failed=(),
    ),
    Checker(
        "cargo check",
        ("rustc", "rust-analyzer", "cargo", "clippy"),
        ("rust",),
        ("cargo", "check", "--offline", "--quiet", "--message-format=short"),
        _GNU + r"(?:error|warning)(?:\[(?P<code>\w+)\])?: (?P<message>.*)$",
        Reach.EXECUTES,
        failed=(),
    ),
    Checker(
        "clang",
        ("clang", "clangd", "c/c++", "gcc"),
        ("c", "cpp"),
        ("clang", "-fsyntax-only", "-Wall", FILE),
        _GNU + r"(?:error|warning): (?P<message>.*?)(?: \[(?P<code>-W[\w=+-]+)\])?$",
        Reach.EXECUTES,
        failed=(),
    ),
)

NAMES: Mapping[str, Checker] = {
    "python": Checker(
        "ruff",
        (),
        ("python",),
        ("ruff", "check", "--isolated", "--no-cache", "--select=F821,F822,F823", "--output-format=concise",
         "--stdin-filename", FILE, "-"),
        CHECKERS[0].finding,
        Reach.READS,
        stdin=True,
    ),
}  # fmt: skip
"""Each language's own quick look for names that nothing defines."""


def checker_for(source: str, language: str, commands: Mapping[str, Sequence[str]]) -> Checker | None:
    """The checker that reported a diagnostic, with the user's command if there is one; None if it isn't known."""
    wanted = source.lower().strip()
    found = next((each for each in CHECKERS if wanted in each.sources and language in each.languages), None)
    if found is not None and found.name in commands:
        return replace(found, command=tuple(commands[found.name]), stdin="-" in commands[found.name] and found.stdin)
    return found


def findings(checker: Checker, output: str, file: str) -> tuple[Finding, ...]:
    """What a checker's output says of one file, by the end of its path."""
    found = []
    for match in re.finditer(checker.finding, output, re.MULTILINE):
        groups = match.groupdict()
        named = (groups.get("file") or "").replace("\\", "/")
        if not named or file.endswith(named.removeprefix("./")) or named.endswith(file):
            found.append(Finding(int(groups["line"]) - 1, groups.get("code") or "", groups["message"].strip()))
    return tuple(found)


def fresh(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings after an edit that were not there before it."""
    known = Counter(each.key for each in before)
    new = []
    for each in after:
        if known[each.key] > 0:
            known[each.key] -= 1
        else:
            new.append(each)
    return tuple(new)


def gone(before: Sequence[Finding], after: Sequence[Finding], wanted: Finding) -> bool:
    """Whether there are fewer findings like the wanted one."""
    return sum(each.key == wanted.key for each in after) < sum(each.key == wanted.key for each in before)


MOST_ADVICE = 900


def example_in(explanation: str) -> str:
    """The example of bad and good code in a rule's explanation (Markdown, as ruff writes it); empty if it has none."""
    found = re.search(r"^#+ Examples?\n+(.*?)(?=^#+ |\Z)", explanation, re.MULTILINE | re.DOTALL)
    example = found.group(1).strip() if found else ""
    return example if len(example) <= MOST_ADVICE else ""


_SILENCE = re.compile(
    r"noqa|type:\s*ignore|pyright:\s*(?:ignore|basic)|pylint:\s*disable|eslint-disable|@ts-(?:ignore|nocheck|expect-error)"
    r"|nolint|#\[allow\(|pragma (?:clang|GCC) diagnostic|ruff:\s*(?:noqa|ignore)|mypy:\s*ignore|NOSONAR|biome-ignore"
)


def silences(before: str, after: str) -> bool:
    """Whether an edit makes a checker be silent in place of mending what it found."""
    return len(_SILENCE.findall(after)) > len(_SILENCE.findall(before))
