"""llama.vim's decisions, case by case as its source makes them."""

from __future__ import annotations

import random

import pytest

from foretype.bench import vim

LINES = ["import math", "", "def area(r):", "    return math.pi", "", "print(area(2))"]


def test_the_context_is_split_at_the_cursor() -> None:
    context = vim.local_context(LINES, 10, 4)
    assert context.prefix == "import math\n\ndef area(r):\n"
    assert context.middle == "    return"
    assert context.suffix == " math.pi\n\nprint(area(2))\n"
    assert (context.indent, context.line_suffix) == (4, " math.pi")


def test_a_blank_line_is_asked_for_from_its_beginning() -> None:
    context = vim.local_context(["def f():", "    "], 4, 2)
    assert (context.prefix, context.middle, context.suffix, context.indent) == ("def f():\n", "", "\n\n", 0)


def test_the_context_after_a_suggestion() -> None:
    one = vim.local_context(LINES, 19, 4, ["* r"], indent_last=4)
    assert one.middle == "    return math.pi* r"
    assert one.prefix == "import math\n\ndef area(r):\n"
    assert one.indent == 4
    more = vim.local_context(LINES, 19, 4, ["* r", "", "", "def b():"])
    assert more.prefix == "import math\n\ndef area(r):\n    return math.pi* r\n\n\n"
    assert more.middle == "def b():"


def test_an_answer_is_kept_under_the_windows_below() -> None:
    context = vim.local_context(LINES, 0, 4)
    assert len(context.keys()) == 3
    moved = vim.Context("def area(r):\n", context.middle, context.suffix, 0, "")
    assert context.keys().count(moved.key) == 1


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    cache = vim.Cache()
    for number in range(vim.MAX_CACHE_KEYS):
        cache.insert(str(number), "x")
        cache.get("0")
    cache.insert("new", "y")
    assert cache.get("0") == "x"
    assert cache.get("1") is None
    assert cache.get("new") == "y"


def near(kept: dict[str, str], typed: str) -> str | None:
    cache = vim.Cache()
    for before, content in kept.items():
        cache.insert(vim.Context("p\n", before, "\n", 0, "").key, content)
    return cache.near(vim.Context("p\n", typed, "\n", 0, ""))


def test_what_was_typed_since_is_taken_off_an_answer() -> None:
    assert near({"ret": "urn x"}, "ret") == "urn x"
    assert near({"ret": "urn x"}, "retur") == "n x"
    assert near({"ret": "urn x"}, "retu!") is None
    assert near({"ret": "urn x"}, "return x") is None
    assert near({}, "ret") is None


def test_of_several_answers_the_longest_remainder_wins_though_the_first_found_is_not_measured() -> None:
    assert near({"re": "turn x + y", "ret": "urn x"}, "retu") == "rn x + y"
    # The nearest is found first, and gives way to any other, even to a shorter one.
    assert near({"re": "turn x", "ret": "urn x + y"}, "retu") == "rn x"
    assert near({"r": "eturn x + y + z", "re": "turn x", "ret": "urn x + y"}, "retu") == "rn x + y + z"


@pytest.mark.parametrize(
    ("answer", "content", "can_accept"),
    [
        ("x\n\n", ("x",), True),
        ("", ("",), False),
        ("  \n", ("  ",), False),
        ("x\ny", ("x", "y"), True),
    ],
)
def test_what_is_rendered_at_a_lines_end(answer: str, content: tuple[str, ...], can_accept: bool) -> None:
    hint = vim.render(["a = ", "b = 2"], 4, 1, answer)
    assert (hint.content, hint.can_accept) == (content, can_accept)


def test_the_tail_of_the_line_is_drawn_again_behind_the_suggestion() -> None:
    assert vim.render(["f(a)", ""], 3, 1, ", b").content == (", b)",)
    assert not vim.render(["f(a", ""], 3, 1, "").can_accept
    # Text that only repeats the tail is dropped; the tail alone is still drawn.
    assert vim.render(["f(a)", ""], 3, 1, ")").content == (")",)


def test_a_blank_lines_indentation_is_not_drawn_twice() -> None:
    assert vim.render(["def f():", "    "], 4, 2, "    return 1").content == ("return 1",)


@pytest.mark.parametrize("answer", ["b = 2", "b = 2\nc =", "b = 2\nc = 3\nd = 4"])
def test_a_suggestion_that_repeats_the_next_lines_is_dropped(answer: str) -> None:
    lines = ["", "", "b = 2", "c = 3", "d = 4"]
    assert vim.render(lines, 0, 1, answer).content == ("",)
    assert vim.render(lines, 0, 1, answer + "!").content != ("",)


def test_the_ring_replaces_similar_chunks_and_is_bounded() -> None:
    ring = vim.Ring(random.Random(1))
    ring.pick(["a b c", "d e f", "g h i"], "one", evict=True)
    ring.pick(["a b c", "d e f", "g h i"], "one", evict=True)
    assert len(ring.queued) == 1
    ring.pick(["a b c", "d e f", "g h i", "j"], "one", evict=True)
    assert [len(chunk.lines) for chunk in ring.queued] == [4]
    ring.pick(["x", "y"], "short", evict=True)
    for number in range(30):
        ring.pick([f"{number}{letter}" for letter in "abcd"], "many", evict=False)
    assert len(ring.queued) == vim.RING_QUEUE
    while ring.update():
        pass
    assert len(ring.chunks) == vim.RING_N_CHUNKS
    assert ring.extra[0]["text"].endswith("\n")
    ring.evict_like(ring.chunks[3].lines)
    assert len(ring.chunks) == vim.RING_N_CHUNKS - 1


def test_a_large_pick_is_cut_to_half_a_chunk() -> None:
    ring = vim.Ring(random.Random(1))
    ring.pick([f"line {number}" for number in range(300)], "big", evict=True)
    assert len(ring.queued[0].lines) == vim.RING_CHUNK_SIZE // 2 + 1


def test_similarity_is_by_shared_words() -> None:
    assert vim.similarity(["a b"], ["a b"]) == 1.0
    assert vim.similarity(["a b"], ["c d"]) == 0.0
    assert vim.similarity([], []) == 1.0
