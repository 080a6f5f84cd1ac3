"""What is on screen: the ghost text at the cursor, kept while the typist types along it; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ghost:
    """A suggestion as it stands at the cursor: ``text`` would replace ``replaced``, what is right of the cursor."""

    text: str
    replaced: str = ""

    @property
    def visible(self) -> int:
        """How many visible characters it adds."""
        return _count(self.text) - _count(self.replaced)

    @property
    def seen(self) -> str:
        """What is seen of it before the text that is there already; all of it if the two are interleaved."""
        return self.text[: len(self.text) - len(self.replaced)] if self.text.endswith(self.replaced) else self.text

    def extends(self, other: Ghost) -> bool:
        """Whether this one shows all that the other shows, and perhaps more."""
        return self.seen.startswith(other.seen)


def ghost_of(text: str, before: str, after: str) -> Ghost | None:
    """The ghost of an item's text that replaces ``before`` and ``after``, left and right of the cursor on its line.

    None when an editor could not show it as an insertion: it changes what is left of the cursor, or loses what is
    right of it, or adds nothing.
    """
    if not text.startswith(before):
        return None
    rest = text[len(before) :]
    if rest == after or not _is_subsequence(after, rest):
        return None
    return Ghost(rest, after)


def type_along(ghost: Ghost, removed: str, inserted: str, behind: str) -> Ghost | None:
    """The ghost after a key; None when what was typed leaves it.

    ``removed`` is what the key replaced right of the cursor (a bracket that is typed over), ``inserted`` what it put
    left of it, and ``behind`` what the editor closed right of it by itself.
    """
    if not inserted or not ghost.text.startswith(inserted) or not ghost.replaced.startswith(removed):
        return None
    rest = ghost.text[len(inserted) :]
    replaced = ghost.replaced[len(removed) :]
    if behind:
        # The editor's own closer is the suggestion's if the suggestion has one.
        replaced = behind + replaced if _is_subsequence(behind + replaced, rest) else replaced
    return Ghost(rest, replaced) if rest and rest != replaced else None


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """What was on screen from ``at`` on (seconds of any one clock); ``source`` is what the ghost came from."""

    at: float
    ghost: Ghost | None
    source: T | None = None


class Screen(Generic[T]):
    """The ghost text, and its changes since the last key.

    ``flickers`` counts ghosts replaced by one that doesn't extend them, ``vanished`` those that went although typing
    agreed with them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.views: list[View[T]] = [View(clock(), None)]
        self.flickers = 0
        self.vanished = 0

    @property
    def now(self) -> View[T]:
        """What is on screen."""
        return self.views[-1]

    def key(self, removed: str, inserted: str, behind: str) -> None:
        """A key was pressed: the ghost is typed along, or goes. The arguments are as for `type_along`."""
        ghost, source = self.now.ghost, self.now.source
        kept = type_along(ghost, removed, inserted, behind) if ghost else None
        self.views = [View(self._clock(), kept, source if kept else None)]

    def clear(self) -> None:
        """The cursor went elsewhere, or the suggestion was taken: nothing is on screen, and that is no flicker."""
        self.views = [View(self._clock(), None)]

    def show(self, ghost: Ghost | None, source: T | None = None) -> bool:
        """Put a ghost, or none, on screen in place of what is there; True if that changed anything."""
        old = self.now.ghost
        if ghost == old:
            return False
        if old is not None and ghost is None:
            self.vanished += 1
        elif old is not None and ghost is not None and not ghost.extends(old):
            self.flickers += 1
        self.views.append(View(self._clock(), ghost, source))
        return True


def _count(text: str) -> int:
    return len("".join(text.split()))


def _is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in part)
