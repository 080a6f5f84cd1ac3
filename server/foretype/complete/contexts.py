"""Chooses the context of anchors, in idle time: asks the workspace, counts tokens, changes as little as it can."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from foretype.complete.budget import (
    CHARACTERS_PER_TOKEN,
    MIDDLE_TOKENS,
    MOST_CONTEXT_TOKENS,
    MOST_TOKENS,
    Budget,
)
from foretype.complete.generator import Generator
from foretype.complete.seat import Memo, Seat
from foretype.context.choice import NOTHING, Context, compose, fit
from foretype.context.names import names_near
from foretype.context.related import Piece
from foretype.engines.base import Engine, EngineInfo
from foretype.prompt.anchor import Anchor, place_anchor
from foretype.prompt.comments import as_comments
from foretype.prompt.families import find
from foretype.syntax.languages import Languages
from foretype.text.documents import Snapshot
from foretype.text.positions import Point
from foretype.workspace.client import Related, Workspace

ASK_EVERY_SECONDS = 10.0
"""How often a document's context may change while its anchor stays."""

COUNTS_KEPT, NAMES_KEPT = 4_000, 2_000
COUNTED_AT_ONCE = 16
TOKENS_BETWEEN = 96
"""For the names of files, comment marks and what else stands between the pieces."""

logger = logging.getLogger(__name__)


class Contexts:
    """The contexts of all documents. It is asked in idle time only; a request uses what an anchor already has."""

    def __init__(self, engine: Engine, generator: Generator, workspace: Workspace, languages: Languages) -> None:
        self.enabled = True
        self.workspace = workspace
        self._engine = engine
        self._generator = generator
        self._languages = languages
        self._counts: OrderedDict[str, int] = OrderedDict()

    async def improved(
        self, seat: Seat, snapshot: Snapshot, cursor: Point, target: Anchor | None, allowed: Budget, info: EngineInfo
    ) -> Anchor | None:
        """The anchor to prepare, given the one that is to be prepared anyway: None where all is well as it is.

        Raises EngineError.
        """
        if not self.enabled or not allowed.context:
            return target
        held = next((a for a in (seat.ready, seat.anchor) if a and a.holds(snapshot, cursor, allowed.full)), None)
        if target is None and held is not None and held.context != NOTHING:
            base = held
        else:
            # What has no context yet begins anew with it, so nothing is lost by a smaller window.
            previous = held or seat.full_anchor
            keeps = previous if previous is not None and previous.context != NOTHING else None
            base = place_anchor(keeps, snapshot, cursor, allowed.beside_context)
        if self._is_worth_asking(seat, snapshot, cursor, base):
            await self._choose(seat, snapshot, cursor, base, allowed, info)
        context = self._styled(seat.context, snapshot, info)
        if context == NOTHING or not _fits(base, seat.memo, info):
            return target
        return (
            None if target is None and held is not None and held.context == context else replace(base, context=context)
        )

    def _is_worth_asking(self, seat: Seat, snapshot: Snapshot, cursor: Point, base: Anchor) -> bool:
        """Whether the context might lack something."""
        memo = seat.memo
        if memo.asked is None or base.first_line != memo.first_line or memo.scans != self.workspace.scans:
            return True
        if time.monotonic() - memo.asked < ASK_EVERY_SECONDS:
            return False
        news = self.workspace.news(snapshot.uri) != memo.news
        return news or not names_near(snapshot.lines, cursor.line) <= memo.names

    async def _choose(
        self, seat: Seat, snapshot: Snapshot, cursor: Point, base: Anchor, allowed: Budget, info: EngineInfo
    ) -> None:
        began = time.perf_counter()
        memo = seat.memo
        first_line, memo.first_line = memo.first_line, base.first_line
        memo.asked, memo.news, memo.scans = time.monotonic(), self.workspace.news(snapshot.uri), self.workspace.scans
        names = names_near(snapshot.lines, cursor.line)
        memo.names = names | memo.names if len(memo.names) < NAMES_KEPT else names
        last = min(len(snapshot.lines), cursor.line + 1 + len(base.below))
        known = tuple({piece.path for piece in seat.context.pieces})
        related = await self.workspace.related(snapshot, cursor.line, (base.first_line, last), known)
        if related is None:
            return
        window = await self._count((base.prefix, base.suffix))
        room = _room(sum(window), allowed, info)
        counts = await self._counted(related.pieces, room)
        chosen = fit(related.pieces, counts, room, seat.context.pieces)
        fresh = compose(chosen, related.path, related.repository, related.shown)
        seat.context = _merged(seat.context, fresh, related, moved=first_line != base.first_line)
        memo.density = max(1 / CHARACTERS_PER_TOKEN, sum(window) / max(1, len(base.prefix) + len(base.suffix)))
        memo.tokens = sum(self._counts.get(piece.text, 0) for piece in seat.context.pieces)
        logger.debug(
            "Context of %s, at most %d tokens: %d of %d pieces from %d files in %.1f ms",
            snapshot.uri,
            room,
            len(seat.context.pieces),
            len(related.pieces),
            len(seat.context.files),
            (time.perf_counter() - began) * 1000,
        )

    async def _counted(self, pieces: Sequence[Piece], budget: int) -> dict[str, int]:
        """The tokens of the first pieces, enough of them to fill the budget well."""
        wanted: dict[str, None] = {}
        estimate = 0.0
        for piece in pieces:
            estimate += len(piece.text) / CHARACTERS_PER_TOKEN
            wanted[piece.text] = None
            if estimate > 3 * budget:
                break
        unknown = [text for text in wanted if text not in self._counts]
        for start in range(0, len(unknown), COUNTED_AT_ONCE):
            texts = tuple(unknown[start : start + COUNTED_AT_ONCE])
            self._counts.update(zip(texts, await self._count(texts), strict=False))
        while len(self._counts) > COUNTS_KEPT:
            self._counts.popitem(last=False)
        return {text: self._counts[text] for text in wanted if text in self._counts}

    async def _count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """The tokens of texts, counted while nothing is generated."""
        await self._generator.idle.wait()
        return await self._engine.count(texts)

    def _styled(self, context: Context, snapshot: Snapshot, info: EngineInfo) -> Context:
        """The context as the model's family is shown it: where no layout of several files was trained, as comments."""
        family = find(info.family)
        if not context.files or (family is not None and family.repository is not None):
            return context
        comments = as_comments(context.files, self._languages.spec(snapshot.language))
        return replace(context, comments=comments, files=())


