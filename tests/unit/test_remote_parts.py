"""The pure parts of engines elsewhere: healing, stops, reasoning, layouts, the breaker, limits, measures, URLs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foretype.config.endpoints import Endpoint, Limits, Prices
from foretype.engines.base import Usage
from foretype.engines.remote.answer import Answer, Reasoning, Stops, Unfenced
from foretype.engines.remote.asking import Parameters, address, root
from foretype.engines.remote.breaker import FAILURES, LONGEST_PAUSE_SECONDS, Breaker, BreakerState
from foretype.engines.remote.conversation import may_be_fenced
from foretype.engines.remote.day_file import Day, DayFile
from foretype.engines.remote.failures import retry_after
from foretype.engines.remote.healing import Agreement, split
from foretype.engines.remote.layout import as_text, broken_up, parted
from foretype.engines.remote.limits import LimitReachedError, Meter
from foretype.engines.remote.llama_server import beginning
from foretype.engines.remote.measures import Measures
from foretype.engines.remote.protocols import Peer, outgoing
from foretype.prompt.families import FAMILIES, find
from foretype.prompt.hole import Chat, Hole, Turn

CODE = st.text(st.sampled_from("ab XY_\n\t.<>|/think12é🎉"), max_size=40)
SPLITS = st.lists(st.integers(0, 8), max_size=12)


def cut(text: str, sizes: list[int]) -> list[str]:
    """The text in pieces of these sizes, and the rest."""
    pieces = []
    for size in sizes:
        pieces.append(text[:size])
        text = text[size:]
    return [*pieces, text]


@given(CODE)
def test_what_is_cut_off_and_what_stays_are_the_text(text: str) -> None:
    before, typed = split(text)
    assert before + typed == text
    assert "\n" not in typed


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("    retur", " retur"),
        ("x = fo", " fo"),
        ("x = ", " "),
        ("get_na", "na"),
        ("getNa", "Na"),
        ("HTTP", "HTTP"),
        ("x = 12", ""),
        ("f(", ""),
        ("\n    ", " "),
        ("\t\tx", "\tx"),
        ("", ""),
        ("anextremelylongwordwithoutend", ""),
    ],
)
def test_words_begun_and_blanks_are_cut_off(text: str, typed: str) -> None:
    assert split(text)[1] == typed


@given(CODE, CODE, SPLITS)
def test_an_answer_that_repeats_what_was_typed_is_given_without_it(typed: str, rest: str, sizes: list[int]) -> None:
    agreement = Agreement(typed)
    given = "".join(agreement.feed(piece) for piece in cut(typed + rest, sizes)) + agreement.flush()
    assert given == rest
    assert not agreement.disagrees


@given(CODE, CODE, SPLITS)
@example(" ", "return x", [3])
def test_an_answer_that_says_something_else_is_not_given(typed: str, answer: str, sizes: list[int]) -> None:
    strict, lenient = Agreement(typed), Agreement(typed, strict=False)
    given = "".join(strict.feed(piece) for piece in cut(answer, sizes)) + strict.flush()
    taken = "".join(lenient.feed(piece) for piece in cut(answer, sizes)) + lenient.flush()
    agrees, trimmed = answer.startswith(typed), not typed.strip()
    assert strict.disagrees is not (agrees or trimmed)
    assert given == (answer[len(typed) :] if agrees else answer if trimmed else "")
    assert taken == (answer[len(typed) :] if agrees else answer)


@given(CODE, st.lists(CODE.filter(bool), max_size=3), SPLITS)
def test_stops_cut_where_they_would_cut_the_whole(text: str, stops: list[str], sizes: list[int]) -> None:
    transformer = Stops(stops)
    given = "".join(transformer.feed(piece) for piece in cut(text, sizes)) + transformer.flush()
    first = min((at for stop in stops if (at := text.find(stop)) >= 0), default=None)
    assert transformer.stopped is (first is not None)
    # A longer stop may begin before a shorter one that is complete earlier, which is seen only piece by piece.
    assert text.startswith(given)
    assert given == text[:first] or (first is not None and len(given) >= first)


@given(CODE, CODE, SPLITS)
def test_reasoning_is_left_out_at_the_beginning_alone(thought: str, answer: str, sizes: list[int]) -> None:
    for text, expected in (
        (f"<think>{thought}</think>{answer}", None),
        (f"x{answer}", f"x{answer}"),
    ):
        reasoning = Reasoning()
        given = "".join(reasoning.feed(piece) for piece in cut(text, sizes)) + reasoning.flush()
        if expected is None:
            expected = text.partition("</think>")[2].lstrip("\r\n")
        assert given == expected


@given(
    st.sampled_from(["", "\n", "Here is the code:\n", "Sure!\n\n"]),
    st.sampled_from(["```python", "```", "~~~ c++", "  ```"]),
    CODE,
    st.sampled_from(["", "\n```", "\n~~~\nThat is it."]),
    SPLITS,
)
def test_code_is_taken_out_of_a_fence(sentence: str, fence: str, code: str, closing: str, sizes: list[int]) -> None:
    inside = code.replace("`", "'").replace("~", "-")
    unfenced = Unfenced()
    whole = f"{sentence}{fence}\n{inside}{closing}"
    given = "".join(unfenced.feed(piece) for piece in cut(whole, sizes)) + unfenced.flush()
    assert given == inside
    assert unfenced.over is bool(closing)


def test_a_fence_that_closes_brings_out_what_was_held_back() -> None:
    answer = Answer("", False, ("<|here|>",), reasons=True, fenced=True)
    assert answer.feed("```c\nwhile (a <\n```") == "while (a <"
    assert answer.over
    assert answer.flush() == ""


@pytest.mark.parametrize("language", ["markdown", "mdx", "quarto"])
def test_a_fence_is_text_in_what_is_written_with_fences(language: str) -> None:
    assert not may_be_fenced(Hole("# Notes\n", "", "", language=language))
    assert may_be_fenced(Hole("# Notes\n", "", "", language="python"))
    assert not may_be_fenced(Chat(()))


@given(CODE, SPLITS)
def test_what_is_in_no_fence_stays_as_it_is(text: str, sizes: list[int]) -> None:
    text = f"  x{text}"
    unfenced = Unfenced()
    assert "".join(unfenced.feed(piece) for piece in cut(text, sizes)) + unfenced.flush() == text


@given(CODE, st.lists(st.sampled_from(["\n", "XY", "<think>"]), max_size=2), SPLITS, SPLITS)
def test_pieces_make_no_difference_to_an_answer(
    text: str, stops: list[str], sizes: list[int], others: list[int]
) -> None:
    def answered(pieces: list[str]) -> str:
        answer = Answer(" a", False, stops, reasons=True, fenced=True)
        return "".join(answer.feed(piece) for piece in pieces) + answer.flush()

    assert answered(cut(text, sizes)) == answered(cut(text, others))


SPELLED = st.lists(
    st.sampled_from([text for family in FAMILIES for known in family.spellings.values() for text in known])
    | st.sampled_from(["<|endoftext|>", "<|im_start|>", "<", "|>", "<|", "fim_", "x", " ", "｜>"]),
    max_size=12,
).map("".join)


@given(SPELLED, st.sampled_from(FAMILIES))
def test_parted_text_is_the_text_and_spells_nothing(text: str, family: object) -> None:
    parts = parted(text, family)  # type: ignore[arg-type]
    assert "".join(parts) == text
    for part in parts:
        assert parted(part, family) == (part,)  # type: ignore[arg-type]


@given(SPELLED, st.sampled_from(FAMILIES))
def test_broken_up_text_spells_nothing_and_loses_nothing(text: str, family: object) -> None:
    broken = broken_up(text, family)  # type: ignore[arg-type]
    assert broken.replace(" ", "") == text.replace(" ", "")
    assert broken_up(broken, family) == broken  # type: ignore[arg-type]


@given(SPELLED, SPELLED, SPELLED, st.sampled_from(FAMILIES))
def test_a_layout_as_text_has_our_control_tokens_and_no_others(
    prefix: str, suffix: str, middle: str, family: object
) -> None:
    text = as_text(family, Hole(prefix, suffix, middle), middle)  # type: ignore[arg-type]
    empty = as_text(family, Hole("", "", ""), "")  # type: ignore[arg-type]
    for known in family.spellings.values():  # type: ignore[attr-defined]
        assert text.count(known[0]) == empty.count(known[0])


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


STEPS = st.lists(st.sampled_from(["ask", "fail", "succeed", "leave", "wait", "wait long"]), max_size=40)


@given(STEPS)
@settings(max_examples=300)
def test_a_breaker_lets_one_request_try_and_its_pause_only_grows_until_one_succeeds(steps: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    failures, trying = 0, False
    pause = 0.0
    for step in steps:
        if step == "ask":
            state = breaker.state
            admitted = breaker.admit()
            assert admitted is (state is BreakerState.CLOSED or (state is BreakerState.HALF_OPEN and not trying))
            trying = trying or (admitted and state is BreakerState.HALF_OPEN)
        elif step == "fail":
            breaker.fail()
            failures += 1
            trying = False
            if failures >= FAILURES:
                assert breaker.state is BreakerState.OPEN
                assert breaker.wait >= min(pause, LONGEST_PAUSE_SECONDS) or breaker.wait > 0
                assert breaker.wait <= LONGEST_PAUSE_SECONDS
                pause = breaker.wait
            else:
                assert breaker.state is BreakerState.CLOSED
        elif step == "succeed":
            assert breaker.succeed() is (failures >= FAILURES)
            failures, trying, pause = 0, False, 0.0
            assert breaker.state is BreakerState.CLOSED
        elif step == "leave":
            breaker.leave()
            trying = False
        else:
            clock.now += 0.4 if step == "wait" else LONGEST_PAUSE_SECONDS + 1
            if step == "wait long":
                assert breaker.state is not BreakerState.OPEN


def test_a_pause_that_a_service_asks_for_is_kept() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.fail(wait=300.0)
    assert breaker.wait == 300.0
    clock.now += 301
    assert breaker.admit()
    assert not breaker.admit()


def test_limits_by_the_minute_and_the_day() -> None:
    clock = Clock()
    endpoint = Endpoint(
        "openai-chat",
        "http://x",
        limits=Limits(requests_per_minute=2, tokens_per_day=1000, cost_per_day=0.5),
        prices=Prices(input=100.0, cached_input=10.0, output=200.0),
    )
    meter = Meter("fast", endpoint, now=clock)
    first = meter.take(100)
    meter.take(100)
    with pytest.raises(LimitReachedError, match=r"2 requests a minute; it is asked again at \d\d:\d\d:\d\d"):
        meter.take(100)
    clock.now += 61
    meter.settle(first, Usage(prefill_tokens=50, reused_tokens=50, decode_tokens=200))
    assert meter.today().tokens == 400
    assert meter.today().cost == pytest.approx((50 * 100 + 50 * 10 + 200 * 200 + 100 * 100) / 1e6)
    with pytest.raises(LimitReachedError, match="1,000 tokens a day"):
        meter.take(700)
    meter.take(500)
    clock.now += 90_000
    assert meter.today() == Day(meter.today().name)


async def test_the_days_counts_outlast_processes_and_are_added_by_several(tmp_path: Path) -> None:
    endpoint = Endpoint("openai-chat", "http://x", limits=Limits(requests_per_day=4))
    meters = [Meter("a/b", endpoint, DayFile(tmp_path / "new", "a/b")) for _ in range(2)]
    for meter in meters:
        meter.take(10)
        meter.take(10)
    await asyncio.gather(*(meter.save() for meter in meters))
    again = Meter("a/b", endpoint, DayFile(tmp_path / "new", "a/b"))
    assert (again.today().requests, again.today().tokens) == (4, 40)
    with pytest.raises(LimitReachedError, match="4 requests a day"):
        again.take(1)
    (tmp_path / "new" / "a%2Fb.json").write_bytes(b"{damaged")
    assert Meter("a/b", endpoint, DayFile(tmp_path / "new", "a/b")).today().requests == 0


async def test_counts_that_cannot_be_written_are_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    file = DayFile(tmp_path / "file", "fast")
    meter = Meter("fast", Endpoint("openai-chat", "http://x"), file)
    meter.take(10)
    await meter.save()
    assert meter.today().requests == 1
    assert file.with_unsaved(Day(meter.today().name)).requests == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("12", 12.0), ("0.5", 0.5), ("", None), ("-3", 0.0), ("soon", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)
def test_retry_after_has_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_urls_are_taken_with_a_path_and_without() -> None:
    assert address("http://h:1", "completions", "v1") == "http://h:1/v1/completions"
    assert address("http://h:1/", "completions", "v1") == "http://h:1/v1/completions"
    assert address("https://h/api/v3/", "completions", "v1") == "https://h/api/v3/completions"
    assert root("http://h:1/v1", "infill") == root("http://h:1/", "infill") == "http://h:1/infill"
    assert root("http://h/llama/v1", "infill") == "http://h/llama/infill"


def test_tokens_are_estimated_and_learnt() -> None:
    measures = Measures()
    assert measures.tokens(0) == 0
    guessed = measures.tokens(1000)
    for _ in range(30):
        measures.counted(2000, 1000)
    assert measures.tokens(1000) == pytest.approx(500, rel=0.05)
    assert guessed < 500
    for first in (10.0, 30.0, 20.0):
        measures.first_text(first)
        measures.decoded(100, first * 10)
    assert (measures.speeds.first_token_ms, measures.speeds.decode) == (20.0, 500.0)


def test_a_grammar_begins_with_the_word_begun() -> None:
    assert beginning("") == ""
    assert beginning('a"\\\t') == 'root ::= "a\\"\\\\\\t" [^\\x00]*'


KINDS = ["openai-completions", "openai-chat", "openai-responses", "mistral-fim", "deepseek-fim", "ollama"]


@pytest.mark.parametrize("kind", [*KINDS, "llama-server"])
def test_a_request_is_a_pure_function_of_what_is_asked(kind: str) -> None:
    peer = Peer("fast", Endpoint(kind, "http://h", "m", headers={"X-Team": "a"}))  # type: ignore[arg-type]
    hole = Hole("def f():\n", "\nend", "    ret", path="f.py")
    parameters = Parameters(32, ("\n",), session="s")
    one, two = outgoing(peer, hole, parameters), outgoing(peer, hole, parameters)
    assert one == two
    assert one.headers["X-Team"] == "a"
    assert one.url.startswith("http://h/")
    assert b"end" in one.content
    assert one.characters > 12
    assert "Authorization" not in one.headers


def test_typing_only_appends_to_what_a_chat_is_asked() -> None:
    """All but the last turn stays the same, so a service that keeps what it has read reads little again."""
    peer = Peer("fast", Endpoint("openai-responses", "http://h", "m"))
    bodies = [
        outgoing(peer, Hole("def f():\n", "\nend", middle), Parameters(32)).body for middle in ("    r", "    re")
    ]
    assert bodies[0]["input"][:-1] == bodies[1]["input"][:-1]
    assert bodies[1]["input"][-1]["content"].startswith(bodies[0]["input"][-1]["content"])


def test_messages_of_one_role_are_joined_for_chats() -> None:
    peer = Peer("fast", Endpoint("openai-chat", "http://h", "m"))
    body = outgoing(peer, Chat((Turn("user", "a"), Turn("user", "b"))), Parameters(32)).body
    assert body["messages"] == [{"role": "user", "content": "a\n\nb"}]


def test_the_family_is_told_by_the_model_or_set() -> None:
    for endpoint, told in (
        (Endpoint("openai-completions", "http://h", "Qwen/Qwen2.5-Coder-7B"), "<|fim_prefix|>"),
        (Endpoint("openai-completions", "http://h", "m", family="starcoder2"), "<fim_prefix>"),
    ):
        assert told in outgoing(Peer("fast", endpoint), Hole("a", "b", ""), Parameters(1)).body["prompt"]
    peer = Peer("fast", Endpoint("openai-completions", "http://h", "m"))
    unknown = outgoing(peer, Hole("a(", "b", "c"), Parameters(1))
    assert (unknown.body["prompt"], unknown.body["suffix"], unknown.typed) == ("a(", "b", "c")
    assert find("qwen") is not None
