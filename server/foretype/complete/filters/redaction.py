"""Secrets, and the placeholders that stood for them in what an engine was shown."""

from __future__ import annotations

from foretype.complete.filters.candidate import Candidate, Rejection, Surroundings
from foretype.trust.secrets import MARK


def redaction(candidate: Candidate, surroundings: Surroundings) -> Candidate | Rejection:
    """Refuses text with a placeholder of a redacted secret, or with what looks like a secret, whoever made it up."""
    if MARK in candidate.text:
        return Rejection("has a placeholder for a secret")
    if surroundings.holds_secret(surroundings.before, candidate.text, surroundings.after[candidate.replaces :]):
        return Rejection("has a secret in it")
    return candidate
