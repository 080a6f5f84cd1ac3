"""Plans: which engines a document's requests may ask, in which order."""

from __future__ import annotations

import pytest

from foretype.complete.route import Plan, plan
from foretype.config.endpoints import Override, Route

STAYS = "privacy.local_only keeps a.py on this machine"


@pytest.mark.parametrize(
    ("route", "stays", "expected"),
    [
        (Route(), "", Plan(("local",), "first")),
        (Route(), STAYS, Plan(("local",), "first")),
        (Route(("fast", "local"), "race"), "", Plan(("fast", "local"), "race")),
        (Route(("fast", "local"), "race"), STAYS, Plan(("local",), "race", (("fast", STAYS),))),
        (Route(("fast", "slow")), STAYS, Plan((), "first", (("fast", STAYS), ("slow", STAYS)))),
        (Route(("a", "local", "b"), "local-first"), "", Plan(("local", "a", "b"), "local-first")),
        (Route(("a", "b"), "local-first"), "", Plan(("a", "b"), "local-first")),
        (Route(("fast", "local", "fast")), "", Plan(("fast", "local"), "first")),
    ],
)
def test_plans(route: Route, stays: str, expected: Plan) -> None:
    assert plan(route, "python", lambda patterns: False, stays) == expected


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
