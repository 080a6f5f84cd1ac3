"""The pipeline with an engine that the test scripts: reuse, joining, superseding, stopping, anchors."""

from __future__ import annotations

import asyncio
import itertools

import msgspec
import pytest
from scripted.engine import END, URI, Bench, ScriptedEngine, as_prompt, bench, text_of, until

from foretype.complete.auto_closed import auto_closed
from foretype.complete.contest import OUTDATED, SUPERSEDED
from foretype.complete.generator import GRACE_SECONDS
from foretype.complete.pipeline import Completer
from foretype.complete.undone import undone
from foretype.config.schema import Completion, Local, Settings
from foretype.engines.base import Alternative, WorkerDied
from foretype.prompt.fim import Control
from foretype.syntax.cursor import Syntax


async def test_a_line_is_offered_when_it_is_whole() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        (await b.generation(0)).say("urn", " a + b", "\n")
        result = await task
        assert text_of(result) == "urn a + b"
        assert result.ledger.source == "model"
        assert (result.ledger.prefill_tokens, result.ledger.decode_tokens) == (2, 3)
        assert "2 tokens" in b.completer.explain_last()


async def test_typing_along_is_answered_without_the_model() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        (await b.generation(0)).say("urn", " a + b", "\n", END)
        await task
        for typed, left in (("retu", "rn a + b"), ("return a", " + b"), ("return a +", " b")):
            result = await b.ask(f"def f(a, b):\n    {typed}$0\n")
            assert text_of(result) == left
            assert result.ledger.source == "cache"
            assert result.ledger.prefill_tokens == result.ledger.decode_tokens == 0
        assert len(b.engine.generations) == 1


async def test_a_next_request_joins_what_is_being_generated() -> None:
    async with bench() as b:
        first = b.ask("def f(a, b):\n    ret$0\n")
        generation = await b.generation(0)
        generation.say("urn")
        await asyncio.sleep(0.01)
        second = b.ask("def f(a, b):\n    retu$0\n")
        assert (await first).rejected == SUPERSEDED
        generation.say(" a + b\n")
        result = await second
        assert text_of(result) == "rn a + b"
        assert result.ledger.source == "in-flight"
        assert len(b.engine.generations) == 1


async def test_typing_a_little_ahead_of_the_model_joins_too() -> None:
    async with bench() as b:
        b.ask("def f(a, b):\n    total = $0\n")
        generation = await b.generation(0)
        generation.say("al")
        await asyncio.sleep(0.01)
        ahead = b.ask("def f(a, b):\n    total = alpha$0\n")
        generation.say("pha + beta\n")
        assert text_of(await ahead) == " + beta"


async def test_being_ahead_and_then_disagreeing_starts_anew() -> None:
    async with bench() as b:
        b.ask("def f(a, b):\n    total = $0\n")
        (await b.generation(0)).say("al")
        await asyncio.sleep(0.01)
        ahead = b.ask("def f(a, b):\n    total = also$0\n")
        b.engine.generations[0].say("pha + beta\n")
        (await b.generation(1)).say("_known(b)\n")
        assert text_of(await ahead) == "_known(b)"


async def test_a_change_that_disagrees_stops_the_generation() -> None:
    async with bench() as b:
        b.ask("def f(a, b):\n    ret$0\n")
        generation = await b.generation(0)
        generation.say("urn a")
        await asyncio.sleep(0.01)
        b.change("def f(a, b):\n    rety$0\n")
        await asyncio.sleep(0.01)
        assert generation.closed


async def test_a_request_for_text_that_has_changed_asks_for_nothing_more() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        (await b.generation(0)).say("urn a")
        await asyncio.sleep(0.01)
        b.change("def f(a, b):\n    rety$0\n")
        assert (await asyncio.wait_for(task, 5)).rejected == OUTDATED
        assert len(b.engine.generations) == 1


