"""The hole at an anchor."""

from __future__ import annotations

from foretype.complete.stream import plain
from foretype.prompt.anchor import Anchor
from foretype.prompt.hole import Hole


def hole_at(anchor: Anchor, middle: str) -> Hole:
    """The hole to continue after ``middle``, the text typed since the anchor."""
    context = anchor.context
    return Hole(
        prefix=context.heading + plain(anchor.prefix),
        suffix=plain(anchor.suffix),
        middle=middle,
        files=context.files,
        comments=context.comments,
        repository=context.repository,
        path=context.path,
        uri=anchor.uri,
        language=anchor.language,
        line=anchor.point.line + middle.count("\n") + 1,
    )
