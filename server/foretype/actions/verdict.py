"""What was proved of an edit, in facts that can be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Standing(Enum):
    """What an edit may be offered as."""

    PROVED = "proved"
    UNPROVED = "unproved"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``facts`` were shown, ``lacking`` could not be; ``failure`` is what an edit failed at, empty if at nothing."""

    standing: Standing
    facts: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    failure: str = ""

    @property
    def sentence(self) -> str:
        """In a line: ``ruff F841 gone, parses, no new findings; tests not run``."""
        if self.standing is Standing.FAILED:
            return f"failed: {self.failure}"
        shown = ", ".join(self.facts)
        missing = ", ".join(self.lacking)
        said = "; ".join(part for part in (shown, missing) if part)
        return said if self.standing is Standing.PROVED else f"unproved: {said}"


@dataclass(slots=True)
class Evidence:
    """A verdict while it is gathered; ``convincing`` once something was shown that the edit was made for."""

    facts: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    convincing: bool = False

    def verdict(self) -> Verdict:
        """As far as the evidence goes."""
        standing = Standing.PROVED if self.convincing else Standing.UNPROVED
        return Verdict(standing, tuple(self.facts), tuple(self.lacking))

    def failed(self, failure: str) -> Verdict:
        """The edit fails."""
        return Verdict(Standing.FAILED, tuple(self.facts), tuple(self.lacking), failure)
