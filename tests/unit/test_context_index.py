"""The symbol index: however it came about, it answers as one made afresh does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretype.context.index import SymbolIndex, stem_of
from foretype.context.outline import Outline
from foretype.syntax.outline import Symbol

NAMES = ("alpha", "beta", "gamma")
PATHS = ("/w/a.py", "/w/lib/a.py", "/w/lib/__init__.py", "/w/lib/b.ts", "/w/b/index.ts")


def outline(names: list[str]) -> Outline:
    symbols = tuple(Symbol(name, "function", (line, line), (line, line), None) for line, name in enumerate(names))
    return Outline("python", symbols, ())


STEPS = st.lists(
    st.tuples(st.sampled_from(PATHS), st.none() | st.lists(st.sampled_from(NAMES), max_size=3)), max_size=20
)


def answers(index: SymbolIndex) -> tuple[object, ...]:
    stems = sorted({stem_of(path) for path in PATHS} | {"lib", "b", "w"})
    return (
        dict(index.outlines),
        [index.named(name) for name in NAMES],
        [index.of_stem(stem) for stem in stems],
        [index.in_folder(name) for name in ("w", "lib", "b")],
        [index.beside(path) for path in PATHS],
        index.symbol_count,
    )


@given(STEPS)
def test_incremental_is_fresh(steps: list[tuple[str, list[str] | None]]) -> None:
    index, left = SymbolIndex(), dict[str, Outline]()
    for path, names in steps:
        if names is None:
            index.remove(path)
            left.pop(path, None)
        else:
            index.put(path, outline(names))
            left[path] = outline(names)
    fresh = SymbolIndex()
    for path in sorted(left, reverse=True):
        fresh.put(path, left[path])
    assert answers(index) == answers(fresh)


@given(STEPS)
def test_changes_are_counted_where_something_changes(steps: list[tuple[str, list[str] | None]]) -> None:
    index = SymbolIndex()
    for path, names in steps:
        before, count = dict(index.outlines), index.changes
        if names is None:
            index.remove(path)
        else:
            index.put(path, outline(names))
        assert (index.changes > count) == (dict(index.outlines) != before)


def test_stems() -> None:
    assert stem_of("/a/money.py") == "money"
    assert stem_of("/a/money.d.ts") == "money"
    assert stem_of("/a/money.service.ts") == "money.service"
    assert stem_of("/a/Makefile") == "Makefile"
