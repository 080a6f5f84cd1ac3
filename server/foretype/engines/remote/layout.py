"""Our own fill-in-the-middle layout for services that take text: buffer text never becomes a control token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from foretype.engines.base import EndpointError
from foretype.prompt.families import LEAKS, Family, find
from foretype.prompt.fim import Control, Token
from foretype.prompt.hole import Chat, Hole, laid_out

_SHAPED = r"<[|｜][\w▁]+[|｜]>"
"""How vocabularies spell control tokens that we have no list of."""


def hole_of(given: Hole | Chat, name: str) -> Hole:
    """The gap to fill. Raises EndpointError for a conversation, which this protocol has no place for."""
    if isinstance(given, Hole):
        return given
    raise EndpointError(f"`{name}` only completes code; for code actions, name an endpoint that chats in the route.")


def pieces_of(family: Family, hole: Hole, middle: str) -> tuple[str | Control, ...]:
    """The layout of a hole with another middle, as text and control tokens."""
    moved = Hole(hole.prefix, hole.suffix, middle, hole.files, hole.repository, hole.path)
    return tuple(piece for piece in laid_out(moved, family).pieces if not isinstance(piece, Token))


@lru_cache(maxsize=32)
def _spellings(family: str) -> re.Pattern[str]:
    found = find(family)
    own = [] if found is None else [*found.leaks, *(text for texts in found.spellings.values() for text in texts)]
    longest_first = sorted({*own, *LEAKS}, key=len, reverse=True)
    beginnings = re.escape("".join(sorted({text[0] for text in longest_first})))
    # Looking at one character first makes a search through a file several times as fast.
    return re.compile(f"(?=[{beginnings}])(?:{'|'.join((*map(re.escape, longest_first), _SHAPED))})")


def parted(text: str, family: Family) -> tuple[str, ...]:
    """The text in parts of which none contains the spelling of a control token; joined, they are the text.

    A service that tokenizes each part for itself sees exactly the text, and no control token in it.
    """
    found = _spellings(family.name).search(text)
    if found is None:
        return (text,) if text else ()
    cut = found.start() + len(found.group()) // 2
    return (*parted(text[:cut], family), *parted(text[cut:], family))


def broken_up(text: str, family: Family) -> str:
    """The text with a blank inside each spelling of a control token, for a service that takes one text."""
    pattern = _spellings(family.name)
    while (changed := pattern.sub(lambda found: f"{found.group()[:1]} {found.group()[1:]}", text)) != text:
        text = changed
    return text


def as_text(family: Family, hole: Hole, middle: str) -> str:
    """The layout as one text, in which only we spell control tokens."""
    return "".join(
        broken_up(piece, family) if isinstance(piece, str) else family.spelling(piece) or ""
        for piece in pieces_of(family, hole, middle)
    )


def as_mixed(family: Family, hole: Hole, middle: str, ids: Mapping[Control, int]) -> list[str | int]:
    """The layout as token ids for control tokens, and texts that contain none."""
    mixed: list[str | int] = []
    for piece in pieces_of(family, hole, middle):
        mixed.extend(parted(piece, family) if isinstance(piece, str) else (ids[piece],))
    return mixed
