"""Chooses, of the pieces gathered, what fits the budget, and lays it out in an order that seldom changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from foretype.context.related import Piece, Tier

SHARES = {Tier.IMPORTS: 0.25, Tier.EDITED: 0.25, Tier.LINKED: 0.35, Tier.IMPORTED: 0.4, Tier.SIMILAR: 0.5}
"""What a tier may take of the budget at most; the others may take all."""

TOKENS_PER_FILE = 12
"""For a file's name and what sets it apart."""

Files = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What a prompt shows besides the window around the cursor.

    ``heading`` is text of the same file that stands before the window's lines; ``files`` are (path, text) of others,
    or for a model that sees one file only, ``comments`` are what it is shown of them before the heading.
    ``repository`` and ``path`` name the workspace folder and the file in it. ``pieces`` are what it is made of.
    """

    repository: str = ""
    path: str = ""
    heading: str = ""
    files: Files = ()
    comments: Files = ()
    pieces: frozenset[Piece] = field(default=frozenset(), compare=False)

    def without_heading(self) -> Context:
        """What of it doesn't depend on the window; nothing if that is nothing."""
        return replace(self, heading="") if self.files or self.comments else NOTHING


NOTHING = Context()


def fit(
    pieces: Sequence[Piece], counts: Mapping[str, int], budget: int, resident: frozenset[Piece] = frozenset()
) -> tuple[Piece, ...]:
    """The pieces to show, in order of tier: as many as ``budget`` tokens hold.

    ``counts`` has the tokens of each text; a piece without is left out. Of one tier, what is ``resident`` comes
    first, so that a new choice resembles the last.
    """
    texts = {(piece.path, piece.text) for piece in resident}
    ranked = sorted(
        enumerate(pieces),
        key=lambda pair: (pair[1].tier, (pair[1].path, pair[1].text) not in texts, pair[0]),
    )
    left = budget
    shares = {tier: int(budget * share) for tier, share in SHARES.items()}
    chosen: list[Piece] = []
    files: set[str] = set()
    for _, piece in ranked:
        if piece.text not in counts:
            continue
        cost = counts[piece.text] + (0 if piece.path in files else TOKENS_PER_FILE)
        if cost > min(left, shares.get(piece.tier, left)):
            continue
        left -= cost
        if piece.tier in shares:
            shares[piece.tier] -= cost
        files.add(piece.path)
        chosen.append(piece)
    return tuple(chosen)


def compose(
    chosen: Sequence[Piece], path: str, repository: str = "", shown: Mapping[str, str] | None = None
) -> Context:
    """The context made of pieces: those of ``path`` become the heading, the others files in the order of their paths.

    ``shown`` gives the path to show for each path.
    """
    names = shown or {}
    pieces = _without_overlaps(chosen)
    texts: dict[str, str] = {}
    for piece in sorted(pieces, key=lambda each: (each.path, each.lines)):
        if piece.path != path:
            texts[piece.path] = f"{texts[piece.path]}\n{piece.text}" if piece.path in texts else piece.text
    heading = "".join(piece.text for piece in _headed([piece for piece in pieces if piece.path == path]))
    files = tuple(sorted((names.get(each, each), text) for each, text in texts.items()))
    return Context(repository, names.get(path, path), heading, files, pieces=frozenset(chosen))


def _headed(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of the same file so that they read as its beginning, and the window's lines as what comes next.

    The signatures around the cursor come last; members stand between them, where they belong.
    """
    around = sorted((piece for piece in pieces if piece.tier is Tier.ENCLOSING), key=lambda each: each.lines)
    if not around:
        return sorted(pieces, key=lambda each: each.lines)
    inner = around[-1]

    def place(piece: Piece) -> tuple[int, float]:
        line = float(piece.lines[0])
        if piece.tier is Tier.ENCLOSING:
            return 1, line
        if not _indent(piece):
            return 0, line
        beside = _indent(piece) <= _indent(inner) and line > inner.lines[0]
        return 1, inner.lines[0] - 0.5 if beside else line

    return sorted(pieces, key=place)


def _indent(piece: Piece) -> int:
    return len(piece.text) - len(piece.text.lstrip())


def _without_overlaps(pieces: Sequence[Piece]) -> list[Piece]:
    """Drops a piece whose lines lie in another's."""
    return [
        piece
        for number, piece in enumerate(pieces)
        if not any(
            other.path == piece.path
            and other.lines[0] <= piece.lines[0]
            and piece.lines[1] <= other.lines[1]
            and (other.lines != piece.lines or earlier < number)
            for earlier, other in enumerate(pieces)
            if earlier != number
        )
    ]
