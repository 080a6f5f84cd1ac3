"""The local engine's pure parts: resident sequences, token healing, drafts, speeds, text streams, frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.child import framing
from foretype.engines.base import GenerateRequest
from foretype.engines.llama_cpp import frames
from foretype.engines.llama_cpp.context import LEAST_CELLS, MOST_CELLS, shape_for
from foretype.engines.llama_cpp.drafts import LONGEST_KEY, MOST_DRAFTED, SHORTEST_KEY, Drafter, lookup
from foretype.engines.llama_cpp.healing import Vocabulary, split_tail
from foretype.engines.llama_cpp.line_ends import LineEnds
from foretype.engines.llama_cpp.sampling import Choice, Sampler, TextStream
from foretype.engines.llama_cpp.sequences import SequencePool, common_prefix
from foretype.engines.llama_cpp.speeds import SpeedMeter, ThreadGovernor
from foretype.prompt.fim import Control, Prompt, Token

TOKENS = st.lists(st.integers(0, 3), max_size=24)


class FakeMemory:
    """KV memory that only remembers how many positions each sequence holds; it can refuse partial removal."""

    def __init__(self, partial: bool = True) -> None:
        self.lengths: dict[int, int] = {}
        self.partial = partial

    def remove(self, sequence: int, start: int) -> bool:
        if not self.partial:
            return False
        self.lengths[sequence] = min(start, self.lengths.get(sequence, 0))
        return True

    def copy(self, source: int, target: int, end: int) -> None:
        assert self.lengths.get(source, 0) >= end
        self.lengths[target] = end

    def clear(self, sequence: int) -> None:
        self.lengths[sequence] = 0


def evaluate(pool: SequencePool, memory: FakeMemory, tokens: list[int]) -> int:
    """Makes a prompt resident as the session does; returns how many tokens that took."""
    sequence = pool.take(tokens)
    assert sequence.tokens == tokens[: len(sequence.tokens)]
    assert memory.lengths.get(sequence.id, 0) == len(sequence.tokens)
    fresh = tokens[len(sequence.tokens) :]
    sequence.tokens += fresh
    sequence.prompt_length = len(tokens)
    memory.lengths[sequence.id] = len(sequence.tokens)
    return len(fresh)


@given(st.lists(TOKENS, max_size=30), st.booleans())
def test_the_pool_never_claims_more_than_the_memory_holds(prompts: list[list[int]], partial: bool) -> None:
    memory = FakeMemory(partial)
    pool = SequencePool(memory, 3)
    for prompt in prompts:
        evaluate(pool, memory, prompt)


def test_a_prompt_that_only_grows_is_never_evaluated_twice() -> None:
    memory = FakeMemory()
    pool = SequencePool(memory, 2)
    assert evaluate(pool, memory, list(range(100))) == 100
    assert evaluate(pool, memory, list(range(103))) == 3


def test_returning_to_a_file_costs_nothing() -> None:
    memory = FakeMemory()
    pool = SequencePool(memory, 3)
    first, second = list(range(100)), list(range(500, 600))
    evaluate(pool, memory, first)
    evaluate(pool, memory, second)
    assert evaluate(pool, memory, first) == 0
    assert evaluate(pool, memory, second) == 0


def test_a_fork_shares_the_beginning_and_keeps_the_old_prompt() -> None:
    memory = FakeMemory()
    pool = SequencePool(memory, 3)
    old = list(range(100))
    evaluate(pool, memory, old)
    assert evaluate(pool, memory, [*range(40), *range(900, 950)]) == 50
    assert evaluate(pool, memory, old) == 0


def test_generated_tokens_are_cut_not_kept() -> None:
    memory = FakeMemory()
    pool = SequencePool(memory, 2)
    evaluate(pool, memory, list(range(50)))
    sequence = pool.take(list(range(50)))
    sequence.tokens += [7] * 60
    memory.lengths[sequence.id] = 110
    again = pool.take([*range(50), 8])
    assert again is sequence
    assert again.tokens == list(range(50))


def test_making_room_forgets_the_least_recently_used() -> None:
    memory = FakeMemory()
    pool = SequencePool(memory, 3)
    for start in (0, 100, 200):
        evaluate(pool, memory, list(range(start, start + 50)))
    sequence = pool.take(list(range(200, 250)))
    assert pool.evict(sequence)
    assert evaluate(pool, memory, list(range(100, 150))) == 0
    assert evaluate(pool, memory, list(range(50))) == 50


@given(TOKENS, TOKENS)
def test_common_prefix(left: list[int], right: list[int]) -> None:
    length = common_prefix(left, right)
    assert left[:length] == right[:length]
    assert length in (len(left), len(right)) or left[length] != right[length]


def test_rows_are_dropped_with_the_tokens_they_follow() -> None:
    pool = SequencePool(FakeMemory(), 1)
    sequence = pool.take([1, 2, 3])
    sequence.tokens = [1, 2, 3]
    sequence.prompt_length = 3
    row = np.zeros(4, dtype=np.float32)
    for length in (1, 2, 3):
        sequence.remember(length, row)
    pool.cut(sequence, 2)
    assert set(sequence.rows) == {1, 2}


PIECES = [
    *(b"a", b"b", b" ", b"  ", b"    ", b"\n", b"foo", b" foo", b" fo", b"foobar"),
    *(b"o", b"\xf0\x9f", b"", b"<ctl>", b"_o", b"Bar"),
]


@pytest.mark.parametrize(
    ("tokens", "kept", "tail"),
    [
        ([5, 6], [5], b"foo"),
        ([0, 6], [], b"afoo"),
        ([0, 7], [0], b" foo"),
        ([0, 5, 4], [0, 5], b"    "),
        ([0, 5, 3, 2], [0, 5], b"   "),
        ([0, 3, 6], [0, 3], b"foo"),
        ([6], [], b"foo"),
        ([0, 8, 10], [0], b" foo"),
        ([0, 8, 10, 1], [0], b" foob"),
        ([5, 6, 14], [5, 6], b"_o"),
        ([5, 6, 15], [5, 6], b"Bar"),
        ([], [], b""),
    ],
)
def test_the_trailing_token_or_run_of_blanks_is_dropped(tokens: list[int], kept: list[int], tail: bytes) -> None:
    assert split_tail(tokens, PIECES, 0) == (kept, tail)


def test_the_first_tokens_can_be_kept() -> None:
    assert split_tail([6], PIECES, 1) == ([6], b"")


@given(st.lists(st.binary(max_size=4), max_size=40), st.binary(min_size=1, max_size=4))
def test_agreeing_tokens_extend_the_tail_or_begin_it(pieces: list[bytes], tail: bytes) -> None:
    vocabulary = Vocabulary(pieces, frozenset({0}))
    found = {pieces[token] for token in vocabulary.agreeing(tail)}
    expected = {p for i, p in enumerate(pieces) if i and p and (p.startswith(tail) or tail.startswith(p))}
    assert found == expected


@given(st.lists(st.integers(0, 2), max_size=60))
def test_a_draft_is_what_followed_the_longest_recent_key(tokens: list[int]) -> None:
    drafted, length = lookup(tokens)
    assert len(drafted) <= MOST_DRAFTED
    if not drafted:
        return
    assert SHORTEST_KEY <= length <= LONGEST_KEY
    key = tokens[-length:]
    at = [i for i in range(len(tokens) - length) if tokens[i : i + length] == key]
    assert any(tokens[i + length : i + length + len(drafted)] == drafted for i in at)


def test_drafts_are_made_only_where_a_batch_pays() -> None:
    tokens = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5]
    cheap = [0.0, 20.0, *[21.0] * (MOST_DRAFTED + 1)]
    dear = [0.0, *[20.0 * n for n in range(1, MOST_DRAFTED + 2)]]
    assert Drafter().draft(tokens, cheap)[0][:3] == [6, 7, 8]
    assert Drafter().draft(tokens, dear)[0] == []


def test_drafts_that_fail_are_given_up() -> None:
    tokens = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5]
    costs = [0.0, 20.0, *[20.0 + 9 * n for n in range(1, MOST_DRAFTED + 2)]]
    drafter = Drafter()
    drafted, key = drafter.draft(tokens, costs)
    assert drafted
    for _ in range(20):
        drafter.learn(key, len(drafted), 0)
    assert drafter.draft(tokens, costs)[0] == []


def test_one_hiccup_does_not_change_the_measured_speed() -> None:
    meter = SpeedMeter()
    for milliseconds in (20, 20, 900, 20, 20):
        meter.decoded(1, milliseconds)
    assert meter.decode == 50
    meter.prefilled(64, 320)
    assert meter.prefill == 200


def test_a_thread_is_given_up_while_others_need_it_and_taken_back() -> None:
    governor = ThreadGovernor(2)
    assert {governor.decoded(20) for _ in range(10)} == {2}
    assert [governor.decoded(100) for _ in range(4)][-1] == 1
    assert {governor.decoded(40) for _ in range(399)} == {1}
    assert governor.decoded(40) == 2


def test_a_single_thread_is_never_given_up() -> None:
    governor = ThreadGovernor(1)
    assert {governor.decoded(ms) for ms in (20, 20, 200, 200, 200, 200, 200)} == {1}


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=3), max_size=3), st.integers(1, 5))
def test_a_text_stream_gives_what_stands_before_the_first_stop(text: str, stops: list[str], size: int) -> None:
    data = text.encode("utf-8", errors="replace")
    stream = TextStream(b"", stops)
    given_text = ""
    for start in range(0, len(data), size):
        given_text += stream.add(data[start : start + size])
        if stream.stopped:
            break
    else:
        given_text += stream.flush()
    whole = data.decode()
    # Which of several stops is met first depends on where the chunks end, so any of them may have cut the text.
    ends = {whole.find(stop) for stop in stops if stop in whole} or {len(whole)}
    assert given_text == whole[: len(given_text)]
    assert len(given_text) >= min(ends)
    assert not any(stop in given_text for stop in stops)


def test_a_text_stream_skips_what_was_typed() -> None:
    stream = TextStream(b"ret", ())
    assert [stream.add(b"r"), stream.add(b"eturn"), stream.add(b" x")] == ["", "urn", " x"]


@given(st.integers(64, 200_000), st.integers(16_000_000, 8_000_000_000))
def test_the_context_fits_the_memory_it_was_given(per_token: int, memory: int) -> None:
    shape = shape_for(per_token, memory)
    assert 512 <= shape.cells <= MOST_CELLS
    assert shape.quantized == (memory // per_token < LEAST_CELLS)
    if shape.cells > 512:
        assert shape.cells * per_token * (17 / 32 if shape.quantized else 1) <= memory


def test_frames_round_trip() -> None:
    prompt = Prompt((Control.PREFIX, "a\u2028😀", Token("<|im_start|>"), Control.MIDDLE))
    message = frames.generation(7, prompt, GenerateRequest(prompt, 5, ("\n",), grammar="root ::= [a-z]+", patient=True))
    data = framing.encode(message)
    source = iter([data[: framing.LENGTH_BYTES], data[framing.LENGTH_BYTES :]])
    assert framing.read(lambda _: next(source), frames.to_worker) == message
    assert framing.read(lambda _: b"", frames.to_worker) is None


class FewTokens:
    """A model's vocabulary of a few tokens; the first ends a text."""

    pieces = (b"", b"\n", b" x", b" #", b"#", b'"', b'"""', b" ")
    controls = frozenset({0})

    def ends(self, token: int) -> bool:
        return token == 0


