"""What in one setting refers to another: routes name endpoints."""

from __future__ import annotations

import difflib

from foretype.config.endpoints import LOCAL
from foretype.config.mistakes import shown
from foretype.config.schema import Settings


def broken_reference(settings: Settings) -> tuple[str, str]:
    """The dotted name of a setting that refers to what isn't there, and the rest of a sentence; both empty if none."""
    if LOCAL in settings.endpoints:
        return (
            f"endpoints.{LOCAL}",
            f'can\'t be: "{LOCAL}" is the model on this machine; give the endpoint another name.',
        )
    route = settings.route
    lists = [("route.engines", route.engines)]
    lists += [(f"route.overrides[{place}].engines", each.engines) for place, each in enumerate(route.overrides)]
    known = [LOCAL, *settings.endpoints]
    for name, engines in lists:
        if unknown := next((each for each in engines if each not in known), None):
            close = difflib.get_close_matches(unknown, known, n=1, cutoff=0.6)
            hint = f"did you mean {shown(close[0])}?" if close else f"add [endpoints.{unknown}]."
            return name, f"names {shown(unknown)}, which is no endpoint; {hint}"
    return "", ""
