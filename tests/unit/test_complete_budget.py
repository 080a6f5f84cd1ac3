"""Budgets that follow from measured speeds, a typist's rhythm, and whether to work ahead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretype.complete.budget import Rhythm, budget
from foretype.complete.power import Speculation
from foretype.config.schema import Local
from foretype.engines.base import EngineInfo, Speeds


def engine(prefill: float, decode: float = 25, **more: object) -> EngineInfo:
    return EngineInfo("e", "m", context_tokens=6000, speeds=Speeds(prefill, decode, 400), **more)  # type: ignore[arg-type]


def typed(gap: float, keys: int = 20) -> Rhythm:
    rhythm = Rhythm()
    for number in range(keys):
        rhythm.key(number * gap)
    return rhythm


@given(st.floats(0, 50_000), st.floats(0, 5_000), st.integers(0, 200_000), st.booleans())
def test_windows_fit_the_context_and_the_cold_one_the_full_one(
    prefill: float, decode: float, context: int, explicit: bool
) -> None:
    allowed = budget(EngineInfo("e", "m", context_tokens=context, speeds=Speeds(prefill, decode)), explicit)
    assert 0 < allowed.cold.prefix <= allowed.full.prefix
    assert 0 < allowed.cold.suffix <= allowed.full.suffix
    assert 0 < allowed.line_tokens <= allowed.block_tokens


def test_faster_engines_read_and_write_more() -> None:
    slow, fast = budget(engine(50, 5)), budget(engine(2000, 100))
    assert fast.full.prefix > slow.full.prefix
    assert fast.cold.prefix > slow.cold.prefix
    assert fast.line_tokens > slow.line_tokens


def test_the_soft_deadline_follows_the_typist() -> None:
    assert typed(0.08).soft_deadline < typed(0.15).soft_deadline < typed(0.5).soft_deadline


def test_pauses_for_thought_are_no_rhythm() -> None:
    rhythm = typed(0.1)
    rhythm.key(100.0)
    assert abs(rhythm.gap - 0.1) < 0.01


def test_only_an_engine_that_is_slow_and_forgets_is_waited_for() -> None:
    rhythm = typed(0.1)
    assert rhythm.debounce(engine(100, keeps_work=True)) == 0
    assert 0.09 < rhythm.debounce(engine(100)) < 0.11
    assert typed(0.45).debounce(engine(100)) == 0


def test_on_battery_nothing_is_done_ahead_unless_set() -> None:
    for local, battery, allowed in (
        (Local(), False, True),
        (Local(), True, False),
        (Local(speculate_on_battery=True), True, True),
        (Local(speculate=False), False, False),
        (Local(speculate=False, speculate_on_battery=True), True, False),
    ):
        assert Speculation(lambda on=battery: on).allowed(local) is allowed  # type: ignore[misc]
