"""Runs the examples in a Python file's own strings, as doctest writes them; a script of its own.

    python examples_runner.py FILE FUNCTION SECONDS

Exit code 0: they all hold. 1: one does not, and it is told which of how many. 3: there are none that call FUNCTION.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import signal
import sys
import types
from typing import Any

NONE = 3
MOST_MEMORY = 2_000_000_000


class TooLong(BaseException):
    """An example did not end in time."""


def main() -> int:
    """Runs what the command line says."""
    file, function, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with open(file, encoding="utf-8") as source:  # noqa: PTH123 (a bare script starts quicker without pathlib)
        text = source.read()
    tree = ast.parse(text)
    examples = [each for each in _examples(tree) if function in each.source and each.want]
    if not examples:
        return NONE
    _limit()
    module = types.ModuleType("program")
    sys.modules["program"] = module
    out, sys.stdout = sys.stdout, io.StringIO()
    failed = 0
    try:
        _timed(lambda: exec(compile(text, file, "exec"), module.__dict__), seconds)
        failed = sum(not _holds(each, module.__dict__, seconds) for each in examples)
    except BaseException as error:
        print(f"the examples can't be run: {type(error).__name__}", file=out)
        return 1
    if failed:
        print(f"{failed} of {len(examples)} examples in the file fail", file=out)
    out.flush()
    return 1 if failed else 0


def _examples(tree: ast.Module) -> list[doctest.Example]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" in node.value:
            with contextlib.suppress(ValueError):
                found += doctest.DocTestParser().get_examples(node.value)
    return found


def _holds(example: doctest.Example, names: dict[str, Any], seconds: float) -> bool:
    """Whether an example gives what it says: the same text, or the same value written in another way."""
    try:
        code = compile(example.source.strip(), "<example>", "eval")
        value = _timed(lambda: eval(code, names), seconds)
    except BaseException as error:
        return bool(example.exc_msg) and type(error).__name__ in (example.exc_msg or "")
    want = example.want.strip()
    if " ".join(repr(value).split()) == " ".join(want.split()):
        return True
    with contextlib.suppress(ValueError, SyntaxError):
        return bool(value == ast.literal_eval(want))
    return False


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _timed(what: Any, seconds: float) -> Any:
    def ring(*_: object) -> None:
        raise TooLong

    if not hasattr(signal, "SIGALRM"):
        return what()  # whoever started this ends it in time
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return what()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.exit(code)
