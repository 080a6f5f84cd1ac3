"""What an action comes to."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.actions.verdict import Verdict
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit


@dataclass(frozen=True, slots=True)
class Account:
    """Where an action's time went: milliseconds, answers of the model, small edits and lines tried, tokens."""

    total_ms: float = 0.0
    model_ms: float = 0.0
    answers: int = 0
    tried: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that an action makes; there must be none of this path."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The edits to a snapshot (none when nothing was found that holds), what was proved of them, and what it took."""

    snapshot: Snapshot
    edits: tuple[Edit, ...]
    verdict: Verdict
    account: Account = Account()
    new_file: NewFile | None = None
