"""The real gate, with a log of its own and the rules on secrets loaded once for all tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from foretype.trust.egress import Gate
from foretype.trust.egress_log import EgressLog
from foretype.trust.paths import PathPolicy
from foretype.trust.secrets import Redactor


@cache
def redactor() -> Redactor:
    """One for all tests: its rules take seconds to load."""
    made = Redactor()
    made.prepare()
    return made


@contextmanager
def make_gate() -> Iterator[tuple[Gate, Path]]:
    """A gate that refuses no file, and the file of its log."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "egress.jsonl"
        log = EgressLog(file)
        try:
            yield Gate(PathPolicy(lambda uri: None), redactor(), log), file
        finally:
            log.close()