async def test_a_change_that_agrees_stops_nothing() -> None:
    async with bench() as b:
        b.ask("def f(a, b):\n    ret$0\n")
        generation = await b.generation(0)
        generation.say("urn a")
        await asyncio.sleep(0.01)
        b.change("def f(a, b):\n    retu$0\n")
        await asyncio.sleep(0.01)
        assert not generation.closed


async def test_a_cancelled_request_leaves_the_generation_a_grace() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        generation = await b.generation(0)
        generation.say("urn")
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.sleep(0.01)
        assert not generation.closed
        joined = b.ask("def f(a, b):\n    retu$0\n")
        generation.say(" a + b\n")
        assert text_of(await joined) == "rn a + b"


async def test_the_grace_ends() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        generation = await b.generation(0)
        task.cancel()
        await asyncio.sleep(GRACE_SECONDS * 2)
        assert generation.closed


async def test_of_a_burst_only_the_last_is_answered() -> None:
    async with bench() as b:
        tasks = [b.ask("def f(a, b):\n    " + "r" * n + "$0\n") for n in range(1, 301)]
        last = await b.generation(0)
        await asyncio.sleep(0.05)
        b.engine.generations[-1].say("turn a\n")
        results = await asyncio.wait_for(asyncio.gather(*tasks), 5)
        assert [bool(r.suggestions) for r in results] == [False] * 299 + [True]
        assert {r.rejected for r in results[:-1]} == {SUPERSEDED}
        assert sum(not g.closed for g in b.engine.generations) <= 1
        assert last is not None


async def test_a_streamed_answer_only_grows() -> None:
    async with bench() as b:
        grown: list[str] = []
        task = b.ask("def total(values):\n    ret$0\n", stream=grown)
        generation = await b.generation(0)
        for part in ("urn", " sum", "(values)", " / len", "(values)", "\n"):
            generation.say(part)
            await asyncio.sleep(0.01)
        final = text_of(await task)
        assert final == "urn sum(values) / len(values)"
        assert len(grown) >= 3
        assert all(longer.startswith(shorter) for shorter, longer in zip(grown, [*grown[1:], final], strict=True))


async def test_the_standard_request_answers_in_part_at_the_soft_deadline() -> None:
    async with bench() as b:
        task = b.ask("def total(values):\n    ret$0\n")
        (await b.generation(0)).say("urn", " sum", "(val")
        result = await asyncio.wait_for(task, 5)
        assert not result.done
        assert "urn sum(values)".startswith(text_of(result))
        assert len(text_of(result)) >= 4
        b.engine.generations[0].say("ues)\n")
        await asyncio.sleep(0.01)
        assert text_of(await b.ask("def total(values):\n    retu$0\n")) == "rn sum(values)"


async def test_other_text_around_is_another_question() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        (await b.generation(0)).say("urn a + b\n", END)
        await task
        for number, text in enumerate(("def f(a, c):\n    ret$0\n", "def f(a, b):\n    ret$0\n\nprint(f(1, 2))\n"), 1):
            asked = b.ask(text)
            (await b.generation(number)).say("urn a\n", END)
            assert text_of(await asked) == "urn a"


async def test_deleting_back_is_another_question() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    retu$0\n")
        (await b.generation(0)).say("rn a + b\n", END)
        await task
        again = b.ask("def f(a, b):\n    re$0\n")
        (await b.generation(1)).say("turn a\n", END)
        assert text_of(await again) == "turn a"


async def test_an_engine_that_fails_gives_a_reason_and_the_next_request_works() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        (await b.generation(0)).say(WorkerDied("The model's process ended; it is being restarted."))
        assert (await task).rejected == "The model's process ended; it is being restarted."
        for number, typed in enumerate(("ret", "retu"), 1):
            again = b.ask(f"def f(a, b):\n    {typed}$0\n")
            (await b.generation(1)).say("return a"[len(typed) :] + "\n", END)
            assert text_of(await again) == "return a"[len(typed) :], number


