"""Reading LSP's types where lsprotocol would refuse what a client sends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from cattrs import Converter
from lsprotocol import types
from lsprotocol.converters import get_converter

# LSP's uinteger
_LARGEST = 2**31 - 1

logger = logging.getLogger(__name__)


def converter() -> Converter:
    """lsprotocol's converter, for clients that say "to the end" with a number larger than LSP's largest.

    lsprotocol would refuse the whole message, and a change refused leaves us with another text than the editor's.
    """
    made = get_converter()
    made.register_structure_hook(types.Position, _clamped)
    return made


def readable(params: Any, structure: Callable[[Any, type[types.ClientCapabilities]], object]) -> Any:
    """``initialize``'s parameters without the capabilities that lsprotocol can't read.

    It refuses values it doesn't know, of a kind of symbol for instance; a client newer than it would be turned away.
    """

    def understood(group: str, name: str, value: object) -> bool:
        try:
            structure({group: {name: value}}, types.ClientCapabilities)
        except Exception:
            logger.debug("Not understood of the client: %s.%s", group, name)
            return False
        return True

    if not isinstance(params, Mapping) or not isinstance(capabilities := params.get("capabilities"), Mapping):
        return params
    known = {
        group: {name: value for name, value in members.items() if understood(group, name, value)}
        for group, members in capabilities.items()
        if isinstance(members, Mapping)
    }
    return {**params, "capabilities": known, "trace": None}


def _clamped(value: Mapping[str, Any], _: type[types.Position]) -> types.Position:
    line, character = (min(max(int(value[name]), 0), _LARGEST) for name in ("line", "character"))
    return types.Position(line, character)
