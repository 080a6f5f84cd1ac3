"""Which engines a request may ask, in which order and how; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foretype.config.endpoints import LOCAL, Policy, Route

OFFLINE = "the setting privacy.offline keeps everything on this machine"


@dataclass(frozen=True, slots=True)
class Plan:
    """The engines to ask by name, in order, and how they share the work. ``skipped`` are those of the route that may
    not be asked, each with the reason."""

    engines: tuple[str, ...]
    policy: Policy
    skipped: tuple[tuple[str, str], ...] = ()


def plan(route: Route, language: str, matches: Callable[[tuple[str, ...]], bool], stays: str = "") -> Plan:
    """The plan for a document.

    ``matches`` says whether the document's path fits any of some patterns. ``stays`` is why the document may not leave
    the machine; empty if it may. With ``local-first`` the engine on this machine leads wherever the route has it.
    """
    chosen: tuple[tuple[str, ...], Policy] = (route.engines, route.policy)
    for each in route.overrides:
        if (not each.languages or language in each.languages) and (not each.paths or matches(each.paths)):
            chosen = (each.engines, each.policy)
            break
    engines, policy = tuple(dict.fromkeys(chosen[0])), chosen[1]
    if policy == "local-first" and LOCAL in engines:
        engines = (LOCAL, *(name for name in engines if name != LOCAL))
    if not stays:
        return Plan(engines, policy)
    remote = tuple((name, stays) for name in engines if name != LOCAL)
    return Plan(tuple(name for name in engines if name == LOCAL), policy, remote)