async def test_a_model_with_nothing_to_say_gives_a_reason() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        (await b.generation(0)).say(END)
        result = await task
        assert not result.suggestions
        assert b.completer.explain_last().startswith("No suggestion: ")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (Settings(completion=Completion(enabled=False)), "suggestions are turned off"),
        (Settings(completion=Completion(disabled_languages=("python",))), "suggestions are turned off for python"),
    ],
)
async def test_turned_off(settings: Settings, reason: str) -> None:
    async with bench(settings) as b:
        assert (await b.ask("x = $0\n")).rejected == reason
        b.completer.apply_settings(msgspec.structs.replace(settings, completion=Completion()))
        task = b.ask("x = $0\n")
        (await b.generation(0)).say("value\n", END)
        assert text_of(await task) == "value"


async def test_mid_word_there_is_nothing_and_no_generation() -> None:
    async with bench() as b:
        assert (await b.ask("val$0ue = 1\n")).rejected == "mid-word"
        assert b.engine.generations == []


async def test_the_prompt_only_grows_while_lines_are_typed() -> None:
    """Each prompt of a typist who disagrees with every answer begins with the one before, less its last piece's end."""
    head, tail = "import os\n\n\ndef f(a, b):\n", "\n\n\ndef g():\n    return 1\n"
    typed = "    first = a + b\n    second = a - b\n    return first"
    async with bench(Settings(local=Local(speculate=False))) as b:
        prompts = []
        for end in range(5, len(typed), 3):
            task = b.ask(head + typed[:end] + "$0" + tail, explicit=True)
            generation = await b.generation(len(prompts))
            generation.say("§", END)
            await task
            prompts.append(as_prompt(generation.request.prompt, "qwen"))
        assert len(prompts) > 8
        for earlier, later in itertools.pairwise(prompts):
            assert earlier.pieces[:-1] == later.pieces[:-1]
            assert str(later.pieces[-1]).startswith(str(earlier.pieces[-1]))


async def test_auto_closed_brackets_leave_the_prompt_as_it_was() -> None:
    tail = "\n\n\ndef g():\n    return 1\n"
    async with bench(Settings(local=Local(speculate=False))) as b:
        prompts = []
        for number, line in enumerate(
            ("    pri$0", "    print($0)", "    print(sorted($0))", '    print(sorted("$0"))')
        ):
            task = b.ask(f"def f(a):\n{line}{tail}", explicit=True)
            generation = await b.generation(number)
            await task
            prompts.append(as_prompt(generation.request.prompt, "qwen"))
        suffixes = {p.pieces[p.pieces.index(Control.SUFFIX) + 1] for p in prompts}
        assert len(suffixes) == 1


async def test_crlf_files_get_crlf_and_models_see_plain_line_ends() -> None:
    async with bench() as b:
        task = b.ask("def f(a):\r\n    if a:\r\n        ret$0\r\n")
        generation = await b.generation(0)
        assert not any(
            "\r" in piece for piece in as_prompt(generation.request.prompt, "qwen").pieces if isinstance(piece, str)
        )
        generation.say("urn a\n", END)
        assert text_of(await task) == "urn a"
        assert text_of(await b.ask("def f(a):\r\n    if a:\r\n        retu$0\r\n")) == "rn a"


async def test_idle_time_prepares_the_full_window_for_a_large_file() -> None:
    big = "".join(f"name_{n} = {n} * {n}\n" for n in range(2000))
    async with bench() as b:
        b.engine.family = "qwen"
        task = b.ask(big + "x = $0\n" + big)
        generation = await b.generation(0)
        cold = sum(
            len(piece) for piece in as_prompt(generation.request.prompt, "qwen").pieces if isinstance(piece, str)
        )
        generation.say("name_1\n", END)
        await task
        for _ in range(100):
            if b.engine.warmed:
                break
            await asyncio.sleep(0.01)
        warm = sum(len(piece) for piece in b.engine.warmed[-1].pieces if isinstance(piece, str))
        assert warm > 2 * cold
        await asyncio.sleep(0.05)
        again = b.ask(big + "x = b$0\n" + big)
        prompt = as_prompt((await b.generation(1)).request.prompt, "qwen")
        assert sum(len(piece) for piece in prompt.pieces if isinstance(piece, str)) >= warm - 50
        b.engine.generations[1].say("ase\n", END)
        await again


