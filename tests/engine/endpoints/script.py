"""What a service on loopback answers, how fast, and what goes wrong."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request, or with each from now on where ``lasts``.

    ``kind`` is one of: ``status`` (answers with ``status`` and ``headers`` instead), ``slow`` (no byte for
    ``seconds``), ``stall`` (nothing more after ``after`` tokens), ``cut`` (the connection goes after so many), ``fin``
    (it is half-closed after so many), ``malformed`` (an event that is no JSON), ``shape`` (JSON that isn't the
    protocol), ``type`` (HTML instead), ``huge`` (a line of two megabytes), ``redirect`` (to ``location``), ``invalid``
    (invalid UTF-8), ``torn`` (characters split between packets), ``garbage`` (more after the end), ``refused`` (a
    field, ``field``, that the service does not take), ``told`` (an error inside the stream).
    """

    kind: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 60.0
    after: int = 2
    location: str = ""
    field: str = ""
    message: str = "it broke"
    lasts: bool = False


@dataclass
class Request:
    """A request as it came. ``closed`` is set when the client went before the answer was complete."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    raw: bytes
    at: float = field(default_factory=time.perf_counter)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    closed_at: float = 0.0
    sent: int = 0
    connection: int = 0

    def gone(self) -> None:
        """The client went."""
        if not self.closed.is_set():
            self.closed_at = time.perf_counter()
            self.closed.set()


@dataclass
class Script:
    """The answer and its speed. ``key`` is the key that the service wants, empty for none."""

    text: str = "return total / len(values)\n"
    texts: list[str] = field(default_factory=list)
    first_token_seconds: float = 0.0
    tokens_per_second: float = 0.0
    key: str = ""
    cached: int = 0
    probe_status: int = 200
    faults: deque[Fault] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    probes: list[Request] = field(default_factory=list)

    def fault(self, kind: str, **more: Any) -> None:
        """Has the next request (or with ``lasts`` each) go wrong."""
        self.faults.append(Fault(kind, **more))

    def next_fault(self) -> Fault | None:
        """What goes wrong with the request that has come now."""
        if not self.faults:
            return None
        return self.faults[0] if self.faults[0].lasts else self.faults.popleft()

    def tokens(self, most: int, stops: list[str], choice: int = 0) -> tuple[list[str], str]:
        """The pieces of an answer, and why it ends."""
        text = self.texts[choice % len(self.texts)] if self.texts else self.text
        cuts = [at for stop in stops if (at := text.find(stop)) >= 0]
        text = text[: min(cuts)] if cuts else text
        pieces = re.findall(r"\s*\w+|\s*[^\w\s]|\s+", text)
        return pieces[:most], "stop" if len(pieces) <= most else "length"
