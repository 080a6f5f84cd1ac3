"""The process that pulls one model for a server, which itself opens no socket. Run as a module; ends with its work."""

from __future__ import annotations

import sys
import threading

from foretype.child.framing import Message, encode, read
from foretype.errors import ForetypeError
from foretype.models.messages import Failed, Progressed, Pulled, decode_pull
from foretype.models.partial import Progress
from foretype.models.pull import pull
from foretype.models.registry import find
from foretype.models.store import Store


def main() -> None:
    """Read what to pull, tell how far it is, and how it ended."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # Whatever a library prints must not get among the frames.
    sys.stdout = sys.stderr

    def send(message: Message) -> None:
        sink.write(encode(message))
        sink.flush()

    asked = read(source.read, decode_pull)
    if asked is None:
        return
    watcher = threading.Thread(target=_end_with_the_server, daemon=True)
    watcher.start()
    last = -1

    def report(progress: Progress) -> None:
        nonlocal last
        hundredth = int(100 * progress.done / progress.total) if progress.total else progress.done >> 20
        if hundredth != last:
            last = hundredth
            send(Progressed(progress.step, progress.done, progress.total))

    try:
        send(Pulled(str(pull(find(asked.name), Store(), progress=report))))
    except ForetypeError as error:
        send(Failed(str(error)))


def _end_with_the_server() -> None:
    import os

    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