async def test_closing_a_document_ends_its_request_and_generation() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        generation = await b.generation(0)
        b.completer.closed(URI)
        assert not (await asyncio.wait_for(task, 2)).suggestions
        await asyncio.sleep(0.01)
        assert generation.closed


async def test_who_asks_gets_several_distinct_ends_and_may_follow_each() -> None:
    async with bench() as b:
        b.engine.lines = (
            Alternative("urn a + b", -1.0),
            Alternative("urn a + b", -1.5),
            Alternative("", -2.0),
            Alternative("urn a - b", -3.0),
        )
        result = await b.ask("def f(a, b):\n    ret$0\n", explicit=True)
        texts = [suggestion.text for suggestion in result.suggestions]
        assert texts == ["urn a + b", "urn a - b"]
        assert (result.ledger.prefill_tokens, result.ledger.decode_tokens) == (3, 9)
        assert len({suggestion.id for suggestion in result.suggestions}) == 2
        assert text_of(await b.ask("def f(a, b):\n    return a -$0\n")) == " b"
        assert len(b.engine.generations) == 1


async def test_lines_that_are_shown_as_one_count_together() -> None:
    async with bench() as b:
        b.engine.lines = (Alternative("urn b", -1.0), Alternative("urn a", -1.2), Alternative("urn a ", -1.3))
        result = await b.ask("def f(a, b):\n    ret$0\n", explicit=True)
        assert [suggestion.text for suggestion in result.suggestions] == ["urn a", "urn b"]


async def test_without_fim_the_text_after_the_cursor_decides() -> None:
    async with bench() as b:
        b.engine.family = ""
        b.engine.lines = (Alternative("er", -1.0, -40.0), Alternative("al", -2.0, -10.0))
        result = await b.ask("def f(a, b):\n    tot$0\n    return total\n", explicit=True)
        assert text_of(result) == "al"
        assert b.engine.explored[0].after.startswith("\n    return total")


async def test_with_fim_the_line_and_how_it_reads_on_decide_together() -> None:
    async with bench() as b:
        b.engine.lines = (
            Alternative("er", -1.0, -40.0),
            Alternative("al_of", -9.0, -9.5),
            Alternative("al", -2.0, -10.0),
        )
        result = await b.ask("def f(a, b):\n    x = tot$0\n    return total\n", explicit=True)
        assert [suggestion.text for suggestion in result.suggestions] == ["al", "al_of", "er"]


async def test_lines_that_could_not_be_read_are_ranked_by_themselves() -> None:
    async with bench() as b:
        b.engine.lines = (Alternative("al_of", -9.0), Alternative("al", -2.0))
        result = await b.ask("def f(a, b):\n    x = tot$0\n", explicit=True)
        assert [suggestion.text for suggestion in result.suggestions] == ["al", "al_of"]
        assert b.engine.explored[0].after == ""


async def test_a_block_that_was_asked_for_begins_with_the_best_line() -> None:
    async with bench() as b:
        b.engine.keeps_work = True
        b.engine.lines = (Alternative("for x in xs:", -1.0, -30.0), Alternative("if not xs:", -2.0, -10.0))
        task = b.ask("def f(xs):\n    $0\n    return 1\n", explicit=True)
        generation = await b.generation(1)
        assert generation.request.prompt.middle.endswith("    if not xs:")
        generation.say("\n        return 0\n    return 1\n", END)
        result = await task
        texts = [suggestion.text for suggestion in result.suggestions]
        assert texts == ["if not xs:\n        return 0", "for x in xs:"]
        assert result.ledger.decode_tokens == 10


