"""The log of what left this machine: one JSON object a line, in the user's state folder, readable by the user alone."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST_LOG = 1024 * 1024
LOGS_KEPT = 4

logger = logging.getLogger(__name__)


def log_file() -> Path:
    """Where the log lies."""
    from platformdirs import user_state_path

    return user_state_path("foretype", appauthor=False) / "egress.jsonl"


class EgressLog:
    """Writes what is sent before it is sent. A log that can't be written is told of once, and costs nothing else.

    ``with_text`` adds the text of what is sent; headers are never written. The file is opened when there is something
    to write.
    """

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self.with_text = False
        self._clock = clock
        self._count = 0
        self._handler = _Handler(file)

    def sent(self, recipient: str, method: str, url: str, body: bytes, purpose: str, redactions: int) -> int:
        """Writes of a request, or of a message on a WebSocket; ``url`` without its query. Gives it a number."""
        self._count += 1
        entry: dict[str, object] = {
            "time": self._time(),
            "process": os.getpid(),
            "number": self._count,
            "recipient": recipient,
            "method": method,
            "url": url,
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "purpose": purpose,
            "redactions": redactions,
        }
        if self.with_text:
            entry["text"] = body.decode("utf-8", "replace")
        self._handler.write(entry)
        return self._count

    def answered(self, number: int, status: int | str) -> None:
        """Writes how a request was answered: the HTTP status, or the kind of error."""
        self._handler.write({"time": self._time(), "process": os.getpid(), "number": number, "status": status})

    def close(self) -> None:
        """Closes the file."""
        self._handler.close()

    def _time(self) -> str:
        now = self._clock()
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"


class _Handler(RotatingFileHandler):
    """The standard library's rotating file, private to the user."""

    def __init__(self, file: Path) -> None:
        self._is_told = False
        super().__init__(file, maxBytes=LARGEST_LOG, backupCount=LOGS_KEPT, encoding="utf-8", delay=True)

    def write(self, entry: dict[str, object]) -> None:
        """Adds a line; never raises."""
        self.handle(logging.makeLogRecord({"msg": json.dumps(entry)}))

    def handleError(self, record: logging.LogRecord) -> None:
        """Tells of it once; the standard library would print the record to stderr each time."""
        if not self._is_told:
            self._is_told = True
            logger.warning("What leaves this machine can't be logged in %s; completion goes on.", self.baseFilename)

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True)

        def private(name: str, flags: int) -> int:
            return os.open(name, flags, 0o600)

        return open(path, "a", encoding="utf-8", opener=private)
