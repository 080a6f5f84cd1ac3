"""The last requests' ledgers in words: where the time went, or why there was nothing."""

from __future__ import annotations

from collections import deque

from foretype.complete.ledger import Ledger
from foretype.complete.results import CompletionResult

REMEMBERED = 64


class History:
    """The last results, newest last, by document, and which suggestions the editor says were shown and accepted."""

    def __init__(self) -> None:
        self._results: deque[tuple[str, CompletionResult]] = deque(maxlen=REMEMBERED)
        self.shown: set[str] = set()
        self.accepted: set[str] = set()

    def add(self, uri: str, result: CompletionResult) -> None:
        """Remembers a result."""
        self._results.append((uri, result))

    def last(self, uri: str | None = None) -> CompletionResult | None:
        """The newest result, of one document if it is named."""
        return next((result for owner, result in reversed(self._results) if uri in (None, owner)), None)

    def explain(self, uri: str | None = None) -> str:
        """One line on the newest result."""
        result = self.last(uri)
        if result is None:
            return "No suggestion has been asked for yet."
        if result.suggestions:
            return f"{result.engine}: {describe(result.ledger)}{skipped(result)}{self._kept()}"
        return f"No suggestion: {result.rejected or 'nothing to add'} ({describe(result.ledger)}){skipped(result)}"

    def _kept(self) -> str:
        """How many suggestions were of use so far, where the editor tells."""
        if not self.accepted:
            return ""
        shown = f" of {len(self.shown)} shown" if self.shown else ""
        return f"; {len(self.accepted)}{shown} accepted so far"


def skipped(result: CompletionResult) -> str:
    """Which engines didn't answer, each with the reason, unless that is the answer's reason already."""
    told = [(name, reason) for name, reason in result.ledger.skipped if reason != result.rejected]
    return "".join(f"; {name} skipped: {reason.rstrip('.')}" for name, reason in told)


def describe(ledger: Ledger) -> str:
    """A ledger in one line, such as ``112 ms: 3 context, 61 prefill of 4 tokens, 48 decode of 3 tokens``."""
    parts = [
        _part(ledger.queue_ms, "queue"),
        _part(ledger.debounce_ms, "debounce"),
        _part(ledger.syntax_ms, "syntax"),
        _part(ledger.context_ms, "context"),
        _part(ledger.prompt_ms, "prompt"),
        _part(ledger.prefill_ms, "prefill", ledger.prefill_tokens),
        _part(ledger.decode_ms, "decode", ledger.decode_tokens),
        _part(ledger.filter_ms, "filter"),
    ]
    if ledger.accepted_tokens:
        parts.append(f"{ledger.accepted_tokens} of {ledger.drafted_tokens} drafted tokens accepted")
    if ledger.filters:
        parts.append("changed by " + ", ".join(ledger.filters))
    source = {"cache": "from the cache", "in-flight": "joined a generation under way"}.get(ledger.source)
    told = ", ".join(part for part in [source, *parts] if part)
    return f"{ledger.total_ms:.0f} ms" + (f": {told}" if told else "")


def _part(milliseconds: float, name: str, tokens: int = 0) -> str | None:
    if milliseconds < 0.5 and not tokens:
        return None
    return f"{milliseconds:.0f} {name}" + (f" of {tokens} token{'s' if tokens != 1 else ''}" if tokens else "")
