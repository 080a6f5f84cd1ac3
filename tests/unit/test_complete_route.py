"""Plans: which engines a document's requests may ask, in which order."""

from __future__ import annotations

import pytest

from foretype.complete.route import OFFLINE, Plan, plan
from foretype.config.endpoints import Override, Route
from foretype.trust.paths import FREE, Verdict

REASON = "privacy.local_only keeps a.py on this machine"
STAYS = Verdict(may_leave=False, reason=REASON)
CLOSED = Verdict(may_leave=False, may_complete=False, reason="a.py is listed in .foretypeignore")


@pytest.mark.parametrize(
    ("route", "verdict", "expected"),
    [
        (Route(), FREE, Plan(("local",), "first")),
        (Route(), STAYS, Plan(("local",), "first")),
        (Route(("fast", "local"), "race"), FREE, Plan(("fast", "local"), "race")),
        (Route(("fast", "local"), "race"), STAYS, Plan(("local",), "race", (("fast", REASON),))),
        (Route(("fast", "slow")), STAYS, Plan((), "first", (("fast", REASON), ("slow", REASON)))),
        (Route(("fast", "local")), CLOSED, Plan((), "first", (("fast", CLOSED.reason), ("local", CLOSED.reason)))),
        (Route(("a", "local", "b"), "local-first"), FREE, Plan(("local", "a", "b"), "local-first")),
        (Route(("a", "b"), "local-first"), FREE, Plan(("a", "b"), "local-first")),
        (Route(("fast", "local", "fast")), FREE, Plan(("fast", "local"), "first")),
    ],
)
def test_plans(route: Route, verdict: Verdict, expected: Plan) -> None:
    assert plan(route, "python", lambda patterns: False, verdict) == expected


def test_offline_only_the_engine_on_this_machine_is_asked() -> None:
    made = plan(Route(("fast", "local")), "python", lambda patterns: False, FREE, offline=True)
    assert made == Plan(("local",), "first", (("fast", OFFLINE),))


@pytest.mark.parametrize(
    ("language", "matching", "engines"),
    [
        ("go", (), ("local",)),
        ("go", ("gen/",), ("local",)),
        ("sql", (), ("fast",)),
        ("sql", ("gen/",), ("big",)),
        ("rust", ("gen/",), ("fast",)),
        ("python", ("*.proto",), ("big", "fast")),
    ],
)
def test_the_first_override_that_fits_is_taken(
    language: str, matching: tuple[str, ...], engines: tuple[str, ...]
) -> None:
    overrides = (
        Override(("local",), languages=("go",)),
        Override(("big",), languages=("sql",), paths=("gen/",)),
        Override(("big", "fast"), "race", paths=("*.proto",)),
    )
    made = plan(Route(("fast",), overrides=overrides), language, lambda patterns: bool(set(patterns) & set(matching)))
    assert made.engines == engines
