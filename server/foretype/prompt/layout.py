"""Lays out a prompt for a family so that typing only appends to it."""

from __future__ import annotations

from collections.abc import Iterable

from foretype.prompt.families import Family, Repository, Slot
from foretype.prompt.fim import Control, Prompt

Piece = str | Control
Files = tuple[tuple[str, str], ...]


def lay_out(
    family: Family | None,
    prefix: str,
    suffix: str,
    middle: str,
    files: Files = (),
    repository: str = "",
    path: str = "",
) -> Prompt:
    """The prompt whose continuation is what comes after ``middle``, the text typed since the anchor.

    ``files`` are (path, text) of other files, the most relevant last; ``repository`` and ``path`` name the repository
    and the file being completed. They are used where the family was trained to see several files, and left out
    where it wasn't. Without a family the prompt is prefix and middle as text, and the suffix is left out.

    Appending to ``middle`` changes the last piece only, or adds one. Where the middle directly continues the prefix
    the two are one piece, because most tokenizers join a line end with the blanks that follow it.
    """
    if family is None:
        return Prompt(_joined((prefix + middle,)))
    shape = family.repository if files else None
    before: list[Piece] = []
    if shape is not None:
        before, heading = _surround(shape, files, repository, path)
        prefix = heading + prefix
    texts = {Slot.PREFIX: prefix, Slot.SUFFIX: suffix, Slot.MIDDLE: middle}
    fim = (texts[part] if isinstance(part, Slot) else part for part in family.layout)
    return Prompt(_joined((*before, *fim)))


def read_on(family: Family | None, before: str, files: Files = (), repository: str = "", path: str = "") -> Prompt:
    """The prompt that continues a text as if nothing followed it.

    Where the prefix comes first it is that of ``lay_out``, broken off in the prefix: what both show is read once.
    """
    if family is None:
        return Prompt(_joined((before,)))
    shape = family.repository if files else None
    outside, heading = _surround(shape, files, repository, path) if shape is not None else ([], "")
    begun = family.layout[: family.layout.index(Slot.PREFIX)]
    controls = [part for part in begun if isinstance(part, Control)] if Slot.SUFFIX not in begun else []
    return Prompt(_joined((*outside, *controls, heading + before)))


def _surround(shape: Repository, files: Files, repository: str, path: str) -> tuple[list[Piece], str]:
    """What comes before the layout of the file being completed, and what its prefix begins with."""
    named = bool(repository) or not shape.named_together
    outside: list[Piece] = _filled(shape.opening, repository=repository) if repository else []
    inside: list[Piece] = []
    for other, text in files:
        ended = text if text.endswith("\n") else text + "\n"
        (inside if shape.files_in_prefix else outside).extend(
            _filled(shape.file, path=other if named else "", text=ended)
        )
    outside += _filled(shape.current, path=path if named else "")
    inside += _filled((shape.heading,), path=path if named else "")
    return outside, "".join(piece for piece in inside if isinstance(piece, str))


def _filled(parts: Iterable[Piece], path: str = "", text: str = "", repository: str = "") -> list[Piece]:
    """The parts with their places filled in; a line for a path that isn't known is left out."""
    filled: list[Piece] = []
    for part in parts:
        if isinstance(part, str):
            template = part if path else part.replace("#{path}\n", "").replace("{path}\n", "")
            filled.append(template.format(path=path, text=text, repository=repository))
        else:
            filled.append(part)
    return filled


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbouring texts made one, empty ones left out."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)
