"""The prompt at an anchor."""

from __future__ import annotations

from foretype.complete.stream import plain
from foretype.prompt.anchor import Anchor
from foretype.prompt.families import Family
from foretype.prompt.fim import Prompt
from foretype.prompt.layout import lay_out


def prompt_at(family: Family | None, anchor: Anchor, middle: str) -> Prompt:
    """The prompt whose continuation is what comes after ``middle``, the text typed since the anchor."""
    context = anchor.context
    prefix = context.preface + context.heading + plain(anchor.prefix)
    return lay_out(family, prefix, plain(anchor.suffix), middle, context.files, context.repository, context.path)