@pytest.mark.parametrize(
    ("begun", "ending"),
    [
        (b"", {0}),
        (b"  ", {0}),
        (b"a = 1", {0, 1, 3}),
        (b"a = 1;", {0, 1, 3, 4}),
        (b"a = 1 ", {0, 1, 3, 4}),
        (b'a = "b', {0, 1}),
        (b'a = "b"', {0, 1, 3}),
        (b"a = f(\"it's\", 'b", {0, 1}),
        (b'a = "\\"', {0, 1}),
        (b"a =~ /b", {0, 1}),
    ],
)
def test_a_line_ends_before_a_comment_but_not_inside_quotes(begun: bytes, ending: set[int]) -> None:
    ends = LineEnds(FewTokens(), ("#", '"""'))  # type: ignore[arg-type]
    assert {token for token in range(len(FewTokens.pieces)) if ends.ends(begun, token)} == ending


def test_no_line_begins_with_a_comment_that_nobody_wants() -> None:
    row = np.zeros(len(FewTokens.pieces), dtype=np.float32)
    row[3] = 1.0
    sampler = Sampler(FewTokens(), Vocabulary(FewTokens.pieces, frozenset({0})), b"", 0.0, 0)  # type: ignore[arg-type]
    told = LineEnds(FewTokens(), ("#", '"""'))  # type: ignore[arg-type]
    choices = told.choices(sampler, row, b" ", len(row))
    assert {choice.token for choice in choices} == {0, 1, 2, 5, 7}
    assert [choice.logprob for choice in choices] == pytest.approx([-np.log(7 + np.e)] * 5, abs=1e-5)
    assert told.choices(sampler, row, b"a", 1)[0].token == 3
    assert LineEnds(FewTokens(), ()).choices(sampler, row, b"", 1)[0].token == 3  # type: ignore[arg-type]


def test_a_comment_is_as_good_an_end_as_any_other() -> None:
    row = np.zeros(len(FewTokens.pieces), dtype=np.float32)
    ends = LineEnds(FewTokens(), ("#",))  # type: ignore[arg-type]
    assert ends.gain(row, b"a", Choice(1, -2.0)) == pytest.approx(np.log(4 / 8))
    assert ends.gain(row, b"a", Choice(2, -2.0)) == -2.0
    assert ends.gain(row, b" ", Choice(0, -2.0)) == pytest.approx(np.log(2 / 8))
