"""Traces: whatever the region, its keys type the original text, at a human pace, and say truly what comes next."""

from __future__ import annotations

import itertools
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretype.bench import cadence
from foretype.bench.marks import Marker
from foretype.bench.trace import Kind, Trace, apply
from foretype.bench.typing import RegionError, Source, make_trace
from foretype.text.edits import body, split_lines

MARKER = Marker()

PYTHON = '''"""Prices."""

import math


class Basket:
    """What a customer wants."""

    def __init__(self, owner):
        self.owner = owner
        self.items = []  # in the order they were added

    def add(self, name, price, count=1):
        if count < 1:
            raise ValueError(f"{name}: {count} is no count")
        self.items.append({
            "name": name,
            "price": price,
        })

        return self

    def total(self):
        amount = sum(
            item["price"] * item.get("count", 1)
            for item in self.items
        )
        return math.floor(amount * 100) / 100


def main():
    basket = Basket('me').add("apple", 0.3)

    print(basket.total())
'''

GO = """package main

import "fmt"

func greet(names []string) map[string]int {
\tseen := map[string]int{}
\tfor i, name := range names {
\t\tif _, ok := seen[name]; ok {
\t\t\tcontinue
\t\t}
\t\tseen[name] = i // the first place
\t}
\tfmt.Printf("%d names\\n", len(seen))
\treturn seen
}
"""

TYPESCRIPT = """export interface Line { sku: string; amount: number }

export function total(lines: Line[], rate = 0.2): number {
  const net = lines.reduce((sum, line) => {
    return sum + line.amount;
  }, 0);
  const label = `net ${net.toFixed(2)} of ${lines.length} lines`;
  console.log(label, { rate, net });
  return net * (1 + rate);
}
"""

SAMPLES = {"python": PYTHON, "go": GO, "typescript": TYPESCRIPT, "python with CRLF": PYTHON.replace("\n", "\r\n")}


def source(text: str, language: str) -> Source:
    return Source(f"sample.{language}", language, text, MARKER.places(text, language))


def played(trace: Trace) -> list[str]:
    texts = [file.text for file in trace.files]
    for key in trace.keys:
        texts[key.file] = apply(texts[key.file], key)
    return texts


def check(text: str, language: str, first: int, last: int, seed: int, visited: Source | None = None) -> Trace:
    trace = make_trace(source(text, language), first, last, seed, visited)
    texts = [file.text for file in trace.files]
    behind = text[len("".join(split_lines(text)[: last - 1])) + len(body(split_lines(text)[last - 1])) :]
    time = 0.0
    for key in trace.keys:
        assert key.at > time
        time = key.at
        texts[key.file] = apply(texts[key.file], key)
        assert 0 <= key.cursor <= len(texts[key.file])
        rest = trace.rest(key)
        if rest is not None and key.target == 0:
            assert "".join((texts[0][: key.cursor] + rest + behind).split()) == "".join(text.split())
    assert texts == [file.final for file in trace.files]
    return trace


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_replaying_a_trace_gives_the_original_text(name: str, data: st.DataObject) -> None:
    text = SAMPLES[name]
    count = text.count("\n")
    first = data.draw(st.integers(1, count))
    last = data.draw(st.integers(first, count))
    language = name.split()[0]
    if not "".join(text.splitlines()[first - 1 : last]).strip():
        return
    check(text, language, first, last, data.draw(st.integers(0, 9)), source(GO, "go"))


@given(st.text(alphabet="ab(){}[]\"' \n\t:,\r", min_size=1, max_size=80), st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_replaying_gives_the_original_text_however_odd_it_is(text: str, seed: int) -> None:
    if text.strip():
        from foretype.text.edits import split_lines

        check(text, "python", 1, len(split_lines(text)), seed)


def test_the_same_seed_gives_the_same_keys_and_another_gives_others() -> None:
    one, same, other = (make_trace(source(PYTHON, "python"), 9, 27, seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_a_long_trace_has_everything_a_typist_does() -> None:
    trace = check(PYTHON, "python", 6, 31, 3, source(GO, "go"))
    kinds = {key.kind for key in trace.keys}
    assert kinds >= {Kind.TYPE, Kind.ENTER, Kind.OVER, Kind.BACKSPACE, Kind.JUMP, Kind.VISIT, Kind.RETURN, Kind.TYPO}
    assert {key.file for key in trace.keys} == {0, 1}
    assert {key.where for key in trace.keys} == {"c", "s", "#"}
    assert any(key.behind for key in trace.keys)
    assert len(trace.accepts) == 2


def test_a_region_that_is_not_there_or_blank_is_refused() -> None:
    with pytest.raises(RegionError, match=r"has 35 lines, so lines 30-99 can't be typed"):
        make_trace(source(PYTHON, "python"), 30, 99, 0)
    with pytest.raises(RegionError, match="blank"):
        make_trace(source(PYTHON, "python"), 2, 2, 0)


def test_the_cadence_is_human() -> None:
    seed = random.Random(5)
    gaps = [cadence.before_character(seed, "a", "b") for _ in range(500)]
    assert 0.14 < statistics.median(gaps) < 0.16
    trace = make_trace(source(PYTHON, "python"), 6, 31, 3)
    times = [key.at for key in trace.keys]
    pauses = [b - a for a, b in itertools.pairwise(times) if b - a >= cadence.PAUSE_SECONDS]
    assert len(pauses) >= 10


def test_marks_tell_strings_and_comments_from_code() -> None:
    text = 'x = f"a{b}c"  # d\ny = 1\n'
    places = MARKER.places(text, "python")
    assert places[text.index('f"')] == "c"
    assert places[text.index("a{")] == "s"
    assert places[text.index("b}")] == "c"
    assert places[text.index('c"')] == "s"
    assert places[text.index("  # d")] == "c"
    assert places[text.index("\n")] == "#"
    assert places[text.index("y")] == "c"
    unknown = MARKER.places("a 'b' // c\nd", "plaintext")
    assert unknown == "cccsscc####cc"
