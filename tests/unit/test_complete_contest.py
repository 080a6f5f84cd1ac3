"""Several engines at one request: who is asked when, whose answer shows, who is stopped."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from scripted.engine import END, ENDPOINT, Bench, bench, routed, text_of, until

from foretype.complete.contest import LATE, UNSURE
from foretype.complete.generator import GRACE_SECONDS
from foretype.config.endpoints import Endpoint, Policy, Route
from foretype.engines.base import Alternative, EndpointError

ASKED = "def f(a, b):\n    ret$0\n"
TYPED = "def f(a, b):\n    retu$0\n"
DOWN = EndpointError("`fast` can't be reached: check its url.")
FIRST = routed("first", "fast", "local")
RACE = routed("race", "fast", "local")
LOCAL_FIRST = routed("local-first", "fast", "local")


async def a_moment() -> None:
    """Lets everything happen that can."""
    for _ in range(30):
        await asyncio.sleep(0)


def counts(b: Bench) -> tuple[int, int]:
    return len(b.engines["fast"].generations), len(b.engines["local"].generations)


async def test_the_first_answers_and_nobody_else_is_asked() -> None:
    async with bench(FIRST) as b:
        task = b.ask(ASKED)
        (await b.generation(0, "fast")).say("urn a + b\n")
        result = await task
        assert (text_of(result), result.engine) == ("urn a + b", "fast (some-model)")
        assert (result.ledger.skipped, counts(b)) == ((), (1, 0))


async def test_where_the_first_fails_the_next_answers_and_the_reason_is_told() -> None:
    async with bench(FIRST) as b:
        task = b.ask(ASKED)
        (await b.generation(0, "fast")).say(DOWN)
        (await b.generation(0)).say("urn a + b\n")
        result = await task
        assert (text_of(result), result.engine) == ("urn a + b", "local (smollm2-135m)")
        assert result.ledger.skipped == (("fast", str(DOWN)),)
        assert "; fast skipped: `fast` can't be reached: check its url" in b.completer.explain_last()


async def test_where_all_fail_the_first_reason_is_the_answer() -> None:
    async with bench(FIRST) as b:
        task = b.ask(ASKED)
        (await b.generation(0, "fast")).say(DOWN)
        (await b.generation(0)).say(EndpointError("no model"))
        result = await task
        assert result.rejected == str(DOWN)
        assert dict(result.ledger.skipped) == {"fast": str(DOWN), "local": "no model"}


async def test_an_answer_that_is_refused_is_no_failure() -> None:
    async with bench(FIRST) as b:
        task = b.ask(ASKED)
        (await b.generation(0, "fast")).say("\u202e\n", END)
        assert (await task).rejected == "rejected: has invisible or bidirectional characters"
        assert counts(b) == (1, 0)


async def test_who_is_late_is_overtaken_and_still_fills_the_cache() -> None:
    async with bench(FIRST) as b:
        task = b.ask(ASKED)
        late = await b.generation(0, "fast")
        (await b.generation(0)).say("urn a + b\n")
        result = await task
        assert (text_of(result), result.ledger.skipped) == ("urn a + b", (("fast", LATE),))
        assert not late.closed
        late.say("urn a +", " b + c\n", END)
        await until(lambda: late.closed)
        b.change("def f(a, b):\n    return a + b +$0\n")
        again = await b.ask("def f(a, b):\n    return a + b +$0\n")
        assert (text_of(again), again.engine, again.ledger.source) == (" c", "fast (some-model)", "cache")


async def test_nobody_waits_for_who_is_late_again_and_again() -> None:
    async with bench(FIRST) as b:
        for number in range(3):
            task = b.ask(f"{'x' * number} = $0\n")
            await b.generation(number, "fast")
            (await b.generation(number)).say("one\n", END)
            await task
        task = b.ask("other = $0\n")
        await a_moment()
        assert counts(b) == (4, 4)
        b.engines["fast"].generations[3].say("two\n", END)
        assert text_of(await task) == "two"
        task = b.ask("another = $0\n")
        await a_moment()
        assert counts(b) == (5, 4)
        task.cancel()


async def test_a_race_asks_all_at_once_and_the_first_answer_shows() -> None:
    for winner, loser in (("fast", "local"), ("local", "fast")):
        async with bench(RACE) as b:
            task = b.ask(ASKED)
            await a_moment()
            assert counts(b) == (1, 1)
            b.engines[winner].generations[0].say("urn a + b\n")
            result = await task
            assert (text_of(result), result.engine.split()[0]) == ("urn a + b", winner)
            other = b.engines[loser].generations[0]
            assert not other.closed
            other.say("urn b")
            await a_moment()
            assert other.closed, "who says otherwise needn't go on"


async def test_a_later_answer_only_extends_what_is_shown() -> None:
    async with bench(RACE) as b:
        shown: list[str] = []
        task = b.ask(ASKED, stream=shown)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        local.say("urn a + ")
        await until(lambda: shown)
        fast.say("urn a + b - c\n")
        result = await task
        assert shown == ["urn a +"]
        assert (text_of(result), result.engine) == ("urn a + b - c", "fast (some-model)")


async def test_an_answer_that_disagrees_with_what_is_shown_is_stopped() -> None:
    async with bench(RACE) as b:
        shown: list[str] = []
        task = b.ask(ASKED, stream=shown)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        local.say("urn a + ")
        await until(lambda: shown)
        fast.say("urn b * c\n")
        await until(lambda: fast.closed)
        local.say("b\n")
        result = await task
        assert (text_of(result), result.engine) == ("urn a + b", "local (smollm2-135m)")


async def test_what_is_on_screen_stays_while_it_is_typed_along_whatever_another_engine_says_later() -> None:
    async with bench(RACE) as b:
        task = b.ask(ASKED)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        local.say("urn a + b\n", END)
        await task
        fast.say("urn a", " + b * c * c * c", END)
        await until(lambda: fast.closed)
        assert text_of(await b.ask(TYPED)) == "rn a + b"
        assert counts(b) == (1, 1)


async def test_in_a_race_a_refused_answer_makes_room() -> None:
    async with bench(RACE) as b:
        task = b.ask(ASKED)
        (await b.generation(0, "fast")).say("\u202e\n", END)
        await a_moment()
        (await b.generation(0)).say("urn a\n")
        assert text_of(await task) == "urn a"


async def test_an_engine_that_does_not_open_keeps_nobody_waiting() -> None:
    async with bench(RACE) as b:
        b.engines["fast"].open.clear()
        task = b.ask(ASKED)
        (await b.generation(0)).say("urn a\n")
        assert text_of(await task) == "urn a"
        assert counts(b) == (0, 1)


@pytest.mark.parametrize(("other", "final"), [("urn a + b - c\n", "urn a + b - c"), ("urn b\n", "urn a +")])
async def test_an_error_in_an_answer_keeps_what_is_shown(other: str, final: str) -> None:
    async with bench(RACE) as b:
        shown: list[str] = []
        task = b.ask(ASKED, stream=shown)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        fast.say("urn a + ")
        await until(lambda: shown)
        fast.say(DOWN)
        await until(lambda: fast.closed)
        local.say(other)
        result = await task
        assert (text_of(result), result.done) == (final, True)
        assert dict(result.ledger.skipped) == {"fast": str(DOWN)}


async def test_a_part_is_better_than_nothing() -> None:
    async with bench(FIRST) as b:
        b.engines["local"].trouble = EndpointError("no model")
        task = b.ask(ASKED)
        (await b.generation(0, "fast")).say("urn a + ", DOWN)
        result = await task
        assert (text_of(result), result.engine) == ("urn a +", "fast (some-model)")


async def test_typing_on_joins_all_that_run() -> None:
    async with bench(RACE) as b:
        first = b.ask(ASKED)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        second = b.ask(TYPED)
        await first
        local.say("urn a\n")
        result = await second
        assert (text_of(result), result.ledger.source) == ("rn a", "in-flight")
        assert (counts(b), fast.closed) == ((1, 1), False)


async def test_typing_otherwise_stops_all() -> None:
    async with bench(RACE) as b:
        b.ask(ASKED)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        for each in (fast, local):
            each.say("urn a")
        await a_moment()
        b.change("def f(a, b):\n    rety$0\n")
        await a_moment()
        assert fast.closed and local.closed


async def test_typing_otherwise_than_one_asks_that_one_anew() -> None:
    async with bench(RACE) as b:
        b.ask(ASKED)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        fast.say("ry")
        local.say("ur")
        await a_moment()
        b.change(TYPED)
        await a_moment()
        assert (fast.closed, local.closed) == (True, False)
        task = b.ask(TYPED)
        (await b.generation(1, "fast")).say("rn a + b\n")
        assert text_of(await task) == "rn a + b"
        assert counts(b) == (2, 1)


async def test_the_grace_after_a_cancel_is_for_all() -> None:
    async with bench(RACE) as b:
        task = b.ask(ASKED)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        task.cancel()
        await a_moment()
        assert not fast.closed and not local.closed
        await asyncio.sleep(GRACE_SECONDS * 2)
        assert fast.closed and local.closed


async def test_closing_the_document_stops_all() -> None:
    async with bench(RACE) as b:
        task = b.ask(ASKED)
        fast, local = await b.generation(0, "fast"), await b.generation(0)
        b.completer.closed("file:///a.py")
        assert not (await task).suggestions
        await a_moment()
        assert fast.closed and local.closed


async def test_a_sure_local_answer_is_all_that_is_asked_for() -> None:
    async with bench(LOCAL_FIRST) as b:
        task = b.ask(ASKED)
        (await b.generation(0)).say(("urn", -0.1), (" a", -0.2), (" +", -0.1), (" b", -0.1), ("\n", -0.1))
        assert text_of(await task) == "urn a + b"
        assert counts(b) == (0, 1)


UNSURE_ANSWER = (("urn", -3.0), (" a", -2.0), (" +", -2.0), (" b", -2.0), ("\n", -2.0))


async def test_an_unsure_local_answer_waits_for_the_endpoints() -> None:
    async with bench(LOCAL_FIRST) as b:
        shown: list[str] = []
        task = b.ask(ASKED, stream=shown)
        (await b.generation(0)).say(*UNSURE_ANSWER)
        (await b.generation(0, "fast")).say("urn b + a\n")
        result = await task
        assert (text_of(result), result.engine) == ("urn b + a", "fast (some-model)")
        assert (dict(result.ledger.skipped), shown) == ({"local": UNSURE}, [])


@pytest.mark.parametrize("why", ["error", "late"])
async def test_an_unsure_answer_is_better_than_none(why: str) -> None:
    async with bench(LOCAL_FIRST) as b:
        task = b.ask(ASKED)
        (await b.generation(0)).say(*UNSURE_ANSWER)
        fast = await b.generation(0, "fast")
        if why == "error":
            fast.say(DOWN)
        assert text_of(await task) == "urn a + b"


async def test_an_unsure_answer_to_what_has_changed_keeps_nobody_waiting() -> None:
    async with bench(LOCAL_FIRST) as b:
        task = b.ask(ASKED)
        local = await b.generation(0)
        b.change(TYPED)
        local.say(*UNSURE_ANSWER)
        await asyncio.wait_for(task, 5)
        assert counts(b) == (0, 1)


@pytest.mark.parametrize("said", ["\u202e\n", ""])
async def test_a_local_answer_that_is_none_is_asked_for_elsewhere(said: str) -> None:
    async with bench(LOCAL_FIRST) as b:
        task = b.ask(ASKED)
        (await b.generation(0)).say(*([said] if said else []), END)
        (await b.generation(0, "fast")).say("urn a\n")
        assert text_of(await task) == "urn a"


async def test_a_block_is_asked_of_an_endpoint_at_once() -> None:
    async with bench(LOCAL_FIRST) as b:
        task = b.ask("def total(values):\n    $0\n")
        await b.generation(0)
        (await b.generation(0, "fast")).say("return sum(values)\n\n\n", END)
        assert text_of(await task) == "return sum(values)"


async def test_asked_for_several_the_next_answers_where_the_first_fails() -> None:
    async with bench(FIRST) as b:
        b.engines["fast"].lines = DOWN
        b.engines["local"].lines = (Alternative("urn a", -1.0), Alternative("urn b", -2.0))
        result = await b.ask(ASKED, explicit=True)
        assert [each.text for each in result.suggestions] == ["urn a", "urn b"]
        assert (result.engine, result.ledger.skipped) == ("local (smollm2-135m)", (("fast", str(DOWN)),))


async def test_asked_for_several_a_race_offers_those_of_all_once() -> None:
    async with bench(RACE) as b:
        b.engines["fast"].lines = (Alternative("urn b", -1.0), Alternative("urn a + b", -2.0))
        b.engines["local"].lines = (Alternative("urn a", -1.0), Alternative("urn b", -2.0))
        result = await b.ask(ASKED, explicit=True)
        assert [each.text for each in result.suggestions] == ["urn b", "urn a + b", "urn a"]
        assert len({each.id for each in result.suggestions}) == 3


async def test_asked_for_several_in_a_race_nobody_waits_for_who_stalls() -> None:
    async with bench(RACE) as b:
        b.engines["fast"].open.clear()
        b.engines["local"].lines = (Alternative("urn a", -1.0),)
        assert text_of(await b.ask(ASKED, explicit=True)) == "urn a"


@pytest.mark.parametrize("policy", ["first", "race", "local-first"])
async def test_other_settings_make_only_those_engines_anew_that_they_change(policy: Policy) -> None:
    settings = routed(policy, "fast", "local")
    async with bench(settings) as b:
        fast, local = b.engines["fast"], b.engines["local"]
        b.completer.apply_settings(msgspec.structs.replace(settings, completion=settings.completion))
        assert b.engines == {"fast": fast, "local": local}
        moved = Endpoint("openai-completions", "http://127.0.0.1:8/v1", "other")
        b.completer.apply_settings(msgspec.structs.replace(settings, endpoints={"fast": moved}))
        assert (b.engines["local"], b.engines["fast"] is fast) == (local, False)
        await until(lambda: fast.ended)
        b.completer.apply_settings(msgspec.structs.replace(settings, route=Route(("fast",))))
        await until(lambda: local.ended)
        task = b.ask(ASKED)
        (await b.generation(0, "fast")).say("urn a\n")
        assert (await task).engine == "fast (some-model)"
        assert ENDPOINT.model == "some-model"


async def test_a_service_that_is_stopped_again_and_again_is_asked_three_times_and_what_it_said_stands() -> None:
    async with bench(routed("first", "fast")) as b:
        task = b.ask(ASKED)
        for number, said in enumerate(("urn a", " + b", " * g(2)")):
            (await b.generation(number, "fast")).say(said)
            await a_moment()
            b.completer._lanes["fast"].generator.stop()
        assert text_of(await task) == "urn a + b * g(2)"
        assert len(b.engines["fast"].generations) == 3
