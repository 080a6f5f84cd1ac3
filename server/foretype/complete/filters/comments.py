"""Comments behind code that nobody asked for: a model that was taught to explain writes them everywhere."""

from __future__ import annotations

import re
from functools import lru_cache

from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.outlook import outlook
from foretype.syntax.languages import LanguageSpec
from foretype.syntax.lexical import LONGEST_LINE, lex

_TOLD = re.compile(
    r"\W*(?:noqa|type\s*:|ty\s*:|pragma|pylint|pyright|mypy|ruff|fmt\s*:|isort|flake8|nosec|yapf|black|eslint|ts-|@|tslint"
    r"|prettier|biome|jshint|istanbul|c8|v8|nolint|lint|clang|cppcheck|fallthrough|falls?\s+through|rubocop|shellcheck"
    r"|swiftlint|phpcs|psalm|phpstan|ktlint|scalafmt|sourcery|safety|language\s*[=:]|region|endregion|go\s*:)",
    re.IGNORECASE,
)
"""What tools read in a comment."""

_APART = (";", ",", "{", "}", " ", "\t")
"""What a comment follows without a blank."""


def comments(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Takes off the comments that lines of code end with, in a file that has none such near the cursor.

    What a tool reads stays, and so does what stands behind a closing bracket or a directive. Holds for growing text,
    once ``comment_begun`` is held back.
    """
    spec = surroundings.spec
    if surroundings.prose or not any(sign in candidate.text for sign in _signs(spec)):
        return candidate
    if outlook(surroundings).in_text or _is_habit(surroundings):
        return candidate
    lines = candidate.text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        head = surroundings.before + "".join(f"{each}\n" for each in lines[:number])
        kept.append(line[: _code_length(spec, head, line)])
    return candidate.with_text("\n".join(kept), surroundings)


def comment_begun(text: str, surroundings: Surroundings) -> int:
    """How many characters at the end of a growing text may be the beginning of a comment's sign."""
    lengths = (
        length for sign in _signs(surroundings.spec) for length in range(1, len(sign)) if text.endswith(sign[:length])
    )
    return max(lengths, default=0)


def _signs(spec: LanguageSpec) -> tuple[str, ...]:
    """What comments begin with."""
    return tuple(sign for sign in (spec.line_comment, spec.block_comment and spec.block_comment[0]) if sign)


def _code_length(spec: LanguageSpec, head: str, line: str) -> int:
    """Where a line that follows ``head`` ends without the comment at its end."""
    if not any(sign in line for sign in _signs(spec)):
        return len(line)
    state = lex(spec, head + line)
    length = max(0, state.code_end - len(head))
    code = head.rpartition("\n")[2] + line[:length]
    if state.string is not None or not any(char.isalnum() for char in code) or code.lstrip().startswith("#"):
        return len(line)
    # An address in text that is no string, such as JSX has, goes on.
    is_apart = line[length : length + 1].isspace() or code.endswith(_APART) or not line[:length]
    return length if is_apart and not _TOLD.match(line, length) else len(line)


@lru_cache(maxsize=64)
def _is_habit(surroundings: Surroundings) -> bool:
    """Whether a line near the cursor has a comment behind its code."""
    near = (line for line in (*surroundings.above, *surroundings.below) if len(line) <= LONGEST_LINE)
    return any(_code_length(surroundings.spec, "", line) < len(line.rstrip()) for line in near)