async def test_a_block_that_was_asked_for_and_cut_off_is_closed() -> None:
    async with bench() as b:
        task = b.ask("def f(xs):\n    $0\n", explicit=True)
        names = (
            "alpha",
            "beta",
            "gamma",
            "delta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "tau",
        )
        (await b.generation(0)).say("return g(\n" + "".join(f"        {name},\n" for name in names))
        lines = text_of(await task).split("\n")
        assert (lines[0], lines[-2], lines[-1]) == ("return g(", "        xi,", "    )")


async def test_a_block_that_was_asked_for_and_ended_too_early_is_closed() -> None:
    """Models leave the last bracket out where one like it stands below."""
    async with bench() as b:
        task = b.ask("def f(xs):\n    $0\n", explicit=True)
        (await b.generation(0)).say("return g(\n        xs,", END)
        assert text_of(await task) == "return g(\n        xs,\n    )"


@pytest.mark.parametrize(("keeps_work", "family", "count"), [(False, "qwen", 3), (True, "qwen", 6), (True, "", 8)])
async def test_a_model_here_is_asked_for_more_lines(keeps_work: bool, family: str, count: int) -> None:
    async with bench() as b:
        b.engine.keeps_work, b.engine.family = keeps_work, family
        b.engine.lines = (Alternative("urn a", -1.0),)
        await b.ask("def f(a, b):\n    ret$0\n", explicit=True)
        assert [request.count for request in b.engine.explored] == [count]


async def test_comments_are_not_begun() -> None:
    async with bench() as b:
        b.engine.keeps_work = True
        b.engine.lines = (
            Alternative("\n    return b", -0.5, -1.0),
            Alternative("# Add them", -1.0, -2.0),
            Alternative("return a + b  # the sum", -1.5, -5.0),
            Alternative("return a + b", -2.0, -6.0),
            Alternative('return "#"', -9.0, -9.0),
        )
        task = b.ask("def f(a, b):\n    $0\n    pass\n", explicit=True)
        generation = await b.generation(1)
        assert generation.request.prompt.middle.endswith("    return a + b\n")
        generation.say(END)
        assert [suggestion.text for suggestion in (await task).suggestions] == [
            "return a + b",
            'return "#"',
            "\n    return b",
            "# Add them",
        ]
        b.engine.lines = (Alternative(" the other # one", -1.0),)
        result = await b.ask("# Add one and$0\n", explicit=True)
        assert text_of(result) == " the other # one"


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("def f(a, b):\n    $0\n    pass\n", ("#", '"""', "'''")),
        ("x = f($0)\n", ("#",)),
        ("a = 1  # one\nx = f($0)\n", ()),
        ("x = f(\n    $0\n)\n", ("#",)),
        ("# Add one and$0\n", ()),
        ('x = f("a$0")\n', ()),
    ],
)
async def test_an_engine_is_told_which_comments_nobody_wants(text: str, signs: tuple[str, ...]) -> None:
    async with bench() as b:
        b.engine.keeps_work = True
        task = b.ask(text, explicit=True)
        await until(lambda: b.engine.explored)
        b.completer.closed(URI)
        await task
        assert [request.signs for request in b.engine.explored] == [signs]


async def test_a_line_below_is_offered_only_where_the_line_goes_on() -> None:
    async with bench() as b:
        b.engine.lines = (Alternative("\n    a,", -1.0), Alternative(" a", -2.0))
        result = await b.ask("x = f($0\n", explicit=True)
        assert [suggestion.text for suggestion in result.suggestions] == ["\n    a,", " a"]
        result = await b.ask("x = f$0\n", explicit=True)
        assert [suggestion.text for suggestion in result.suggestions] == [" a"]


async def test_an_end_that_breaks_the_syntax_comes_last() -> None:
    async with bench() as b:
        b.engine.lines = (Alternative("urn a b", -1.0), Alternative("urn a", -2.0))
        result = await b.ask("def f(a, b):\n    ret$0\n", explicit=True)
        assert [suggestion.text for suggestion in result.suggestions] == ["urn a", "urn a b"]


