"""Runs one program's cases, as a test command does: a script of its own, which imports nothing of Foretype.

    python fix_runner.py PROGRAM.py CASES.jsonl FUNCTION MODE TOLERANCE

Each line of CASES is ``[arguments, expected]``, perhaps with the seconds it may take. MODE ``test`` prints how many
cases fail, and why in a word, without showing any of them, and exits with 1 if some do. MODE ``probe`` prints what
the function gives for further inputs, made from parts of those in the cases, digested: two programs that pass the cases
and print different things can't both be right. MODE ``verdict`` prints a JSON list of booleans, one for each case;
``slow`` does so of those that take too long.
"""

from __future__ import annotations

import ast
import copy
import functools
import hashlib
import itertools
import json
import math
import signal
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

SLOW = "too slow"
CASE_SECONDS = 1.0
VERDICT_SECONDS = 20.0
PROBE_SECONDS = 0.3
MOST_PROBES = 200
MOST_MEMORY = 2_000_000_000
MOST_ITEMS = 100_000


class TooLong(BaseException):
    """A case did not end in time; no handler of the program's own catches it."""


def main() -> int:
    """Runs what the command line says; the exit code is 1 when a case fails."""
    program, cases_file, function, mode, tolerance = sys.argv[1:6]
    _limit()
    with open(cases_file, encoding="utf-8") as file:  # noqa: PTH123 (a bare script starts quicker without pathlib)
        cases = [json.loads(line) for line in file if line.strip()]
    out = sys.stdout
    sys.stdout = sys.stderr  # what the program prints is not ours
    try:
        call = _load(program, function)
    except BaseException as error:
        print(f"It does not load: {type(error).__name__}.", file=out)
        return 1
    if mode == "probe":
        for line in _told(call, cases, _atoms(program)):
            print(line, file=out)
        return 0
    if mode in ("verdict", "slow"):
        seconds = VERDICT_SECONDS if mode == "verdict" else CASE_SECONDS
        ends = [_run(call, case[0], case[1], float(tolerance), seconds) for case in cases]
        print(json.dumps([end == SLOW if mode == "slow" else not end for end in ends]), file=out)
        return 0
    results = _tried(call, cases, float(tolerance))
    failed = [result for result in results if result]
    if failed:
        print(f"{len(failed)} of {len(cases)} cases fail: {', '.join(sorted(set(failed)))}.", file=out)
    return 1 if failed else 0


def _tried(call: Callable[..., Any], cases: list[Any], tolerance: float) -> list[str]:
    """How the cases go, those with more time at last, and only if all others pass."""
    results: list[str] = []
    for case in sorted(cases, key=_seconds):
        if _seconds(case) > CASE_SECONDS and any(results):
            break
        results.append(_run(call, case[0], case[1], tolerance, _seconds(case)))
        if results[-1] == SLOW:
            break  # the others would most likely be slow too
    return results


def _seconds(case: Any) -> float:
    return float(case[2]) if len(case) > 2 else CASE_SECONDS


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sys.setrecursionlimit(5_000)


def _load(program: str, function: str) -> Callable[..., Any]:
    with open(program, encoding="utf-8") as file:  # noqa: PTH123
        code = compile(file.read(), program, "exec")
    module = types.ModuleType("program")
    sys.modules["program"] = module
    _timed(lambda: exec(code, module.__dict__), CASE_SECONDS)
    found: Callable[..., Any] = getattr(module, function)
    return found


def _run(call: Callable[..., Any], given: Any, expected: Any, tolerance: float, seconds: float) -> str:
    """Why a case fails, in a word or two; empty when it doesn't."""
    arguments = given if isinstance(given, list) else [given]
    try:
        got = _timed(functools.partial(_called, call, arguments), seconds)
    except TooLong:
        return SLOW
    except (KeyboardInterrupt, SystemExit):
        return "it exits"
    except BaseException as error:
        return type(error).__name__
    return "" if _same(got, json.loads(json.dumps(expected)), tolerance) else "another result"


def _called(call: Callable[..., Any], arguments: list[Any]) -> Any:
    return _plain(call(*copy.deepcopy(arguments)))


def _plain(value: Any) -> Any:
    """A result after a JSON round trip, iterators as lists."""
    return json.loads(json.dumps(value, default=_listed))


def _listed(value: Any) -> Any:
    if hasattr(value, "__iter__"):
        return list(itertools.islice(value, MOST_ITEMS))
    raise TypeError(f"a {type(value).__name__} is no JSON")


def _same(left: Any, right: Any, tolerance: float) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, float) or isinstance(right, float):
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        return numbers and (left == right or math.isclose(left, right, rel_tol=0.0, abs_tol=tolerance))
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(_same(a, b, tolerance) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key], tolerance) for key in left)
    return bool(left == right)


