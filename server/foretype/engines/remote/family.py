"""Which fill-in-the-middle family an endpoint's model belongs to."""

from __future__ import annotations

from foretype.config.endpoints import Endpoint
from foretype.engines.remote.asking import Known
from foretype.prompt.families import Family, detect, find


def family_of(endpoint: Endpoint, known: Known) -> Family | None:
    """The family set, told by the service or told by the model's name; None to leave the layout to the service."""
    if endpoint.family == "none":
        return None
    if endpoint.family != "auto":
        return find(endpoint.family)
    return find(known.family) or detect("", endpoint.model, lambda text: True)
