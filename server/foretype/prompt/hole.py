"""A gap in a file, and a conversation: what an engine is asked for, before anything is laid out for a model."""

from __future__ import annotations

from dataclasses import dataclass, replace

from foretype.prompt.families import Family
from foretype.prompt.fim import Prompt
from foretype.prompt.layout import Files, lay_out, read_on


@dataclass(frozen=True, slots=True)
class Hole:
    """Text around a cursor, for any engine: each lays it out as its model or protocol wants it.

    ``middle`` is what was typed since the anchor: prefix and middle together are the text before the cursor. Typing
    appends to it and leaves all else as it was. ``files`` are (path, text) excerpts of other files, the most relevant
    last; ``comments`` are theirs in place of them, for a model that sees one file: they stand before the prefix, each
    as it is. ``repository`` and ``path`` name the workspace folder and the file in it. ``uri`` and ``language`` are the
    document's, ``line`` is the cursor's, from 1, or 0 where it isn't known. All text has ``\\n`` for line endings.
    """

    prefix: str
    suffix: str
    middle: str
    files: Files = ()
    repository: str = ""
    path: str = ""
    uri: str = ""
    language: str = ""
    line: int = 0
    comments: Files = ()

    def whole(self) -> Hole:
        """The same with the comments in the prefix."""
        return replace(self, prefix="".join(text for _, text in self.comments) + self.prefix, comments=())


@dataclass(frozen=True, slots=True)
class Turn:
    """One side's words in a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation that the model answers; ``begun`` is how its answer has to begin, if that is given.

    ``uri`` is the document that it is about, for the rules on what may leave the machine.
    """

    turns: tuple[Turn, ...]
    begun: str = ""
    uri: str = ""


Input = Prompt | Hole | Chat
"""What can be continued. A `Prompt` is laid out already, for one local model."""


def laid_out(given: Prompt | Hole, family: Family | None) -> Prompt:
    """The prompt for a model of a family, or for one that only continues a prefix."""
    if isinstance(given, Prompt):
        return given
    hole = given.whole() if given.comments else given
    return lay_out(family, hole.prefix, hole.suffix, hole.middle, hole.files, hole.repository, hole.path)


def unseen(hole: Hole, family: Family | None) -> Prompt:
    """The prompt that reads on from the text before the cursor, whatever follows it.

    Other files are shown as in `laid_out`. Without a family no prompt shows what follows.
    """
    hole = hole.whole() if hole.comments else hole
    return read_on(family, hole.prefix + hole.middle, hole.files, hole.repository, hole.path)
