"""The process that knows the workspace: reads frames on stdin, writes frames on its own pipe, indexes in between.

A process of its own, because parsers hold the GIL for as long as a file takes, and may crash on what they read.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections import deque

from foretype.child import framing
from foretype.workspace import messages
from foretype.workspace.defining import defining
from foretype.workspace.indexer import Indexer

PATIENT_SECONDS = 3.0
"""How long a question that needs all files waits for them."""

UNWATCHED_SECONDS, WATCHED_SECONDS = 30.0, 600.0
"""How old the last look at all files may be when a question comes, by whether somebody tells of changes."""


class Helper:
    """Serves one server until it goes."""

    def __init__(self, sink: int) -> None:
        self._sink = os.fdopen(sink, "wb", buffering=0)
        self._queue: queue.SimpleQueue[messages.ToHelper] = queue.SimpleQueue()
        self._indexer = Indexer()
        self._folders: tuple[tuple[str, str], ...] = ()
        self._watched = False
        self._scanned = time.monotonic()
        self._began = time.monotonic()
        self._told = 0
        self._asked: deque[tuple[messages.Define, float]] = deque()
        threading.Thread(target=self._read, name="frames", daemon=True).start()

    def run(self) -> None:
        """Answers what comes, and reads files while nothing does; the reader ends the process."""
        while True:
            if self._indexer.has_work and self._queue.empty():
                self._indexer.step()
                self._tell_scanned()
                self._tell_defining()
                continue
            self._take(self._queue.get())

    def _take(self, message: messages.ToHelper) -> None:
        had_work = self._indexer.has_work
        if isinstance(message, messages.Folders):
            self._watched = message.watched
            if message.folders != self._folders:
                self._folders = message.folders
                self._scanned = time.monotonic()
                self._indexer.set_folders(message.folders)
        elif isinstance(message, messages.Opened):
            self._indexer.open(message.path, message.language, message.text)
        elif isinstance(message, messages.Closed):
            self._indexer.close(message.path)
        elif isinstance(message, messages.Changed):
            self._indexer.changed(message.paths)
        elif isinstance(message, messages.Define):
            self._asked.append((message, time.monotonic()))
            self._tell_defining()
        else:
            self._answer(message)
        if self._indexer.has_work and not had_work:
            self._began = time.monotonic()

    def _answer(self, ask: messages.Ask) -> None:
        began = time.perf_counter()
        pieces = self._indexer.related(ask.path, ask.line, ask.window)
        shown = {
            path: self._indexer.folders.shown(path, ask.path) for path in (ask.path, *(piece.path for piece in pieces))
        }
        wire = tuple((int(piece.tier), piece.path, *piece.lines, piece.text) for piece in pieces)
        gone = tuple(path for path in ask.known if path != ask.path and self._indexer.is_gone(path))
        took = (time.perf_counter() - began) * 1000
        self._send(messages.Related(ask.id, self._indexer.folders.name(ask.path), shown, wire, gone, took))
        oldest = WATCHED_SECONDS if self._watched else UNWATCHED_SECONDS
        if time.monotonic() - self._scanned > oldest and not self._indexer.has_work:
            self._scanned = time.monotonic()
            self._indexer.rescan()

    def _tell_defining(self) -> None:
        """Answers who defines a name once all files were read, or after a while by those that were."""
        while self._asked:
            ask, when = self._asked[0]
            if self._indexer.has_work and time.monotonic() - when < PATIENT_SECONDS:
                return
            self._asked.popleft()
            files = defining(self._indexer.index, ask.path, ask.language, ask.name)
            self._send(messages.Defining(ask.id, files))

    def _tell_scanned(self) -> None:
        if self._indexer.scans == self._told:
            return
        self._told = self._indexer.scans
        index = self._indexer.index
        took = (time.monotonic() - self._began) * 1000
        self._send(messages.Indexed(len(index.outlines), index.symbol_count, took))

    def _send(self, message: framing.Message) -> None:
        """Writes one frame; ends the process if nobody reads any more."""
        try:
            self._sink.write(framing.encode(message))
        except OSError:
            os._exit(0)

    def _read(self) -> None:
        with os.fdopen(os.dup(0), "rb", buffering=1 << 16) as source:
            while True:
                try:
                    message = framing.read(source.read, messages.to_helper)
                except (OSError, ValueError) as error:
                    print(f"unreadable frame: {error}", file=sys.stderr)
                    message = None
                if message is None:  # the server is gone: so are we, even from the middle of a file
                    os._exit(0)
                self._queue.put(message)


def step_back() -> None:
    """Lets everything else on the machine go first: nobody waits for this process."""
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process()
        # On POSIX relative to the server's, which may have been started with little priority itself.
        process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", None) or min(19, process.nice() + 10))


def main() -> None:
    """The process's entry: frames on fd 0 and a private copy of fd 1; what anything prints goes to stderr."""
    sink = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    step_back()
    Helper(sink).run()


if __name__ == "__main__":
    main()