async def test_what_was_just_deleted_is_not_offered_back() -> None:
    async with bench() as b:
        task = b.ask("x = compute + total$0\n")
        (await b.generation(0)).say("s\n", END)
        await task
        for number, line in enumerate(("x = compute + to", "x = compute + "), 1):
            task = b.ask(f"{line}$0\n")
            (await b.generation(number)).say("total"[len(line) - 14 :] + "\n", END)
            assert (await task).rejected == "rejected: brings back what was just deleted"


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("value$0\n", "valu$0\n", "", "e"),
        ("valu$0\n", "val$0\n", "e", "ue"),
        ("val$0\n", "valx$0\n", "ue", ""),
        ("f(value$0)\n", "f($0)\n", "", "value"),
        ("a\nb$0\n", "a$0\n", "b", ""),
        ("other\nvalue$0\n", "another\nvalue$0\n", "x", ""),
    ],
)
def test_what_was_deleted_is_collected(old: str, new: str, before: str, after: str) -> None:
    b = Bench({}, Completer(lambda *_: ScriptedEngine(), Syntax(), Settings()))
    old_snapshot, _ = b.snapshot(old)
    new_snapshot, cursor = b.snapshot(new)
    assert undone(before, old_snapshot, new_snapshot, cursor) == after
    assert undone(before, new_snapshot, new_snapshot, cursor) == before


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("f$0\n", "f($0)\n", "", ")"),
        ("f($0)\n", "f(a$0)\n", ")", ")"),
        ("f($0)\n", "f({$0})\n", ")", "})"),
        ("f($0)\n", 'f("$0")\n', ")", '")'),
        ("f$0\n", "f(a, [$0])\n", "", "])"),
        ("f($0)\n", "f()$0\n", ")", ""),
        ("f($0)\n", "f(a)$0\n", ")", ""),
        ("f$0\n", "f(a)$0\n", "", ""),
        ("f$0)\n", "f(g$0)\n", "", ""),
        ("f$0\n", "f$0)\n", "", ""),
        ("f({$0})\n", "f({\n$0\n})\n", "})", ""),
    ],
)
def test_what_an_editor_closed_is_known(old: str, new: str, before: str, after: str) -> None:
    b = Bench(ScriptedEngine(), Completer(lambda name, settings: ScriptedEngine(), Syntax(), Settings()))
    old_snapshot, _ = b.snapshot(old)
    new_snapshot, cursor = b.snapshot(new)
    assert auto_closed(before, old_snapshot, new_snapshot, cursor) == after


async def test_what_an_editor_closed_is_replaced() -> None:
    """So the caret comes to stand behind it; of other closers the answer's own are left out."""
    async with bench() as b:
        task = b.ask("x = f$0\n")
        (await b.generation(0)).say("oo\n", END)
        await task
        task = b.ask("x = f($0)\n")
        (await b.generation(1)).say("first)\n", END)
        (suggestion,) = (await task).suggestions
        assert (suggestion.text, suggestion.end.column - suggestion.start.column) == ("first)", 1)
    async with bench() as b:
        task = b.ask("x = f($0)\n")
        (await b.generation(0)).say("first)\n", END)
        (suggestion,) = (await task).suggestions
        assert (suggestion.text, suggestion.end.column - suggestion.start.column) == ("first", 0)


async def test_what_was_shown_and_accepted_is_told() -> None:
    async with bench() as b:
        task = b.ask("def f(a, b):\n    ret$0\n")
        (await b.generation(0)).say("urn a + b\n", END)
        id = (await task).suggestions[0].id
        b.completer.shown(id)
        b.completer.shown("another")
        b.completer.partially_accepted(id, 3)
        b.completer.accepted(id)
        assert b.completer.explain_last().endswith("; 1 of 2 shown accepted so far")