def _timed(what: Callable[[], Any], seconds: float) -> Any:
    def ring(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return what()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _atoms(program: str) -> list[Any]:
    """The strings and numbers that a program names: where it decides by them, inputs have to have them."""
    with open(program, encoding="utf-8") as file:  # noqa: PTH123
        tree = ast.parse(file.read())
    values = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    kept = (value for value in values if isinstance(value, str | int | float) and not isinstance(value, bool))
    return sorted({value for value in kept if not (isinstance(value, str) and len(value) > 12)}, key=repr)


def _told(call: Callable[..., Any], cases: list[Any], atoms: list[Any]) -> Iterator[str]:
    """What the function gives for further inputs: the input and the result, digested, in each line.

    ``!`` before them says that it fails, ``~`` that the input is beyond what the cases show to be meant.
    """
    givens = [given if isinstance(given, list) else [given] for given, *_ in cases]
    slow = 0
    for mark, probes in (("", _probes(givens, atoms)), ("~", _beyond(givens))):
        for arguments in probes:
            failed = "!"
            try:
                told = json.dumps(_rounded(_timed(functools.partial(_called, call, arguments), PROBE_SECONDS)))
                failed = ""
            except TooLong:
                told, slow = "slow", slow + 1
            except BaseException as error:
                told = type(error).__name__
            yield f"{mark}{failed}{_short(json.dumps(arguments))} {_short(told)}"
            if slow > 3:
                return


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _beyond(givens: list[list[Any]]) -> Iterator[list[Any]]:
    """Inputs of the cases with one argument that is empty, or nothing."""
    seen = {json.dumps(given) for given in givens}
    for given in givens:
        for at, value in enumerate(given):
            edge = type(value)() if isinstance(value, list | str | dict | int | float) else value
            arguments = [*given[:at], edge, *given[at + 1 :]]
            if (key := json.dumps(arguments)) not in seen:
                seen.add(key)
                yield arguments


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    return [_rounded(each) for each in value] if isinstance(value, list) else value


def _probes(givens: list[list[Any]], atoms: list[Any]) -> Iterator[list[Any]]:
    """Inputs like those of the cases: one argument made smaller, or taken from another case."""
    seen = {json.dumps(given) for given in givens}
    made = 0
    variants = [_variants(given, givens, atoms) for given in givens]
    for arguments in itertools.chain.from_iterable(itertools.zip_longest(*variants)):
        if arguments is None or (key := json.dumps(arguments)) in seen:
            continue
        seen.add(key)
        yield arguments
        made += 1
        if made >= MOST_PROBES:
            return


def _variants(given: list[Any], givens: list[list[Any]], atoms: list[Any]) -> Iterator[list[Any]]:
    options = [
        [each for each in (*_exchanged(value, atoms), *_smaller(value)) if _is_usual(each, at, givens)]
        for at, value in enumerate(given)
    ]
    for round_ in range(max((len(each) for each in options), default=0)):
        for at, smaller in enumerate(options):
            if round_ < len(smaller):
                yield [*given[:at], smaller[round_], *given[at + 1 :]]
    for other in givens:
        if len(other) == len(given):
            for at in range(len(given)):
                yield [*given[:at], other[at], *given[at + 1 :]]


def _is_usual(value: Any, at: int, givens: list[list[Any]]) -> bool:
    """Whether a value is within what the cases have in its place: not smaller or shorter than the least, nor larger.

    What lies outside may not be meant to work at all, and then says nothing.
    """
    known = [given[at] for given in givens if len(given) > at]
    if isinstance(value, list | str):
        sizes = [len(each) for each in known if isinstance(each, list | str)]
        return bool(sizes) and min(sizes) <= len(value) <= max(sizes)
    numbers = [each for each in known if isinstance(each, int | float)]
    return not isinstance(value, int | float) or bool(numbers and min(numbers) <= value <= max(numbers))


def _exchanged(value: Any, atoms: list[Any]) -> Iterator[Any]:
    """A list with one of its strings replaced by another that the program knows."""
    if not isinstance(value, list):
        return
    for at, item in enumerate(value[:12]):
        if isinstance(item, str):
            yield from (
                [*value[:at], atom, *value[at + 1 :]] for atom in atoms if isinstance(atom, str) and atom != item
            )


def _smaller(value: Any) -> Iterator[Any]:
    """Values of the same kind that keep what holds of parts: an order, that things differ, what they are made of."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield from (each for each in (value - 1, value + 1, value // 2, 0, 1, 2) if each >= 0 or value < 0)
    elif isinstance(value, float):
        yield from (value / 2, value + 1.0)
    elif isinstance(value, list | str):
        size = len(value)
        for end in {0, 1, 2, size // 2, size - 1}:
            yield value[:end]
            yield value[size - end :]
        for at in range(min(size, 8)):
            yield "".join((value[:at], value[at + 1 :])) if isinstance(value, str) else [*value[:at], *value[at + 1 :]]
        if isinstance(value, list):
            for at in range(min(size, 4)):
                for smaller in itertools.islice(_smaller(value[at]), 3):
                    yield [*value[:at], smaller, *value[at + 1 :]]


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)
