"""Which engines a request may ask, in which order and how; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foretype.config.endpoints import LOCAL, Policy, Route
from foretype.trust.paths import FREE, Verdict

OFFLINE = "privacy.offline is set"


@dataclass(frozen=True, slots=True)
class Plan:
    """The engines to ask by name, in order, and how they share the work. ``skipped`` are those of the route that may
    not be asked, each with the reason."""

    engines: tuple[str, ...]
    policy: Policy
    skipped: tuple[tuple[str, str], ...] = ()


def plan(
    route: Route,
    language: str,
    matches: Callable[[tuple[str, ...]], bool],
    verdict: Verdict = FREE,
    offline: bool = False,
) -> Plan:
    """The plan for a document.

    ``matches`` says whether the document's path fits any of some patterns, ``verdict`` what may be done with it. With
    ``local-first`` the engine on this machine leads wherever the route has it.
    """
    chosen: tuple[tuple[str, ...], Policy] = (route.engines, route.policy)
    for each in route.overrides:
        if (not each.languages or language in each.languages) and (not each.paths or matches(each.paths)):
            chosen = (each.engines, each.policy)
            break
    engines, policy = tuple(dict.fromkeys(chosen[0])), chosen[1]
    if policy == "local-first" and LOCAL in engines:
        engines = (LOCAL, *(name for name in engines if name != LOCAL))
    may_leave = verdict.may_leave and not offline
    may = [name for name in engines if verdict.may_complete and (name == LOCAL or may_leave)]
    reason = OFFLINE if offline and verdict.may_complete else verdict.reason
    return Plan(tuple(may), policy, tuple((name, reason) for name in engines if name not in may))
