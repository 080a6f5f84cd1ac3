"""Logging that never waits: to standard error, to a file, and warnings to the editor's log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types

from foretype.errors import ForetypeError
from foretype.lsp.writer import ThreadWriter

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_MOST_WAITING = 1024 * 1024
_STANDARD_ERROR = 2


class StandardErrorHandler(logging.Handler):
    """Writes to standard error from a thread: an editor that doesn't read it may not stop us. Lines it can't take
    are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._writer = ThreadWriter(_STANDARD_ERROR, most_waiting=_MOST_WAITING)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand the line over."""
        try:
            self._writer.write((self.format(record) + "\n").encode("utf-8", "replace"))
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Write what waits."""
        self._writer.close()
        super().close()


class ClientHandler(logging.Handler):
    """Sends warnings and errors as ``window/logMessage``: the first line of each, which is for the user."""

    def __init__(self, send: Callable[[types.LogMessageParams], None]) -> None:
        super().__init__(logging.WARNING)
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        """Hand the message over."""
        try:
            kind = types.MessageType.Error if record.levelno >= logging.ERROR else types.MessageType.Warning
            self._send(types.LogMessageParams(kind, record.getMessage().split("\n", 1)[0]))
        except Exception:
            self.handleError(record)


def configure(file: Path | None) -> None:
    """Log to standard error, or to ``file``, unless logging is configured already. Raises `ForetypeError`."""
    # pygls logs whole messages, which hold text of the user's files; all it knows of problems, the edge logs itself.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    root = logging.getLogger()
    if root.handlers:
        return
    handler = _file_handler(file) if file else StandardErrorHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    root.addHandler(handler)
    logging.getLogger("foretype").setLevel(logging.INFO)


def _file_handler(file: Path) -> logging.Handler:
    try:
        return logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise ForetypeError(f"The log file {file} can't be written: {error.strerror}.") from None
