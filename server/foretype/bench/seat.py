"""Where a typist sits: the open buffers, the screen, and an engine behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from foretype.bench.buffer import Buffer
from foretype.bench.screen import Ghost, Screen
from foretype.bench.trace import Key, Trace


@dataclass(slots=True)
class Work:
    """What an engine did for a trace, as far as it tells. Tokens are None where it doesn't.

    ``requests`` were sent, ``cancelled`` of them taken back. ``unshown_tokens`` were generated, but nothing of their
    answer came on screen. ``drafted_tokens`` were guessed without the model, ``accepted_tokens`` of them right.
    ``counts_everything`` is false where only the requests that were answered are counted.
    """

    requests: int = 0
    cancelled: int = 0
    evaluated_tokens: int | None = None
    idle_evaluated_tokens: int | None = None
    generated_tokens: int | None = None
    unshown_tokens: int | None = None
    drafted_tokens: int | None = None
    accepted_tokens: int | None = None
    counts_everything: bool = True


class Session(Protocol):
    """An engine in an editor, for one trace at a time. All but ``begin`` and ``end`` are called between two keys."""

    screen: Screen[Any]
    buffers: list[Buffer]

    async def begin(self, trace: Trace, folder: Path) -> None:
        """Open the trace's files and let the engine get ready; typing begins when this returns."""
        ...

    def press(self, number: int, key: Key) -> None:
        """Press a key, the ``number``-th of those played: change the buffer and do what the editor then does."""
        ...

    def accept(self, number: int, ghost: Ghost) -> None:
        """Take the suggestion that is on screen."""
        ...

    def ledgers(self) -> Mapping[int, Mapping[str, Any]]:
        """What the engine said of the requests, by the number of the key that they followed."""
        ...

    async def end(self) -> Work:
        """Close what `begin` opened; how much work it was."""
        ...


def open_buffers(trace: Trace, folder: Path) -> list[Buffer]:
    """The trace's files as buffers, the cursor where typing begins. Their names are resolved in ``folder``."""
    buffers = []
    for file in trace.files:
        # The edited text is on no disk, but imports and neighbours of the real file are.
        buffer = Buffer((folder / file.name).absolute().as_uri(), file.language, file.text)
        buffer.move(buffer.point(file.cursor))
        buffers.append(buffer)
    return buffers


def apply_key(buffer: Buffer, screen: Screen[Any], key: Key) -> dict[str, object] | None:
    """Do to buffer and screen what a key does; returns LSP's content change, None if only the cursor moved."""
    if not key.edits:
        screen.clear()
        buffer.move(buffer.point(key.cursor))
        return None
    at_cursor = buffer.offset(buffer.cursor) == key.start
    removed = buffer.after[: key.removed]
    change = buffer.replace(key.start, key.removed, key.inserted + key.behind)
    buffer.move(buffer.point(key.cursor))
    if at_cursor and len(removed) == key.removed:
        screen.key(removed, key.inserted, key.behind)
    else:
        screen.clear()
    return change


def apply_ghost(buffer: Buffer, screen: Screen[Any], ghost: Ghost) -> dict[str, object]:
    """Put a suggestion into the buffer."""
    change = buffer.replace(buffer.offset(buffer.cursor), len(ghost.replaced), ghost.text)
    screen.clear()
    return change
