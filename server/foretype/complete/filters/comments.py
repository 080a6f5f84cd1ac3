"""Comments behind code that nobody asked for: a model that was taught to explain writes them everywhere."""

from __future__ import annotations

import re
from functools import lru_cache

from foretype.complete.filters.brackets import OPENERS
from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.complete.filters.outlook import count
from foretype.syntax.languages import LanguageSpec
from foretype.syntax.lexical import LONGEST_LINE, lex

_TOLD = re.compile(
    r"\s*(?:/\*[+!]|#[:!]|--\+)|\W*(?:noqa|type\s*:|ty\s*:|pragma|pylint|pyre|pyright|pytype|mypy|ruff|fmt\s*:|isort|flake8"
    r"|yapf|black|nosec|nosem|eslint|ts-|@|tslint|prettier|biome|jshint|istanbul|c8|v8|nolint|lint|clang|cppcheck"
    r"|fall\W?thr|falls?\W+through|rubocop|nodoc|shellcheck|swiftlint|phpcs|psalm|phpstan|ktlint|scalafmt|sourcery"
    r"|nosonar|nopmd|nocheckstyle|non-nls|codespell|markdownlint|safety|language\s*[=:]|region|endregion|go\s*:"
    r"|v?\d+\.\d)",
    re.IGNORECASE,
)
"""What tools read in a comment."""

_UNMARKED = frozenset({"yaml"})
"""Languages in which what looks like a comment may as well be text."""

_HEREDOCS = {"bash": r"<<", "ruby": r"<<[~-]?[\"'`]?[A-Z_]"}

_APART = (";", ",", "{", "}", " ", "\t")
"""What a comment follows without a blank."""


def comments(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Takes off the comments that lines of code end with, in a file that has none such near the cursor.

    What a tool reads stays, and so does what stands behind a closing bracket or a directive, goes on over lines, or may
    be text after all. Holds for growing text, once ``comment_begun`` is held back.
    """
    spec = surroundings.spec
    if not any(sign in candidate.text for sign in _signs(spec)) or not unwanted(surroundings):
        return candidate
    if _has_heredoc(spec, candidate.text):
        return candidate
    lines = candidate.text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        head = surroundings.before + "".join(f"{each}\n" for each in lines[:number])
        if number + 1 < len(lines) and lex(spec, f"{head}{line}\n").comment:
            return candidate.with_text("\n".join((*kept, *lines[number:])), surroundings)
        kept.append(line[: _code_length(spec, head, line)])
    return candidate.with_text("\n".join(kept), surroundings)


def unwanted(surroundings: Surroundings) -> tuple[str, ...]:
    """What begins the comments that are taken off at the cursor; nothing where they may stay."""
    spec, around = surroundings.spec, (*surroundings.above, surroundings.before)
    if spec.id in _UNMARKED or not count(surroundings) or any(_has_heredoc(spec, line) for line in around):
        return ()
    if _is_habit(surroundings):
        return ()
    return _signs(spec)


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
    is_kept = not is_apart or _TOLD.match(line, length) is not None or _may_be_text(code, line[length:])
    return len(line) if is_kept else length


def _may_be_text(code: str, comment: str) -> bool:
    """Whether what looks like a comment ends what the code began: brackets, an element, a pattern, a template, PHP."""
    closes = any(code.count(opener) > code.count(closer) and closer in comment for opener, closer in OPENERS.items())
    return closes or "</" in comment or "?>" in comment or "`" in comment or code.count("/") % 2 == 1


def _has_heredoc(spec: LanguageSpec, text: str) -> bool:
    """Whether a shell's or Ruby's text may begin, in which nothing is a comment."""
    return spec.id in _HEREDOCS and re.search(_HEREDOCS[spec.id], text) is not None


@lru_cache(maxsize=64)
def _is_habit(surroundings: Surroundings) -> bool:
    """Whether a line near the cursor has a comment behind its code."""
    near = (line for line in (*surroundings.above, *surroundings.below) if len(line) <= LONGEST_LINE)
    return any(_code_length(surroundings.spec, "", line) < len(line.rstrip()) for line in near)
