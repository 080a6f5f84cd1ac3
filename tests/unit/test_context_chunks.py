"""Files cut into chunks, and the chunks most like a cursor's surroundings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretype.context.chunks import CHUNK_LINES, MOST_FROM_ONE_FILE, Chunk, most_alike, split
from foretype.context.outline import Outline
from foretype.syntax.outline import Symbol

LINES = st.lists(st.sampled_from(["code = 1\n", "\n", "@decorated\n", "    more()\n"]), max_size=90)


@given(LINES, st.sets(st.integers(0, 89), max_size=6))
def test_chunks_cover_what_is_not_blank_and_are_short(lines: list[str], starts: set[int]) -> None:
    symbols = tuple(Symbol("f", "function", (n, n), (n, n), None) for n in sorted(starts) if n < len(lines))
    chunks = split("a", lines, Outline("python", symbols, ()))
    covered = {n for chunk in chunks for n in range(chunk.lines[0], chunk.lines[1] + 1)}
    assert all(chunk.lines[1] - chunk.lines[0] < CHUNK_LINES and chunk.text.strip() for chunk in chunks)
    assert all(n in covered for n, line in enumerate(lines) if line.strip())
    assert sum(chunk.lines[1] - chunk.lines[0] + 1 for chunk in chunks) == len(covered)


def test_chunks_begin_where_definitions_do() -> None:
    lines = ["import a\n", *["x = 1\n"] * 20, "@cached\n", "def f():\n", *["    x()\n"] * 10]
    symbol = Symbol("f", "function", (22, 32), (22, 22), None)
    assert [chunk.lines for chunk in split("a", lines, Outline("python", (symbol,), ()))] == [(0, 20), (21, 32)]
    assert [chunk.lines for chunk in split("a", lines, None)] == [(0, 23), (24, 32)]


def chunk(path: str, text: str) -> Chunk:
    return Chunk(path, (0, 0), text)


AROUND = "def pay(order, card):\n    gateway = Gateway(card)\n" + "other = thing(here, there)\n" * 4


def test_what_shares_rare_names_is_most_alike() -> None:
    common = [chunk(f"{n}", f"def thing_{n}(order):\n    return order\n") for n in range(5)]
    rare = chunk("rare", "def refund(order, card):\n    return Gateway(card).refund(order)\n")
    assert most_alike([*common, rare], AROUND, 1) == [rare]


def test_unlike_same_and_own_text_are_left_out() -> None:
    near = chunk("near", "def refund(order, card):\n    return Gateway(card).refund(order)\n")
    again = chunk("again", near.text)
    unlike = chunk("unlike", "SELECT name FROM people WHERE age\n")
    own = chunk("own", AROUND.replace("pay", "paid"))
    assert most_alike([own, unlike, near, again], AROUND, 9) == [again]
    assert most_alike([unlike], AROUND, 9) == []


def test_no_file_takes_all() -> None:
    texts = [f"def refund_{n}(order, card, a{n}, b{n}, c{n}):\n    Gateway(card).x{n}(order)\n" for n in range(9)]
    found = most_alike([chunk("one", text) for text in texts], AROUND, 9)
    assert len(found) == MOST_FROM_ONE_FILE
