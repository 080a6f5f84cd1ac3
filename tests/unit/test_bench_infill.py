"""bench infill: holes from a file, verdicts on answers, the run with a scripted engine, figures, page, quiet places."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from foretype.bench import quiet
from foretype.bench.infill import Hole, HolesError, load_holes, sample
from foretype.bench.infill_judge import Judge
from foretype.bench.infill_page import infill_page
from foretype.bench.infill_report import rows
from foretype.bench.infill_run import fill
from foretype.bench.infill_score import bootstrap, results
from foretype.bench.quiet import MARK, marked_places, shipped_places
from foretype.cli.bench import bench
from foretype.complete.pipeline import Completer
from foretype.config.schema import Settings
from foretype.engines.base import (
    Alternative,
    Chunk,
    EngineInfo,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    Totals,
    Usage,
)
from foretype.prompt.families import find
from foretype.prompt.fim import Prompt
from foretype.prompt.hole import Chat, Input, laid_out
from foretype.syntax.closes import parse_errors
from foretype.syntax.cursor import Syntax
from foretype.syntax.languages import Languages

JUDGE = Judge()


def as_prompt(given: Input, family: str) -> Prompt:
    """What a model of the family reads."""
    assert not isinstance(given, Chat)
    return laid_out(given, find(family))


class Says:
    """An engine that ends every prompt with one of two texts."""

    def __init__(self, healed: str, raw: str) -> None:
        self.healed, self.raw = healed, raw
        self.prompts: list[Prompt] = []

    async def info(self) -> EngineInfo:
        return EngineInfo("says", "says", "qwen", 4096)

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        self.prompts.append(as_prompt(request.prompt, "qwen"))
        text = self.healed if self.prompts[-1].heal else self.raw
        if text:
            yield Chunk(text, Usage())
        yield Finish(FinishReason.END, Usage())

    async def explore(self, request: ExploreRequest) -> Explored:
        return Explored((Alternative(self.healed.split("\n")[0], -1.0),) if self.healed else ())

    async def warm(self, prompt: Input) -> bool:
        return True

    def totals(self) -> Totals:
        return Totals()

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(map(len, texts))

    async def aclose(self) -> None:
        pass


def hole(marked: str, middle: str, kind: str = "line", language: str = "python") -> Hole:
    prefix, suffix = marked.split("$0")
    fields = {"id": "a/1", "language": language, "kind": kind, "prefix": prefix, "middle": middle, "suffix": suffix}
    return msgspec.convert(fields, Hole)


RETURN = hole("def f(a):\n    b = a\n    $0\n\nprint(f(1))\n", "return b")


def test_holes_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "holes.jsonl"
    path.write_bytes(msgspec.json.encode(RETURN) + b"\n\n" + msgspec.json.encode(RETURN) + b"\n")
    assert load_holes(path) == [RETURN, RETURN]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no holes"),
        ("\n{]\n", "Line 2 of"),
        ('{"id": "a", "language": "python", "kind": "word", "prefix": "", "middle": "", "suffix": ""}', "kind"),
    ],
)
def test_what_is_no_hole_is_told_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "holes.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HolesError, match=message):
        load_holes(path)
    with pytest.raises(HolesError, match="can't be read"):
        load_holes(tmp_path / "none.jsonl")


def test_a_sample_is_spread_over_the_file() -> None:
    holes = [hole(f"{n}$0", "") for n in range(10)]
    assert [each.prefix for each in sample(holes, 5)] == ["0", "2", "4", "6", "8"]
    assert sample(holes, None) == sample(holes, 99) == holes


def test_the_document_and_its_cursor() -> None:
    snapshot, cursor = RETURN.snapshot()
    assert snapshot.text == RETURN.text
    assert snapshot.before(cursor) == RETURN.before == "    "
    assert snapshot.after(cursor) == RETURN.after == ""


def test_of_a_line_the_first_one_counts_and_of_a_block_all() -> None:
    assert JUDGE.judge(RETURN, "return b  \n\n\nclass A:").exact
    block = hole(RETURN.prefix + "$0" + RETURN.suffix, "b += 1\n    return b", "block")
    assert JUDGE.judge(block, "b += 1\n    return b\n").exact
    assert not JUDGE.judge(block, "b += 1").exact
    assert 0 < JUDGE.judge(block, "b += 1").similarity < 1


def test_what_is_replaced_belongs_to_what_was_there() -> None:
    call = hole("print(f$0)\n", "(1)", "tail")
    assert JUDGE.judge(call, "(1)").exact
    assert JUDGE.judge(call, "(1))", 1).exact
    assert not JUDGE.judge(call, "(1))").exact


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("return b", set()),
        ("", set()),
        ("return (b", {"adds_error", "unbalanced"}),
        ("return b)", {"adds_error", "unbalanced"}),
        ("return '('", set()),
        ("return b\n\nprint(f(1))", {"suffix_repeated"}),
        ("return b\n\nprint(f(1))\nprint(f(2))", set()),
        ("return = b", {"adds_error"}),
    ],
)
def test_what_is_wrong_with_an_answer(text: str, flags: set[str]) -> None:
    verdict = JUDGE.judge(RETURN, text)
    found = {name for name in ("adds_error", "suffix_repeated", "unbalanced") if getattr(verdict, name)}
    assert found == flags
    assert verdict.parses == ("adds_error" not in flags)
    assert verdict.empty == (not text)


def test_lines_that_were_there_twice_are_no_repetition() -> None:
    twice = hole("f(x);\n$0\nf(x);\n", "f(x);", language="c")
    assert not JUDGE.judge(twice, "f(x);").suffix_repeated
    once = hole("f(x);\n$0\ng(x);\n", "f(x);", language="c")
    assert JUDGE.judge(once, "g(x);").suffix_repeated


def test_the_rest_of_the_line_repeated() -> None:
    call = hole("x = f($0) + g(x)\n", "a", "tail")
    assert JUDGE.judge(call, "a) + g(x)").suffix_repeated
    assert not JUDGE.judge(call, "a").suffix_repeated


def test_an_opener_that_the_file_waits_for_unbalances_nothing() -> None:
    loop = hole("void f() {\n  $0\n    g();\n  }\n}\n", "while (true) {", language="c")
    assert not JUDGE.judge(loop, "for (;;) {").unbalanced
    assert not JUDGE.judge(loop, "h();").unbalanced
    assert JUDGE.judge(loop, "}").unbalanced


async def test_a_run_asks_the_pipeline_and_the_raw_model() -> None:
    engine = Says(healed="return b\n", raw="b = 2\n    return b")
    completer = Completer(lambda *_: engine, Syntax(), Settings())
    tail = hole("def f(a):\n    b = a\n    return$0\n", " b", "tail")
    try:
        filled = [one async for one in fill([RETURN, tail], completer, engine)]
        places = marked_places("a.py", f"x = f(1){MARK}\ny = {MARK}\n")
        asked = [one async for one in quiet.ask(places, completer)]
    finally:
        await completer.aclose()
    assert [one.ours.verdict.exact for one in filled] == [True, True]
    assert [one.raw.text for one in filled] == ["b = 2", "b = 2"]
    assert [prompt.heal for prompt in engine.prompts].count(False) == 2
    assert [(one.suggested, one.why_silent) for one in asked] == [
        (None, "after a finished statement"),
        ("return b", None),
    ]
    data = results(filled, asked, {"machine": "a & b"})
    assert (data["n"], data["exact_match"], data["quiet_rate"], data["raw"]["exact_match"]) == (2, 1.0, 0.5, 0.0)
    assert data["by_language"]["python"]["n"] == 2
    assert data["by_kind"]["line"]["exact_match"] == data["by_kind"]["line"]["parses"] == 1.0
    assert data["raw"]["by_kind"]["tail"]["n"] == 1
    assert [item["id"] for item in data["items"]] == ["a/1", "a/1"]
    assert msgspec.json.decode(msgspec.json.encode(data))["items"][0]["verdict"]["exact"] is True
    columns, table = rows(data)
    assert columns == ["all", "line and tail", "line", "tail", "python"]
    assert all(len(cells) == len(columns) for _, cells in table)
    page = infill_page(data)
    assert page.count("<svg") == 2 and "a &amp; b" in page and "<script" not in page


def test_an_interval_holds_its_mean_and_is_the_same_each_time() -> None:
    values = [True] * 30 + [False] * 10

    def share(some: list[bool]) -> float:
        return sum(some) / len(some)

    low, high = bootstrap(values, share) or (1.0, 0.0)
    assert 0.55 < low < 0.75 < high < 0.95
    assert bootstrap(values, share) == (low, high)
    assert bootstrap(values, lambda _: None) is None


def test_marks_give_places_in_one_text() -> None:
    places = marked_places("a.go", f"x := {MARK}f(1){MARK}\n{MARK}\n")
    assert [place.id for place in places] == ["a.go:1:6", "a.go:1:10", "a.go:2:1"]
    assert {place.snapshot.text for place in places} == {"x := f(1)\n\n"}
    assert {place.snapshot.language for place in places} == {"go"}


def test_enough_quiet_places_are_shipped_and_they_are_real_code() -> None:
    places = shipped_places()
    assert len(places) >= 60
    assert len({place.snapshot.language for place in places}) >= 6
    assert len({place.id for place in places}) == len(places)
    for snapshot in {place.snapshot.uri: place.snapshot for place in places}.values():
        assert parse_errors(Languages(), snapshot.language, [], "", snapshot.lines) == 0, snapshot.uri


def test_a_file_without_holes_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(bench, ["infill", str(tmp_path / "none.jsonl")])
    assert isinstance(done.exception, HolesError)
