"""The search for a bug: small edits first, then the model; several that pass are told apart, or nothing is proved."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_python
from msgspec.structs import replace

from foretype.actions.kinds import FIX_BUG
from foretype.actions.programs import Grounds
from foretype.actions.results import Outcome
from foretype.actions.run import Actions
from foretype.actions.small_edits import small_edits
from foretype.actions.under_way import Wish
from foretype.actions.verdict import Standing
from foretype.bench.scripted import ScriptedEngine
from foretype.config.actions import Actions as Settings
from foretype.engines.base import Chunk, EngineInfo, Finish, FinishReason, GenerateRequest, Usage
from foretype.prompt.hole import Chat
from foretype.text.documents import Snapshot
from foretype.text.edits import apply, split_lines
from foretype.workspace.client import Workspace


class Talker(ScriptedEngine):
    """Answers each conversation with the next text, and fills every gap with the same line."""

    def __init__(self, answers: list[str], line: str = "") -> None:
        super().__init__(lambda status: None)
        self.answers, self.line = answers, line
        self.asked: list[GenerateRequest] = []

    async def info(self) -> EngineInfo:
        return EngineInfo("talker", "talker", chat=True)

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        self.asked.append(request)
        text = self.line
        if isinstance(request.prompt, Chat):
            talks = sum(isinstance(each.prompt, Chat) for each in self.asked)
            text = self.answers[min(talks, len(self.answers)) - 1]
        if text:
            yield Chunk(text, Usage(decode_tokens=1))
        yield Finish(FinishReason.END, Usage(decode_tokens=1))


def settings(test: str, probe: str = "") -> Settings:
    def command(code: str) -> tuple[str, ...]:
        return (sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); from work import f; {code}")

    return Settings(
        allow_executing=True, test_command=command(test), probe_command=command(probe) if probe else (), candidates=2
    )


async def searched(folder: Path, code: str, given: Settings, engine: Talker) -> tuple[Outcome, str]:
    file = folder / "work.py"
    file.write_text(code)
    snapshot = Snapshot(file.as_uri(), 1, "python", tuple(split_lines(code)))
    wish = Wish({"action": FIX_BUG, "start": [0, 5], "end": [0, 5]}, snapshot, Grounds(given, True, folder, file))
    outcome = await Actions(lambda snapshot: [engine], Workspace()).carry_out(wish, lambda what: None)
    lines = list(snapshot.lines)
    for edit in reversed(outcome.edits):
        apply(lines, edit)
    return outcome, "".join(lines)


async def test_a_small_edit_that_makes_the_tests_pass_needs_no_model(tmp_path: Path) -> None:
    engine = Talker([])
    code = "def f(xs):\n    return any(x > 0 for x in xs)\n"
    given = settings("assert f([1, 2]) and not f([1, -2]) and not f([-1])")
    outcome, after = await searched(tmp_path, code, given, engine)
    assert after == code.replace("any", "all")
    assert outcome.verdict.standing is Standing.PROVED
    assert outcome.account.tried > 0 and not engine.asked


async def test_edits_that_pass_and_differ_elsewhere_prove_nothing(tmp_path: Path) -> None:
    """``a < b`` and ``a <= b`` both pass; only the probe tells that they are not the same."""
    code = "def f(a, b):\n    return a > b\n"
    given = settings("assert f(1, 2) and not f(2, 1)", "print(f(1, 1))")
    outcome, after = await searched(tmp_path, code, given, Talker(["def f(a, b):\n    return a < b\n```"]))
    assert after == code.replace(">", "<")
    assert outcome.verdict.standing is Standing.UNPROVED
    assert "different edits pass the tests" in outcome.verdict.sentence


async def test_an_edit_that_fails_where_the_code_did_not_before_proves_nothing(tmp_path: Path) -> None:
    code = "def f(n):\n    return 2\n"
    probe = "exec(\"try:\\n print('~zero', f(0))\\nexcept ZeroDivisionError:\\n print('~!zero')\")"
    given = replace(settings("assert f(2) == 1", probe), small_edits="never")
    outcome, after = await searched(tmp_path, code, given, Talker(["def f(n):\n    return 2 // n\n```"]))
    assert "2 // n" in after
    assert outcome.verdict.standing is Standing.UNPROVED
    assert "fails on inputs on which the code did not before" in outcome.verdict.sentence
    outcome, after = await searched(tmp_path, code, given, Talker(["def f(n):\n    return n and 2 // n\n```"]))
    assert outcome.verdict.standing is Standing.PROVED


async def test_where_no_small_edit_helps_the_model_is_asked_and_its_answer_proved(tmp_path: Path) -> None:
    code = "def f(xs):\n    return xs\n"
    engine = Talker(["def f(xs):\n    return xs[::2]\n```", "def f(xs):\n    return sorted(xs)[::-1]\n```"])
    outcome, after = await searched(tmp_path, code, settings("assert f([2, 1, 3]) == [3, 2, 1]"), engine)
    assert after == "def f(xs):\n    return sorted(xs)[::-1]\n"
    assert outcome.verdict.standing is Standing.PROVED
    assert outcome.account.answers == 2


async def test_lines_are_filled_when_answers_fail(tmp_path: Path) -> None:
    code = "def f(xs):\n    ys = xs\n    return ys\n"
    engine = Talker(["def f(xs):\n    return 0\n```"], line="ys = sorted(xs)[::-1]")
    outcome, after = await searched(tmp_path, code, settings("assert f([2, 1, 3]) == [3, 2, 1]"), engine)
    assert after == "def f(xs):\n    ys = sorted(xs)[::-1]\n    return ys\n"
    assert outcome.verdict.standing is Standing.PROVED
    assert all(each.patient for each in engine.asked)


async def test_a_search_without_result_says_what_the_tests_say(tmp_path: Path) -> None:
    engine = Talker(["def f():\n    return 2\n```"])
    outcome, after = await searched(tmp_path, "def f():\n    return 1\n", settings("sys.exit('never right')"), engine)
    assert outcome.verdict.standing is Standing.FAILED
    assert "never right" in outcome.verdict.sentence
    assert after == "def f():\n    return 1\n"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("def f(a, b):\n    return a < b\n", "a <= b"),
        ("def f(a, b):\n    return g(a, b)\n", "g(b, a)"),
        ("def f(a, b):\n    return g(a) and b\n", "g(a) or b"),
        ("def f(n):\n    return range(0, n)\n", "range(0, n + 1)"),
        ("def f(n):\n    return range(0, n)\n", "range(1, n)"),
        ("def f(a, b):\n    g(b)\n    return a\n", "return b"),
        ("def f(a, b):\n    return h(a)\n", "return a"),
        ("def f(a):\n    return []\n", "return [a]"),
        ("def f(a):\n    if a:\n        b()\n", "if not (a):"),
        ("def f(a, b):\n    a = b\n    return a\n", "a = max(0, b)"),
        ("def f(a, b):\n    if a < 0:\n        c()\n", "if not b or a < 0:"),
        ("def f(a, b):\n    if a < 0:\n        c()\n", "if b is None or a < 0:"),
        ("def f(a, b):\n    return f(a[1:], b)\n", "f(a[1:], b[1:])"),
        ("def f(a, b):\n    return f(a, b)\n", "f(a, b - a)"),
        ("def f(q):\n    while True:\n        q.pop()\n", "while q:"),
    ],
)
def test_small_edits_have_what_repairs_many_bugs(code: str, wanted: str) -> None:
    source = code.encode()
    tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language())).parse(source)
    edits = small_edits(source, tree.root_node)
    made = {(source[: each.start] + each.text + source[each.end :]).decode() for each in edits}
    assert any(wanted in each for each in made)
    assert len({(each.start, each.end, each.text) for each in edits}) == len(edits)
    assert [each.cost for each in edits] == sorted(each.cost for each in edits)


async def test_an_answer_made_for_the_tests_is_not_called_proved(tmp_path: Path) -> None:
    engine = Talker(["def f(n):\n    if n == 27:\n        return 4\n    return 0\n```"])
    outcome, _ = await searched(tmp_path, "def f(n):\n    return 0\n", settings("assert f(27) == 4"), engine)
    assert outcome.verdict.standing is Standing.UNPROVED
    assert "27" in outcome.verdict.sentence