def _room(window: int, allowed: Budget, info: EngineInfo) -> int:
    """Tokens for the context beside a window of so many: its share of a full prompt, or what a short file leaves."""
    full = int((allowed.full.prefix + allowed.full.suffix) / CHARACTERS_PER_TOKEN)
    return min(max(allowed.context, min(MOST_CONTEXT_TOKENS, full - window)), _most(info) - window - TOKENS_BETWEEN)


def _most(info: EngineInfo) -> int:
    """The tokens that a prompt may have, short of what is typed and generated."""
    return (info.context_tokens or MOST_TOKENS + MOST_CONTEXT_TOKENS) - 2 * MIDDLE_TOKENS


def _fits(base: Anchor, memo: Memo, info: EngineInfo) -> bool:
    """Whether the model has room for an anchor's window and the context in use."""
    window = int((len(base.prefix) + len(base.suffix)) * memo.density)
    return window + memo.tokens + TOKENS_BETWEEN <= _most(info)


def _merged(old: Context, fresh: Context, related: Related, moved: bool) -> Context:
    """The context in use, or the fresh one where that has needed definitions which the one in use lacks.

    Files and heading are judged apart: other files come first in a prompt, so it is they that should stay.
    """
    own = related.path
    if related.gone:
        return fresh
    known = {(piece.path, piece.text) for piece in old.pieces}
    missing = [piece for piece in fresh.pieces if piece.is_needed and (piece.path, piece.text) not in known]
    keeps_files = old != NOTHING and all(piece.path == own for piece in missing)
    keeps_heading = old != NOTHING and not moved and all(piece.path != own for piece in missing)
    files, heading = old if keeps_files else fresh, old if keeps_heading else fresh
    if files is heading:
        return files
    pieces = frozenset(
        (*(each for each in files.pieces if each.path != own), *(each for each in heading.pieces if each.path == own))
    )
    return Context(related.repository, fresh.path, heading.heading, files.files, pieces=pieces)
