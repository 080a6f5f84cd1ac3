"""The edge benchmark: the server's own work for each keystroke, as a ratio to an echo that does nothing."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foretype.bench.buffer import Buffer
from foretype.bench.editor import STANDARD, Editor
from foretype.bench.jsonrpc import Connection
from foretype.bench.score import Percentiles, percentiles

SIZES = {"100 KB": 100_000, "2 MB": 2_000_000}
_TYPED = "qxzwkvjy"
_KEYS_PER_LINE = 24
# A typist leaves more time than this between two keys; so does the idle work of the server, if it is to be fair.
_PAUSE_SECONDS = 0.02
_FUNCTION = '''
def convert_{number}(records, limit={number}, *, strict=False):
    """Convert up to ``limit`` records."""
    converted = []
    for index, record in enumerate(records[:limit]):
        if strict and record.get("kind") is None:
            raise ValueError(f"record {{index}} has no kind")
        converted.append({{"id": index + {number}, "name": record["name"].strip(), "price": record["price"] * 1.2}})
    return converted

'''


@dataclass(slots=True)
class Times:
    """Milliseconds of one subject's exchanges; ``syntax`` and ``waits`` are parts of ``total``, from the ledger."""

    total: list[float] = field(default_factory=list)
    syntax: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    answered: int = 0

    def own(self) -> list[float]:
        """Without the parse, and without what the server waited on purpose."""
        parts = zip(self.syntax, self.waits, strict=True)
        return [max(0.0, total - s - w) for total, (s, w) in zip(self.total, parts, strict=True)]


class Subject:
    """A server with a document open in it, in which a line is typed."""

    def __init__(self, connection: Connection, buffer: Buffer, editor: Editor | None) -> None:
        self._connection, self._buffer, self._editor = connection, buffer, editor
        self._start = buffer.offset(buffer.cursor)
        self._typed = 0
        self.times = Times()

    async def exchange(self) -> None:
        """One key: a change, a request, its answer."""
        change, request = self._key()
        began = time.perf_counter()
        self._connection.notify("textDocument/didChange", change)
        answer = await self._connection.request(STANDARD, request).answer
        self.times.total.append((time.perf_counter() - began) * 1000)
        items = answer.get("items") if isinstance(answer, Mapping) else answer
        self.times.answered += bool(items)
        told = await self._editor.last_ledger(self._buffer.uri) if self._editor else None
        ledger: Mapping[str, Any] = (told or {}).get("ledger") or {}
        self.times.syntax.append(float(ledger.get("syntax_ms", 0.0)))
        self.times.waits.append(float(ledger.get("debounce_ms", 0.0)))
        await asyncio.sleep(_PAUSE_SECONDS)

    def _key(self) -> tuple[dict[str, object], dict[str, object]]:
        """The messages for the next character, or for taking back the whole line once it is long."""
        if self._typed == _KEYS_PER_LINE:
            change = self._buffer.replace(self._start, self._typed, "q")
            self._typed = 1
        else:
            change = self._buffer.replace(self._start + self._typed, 0, _TYPED[self._typed % len(_TYPED)])
            self._typed += 1
        document = {"uri": self._buffer.uri, "version": self._buffer.version}
        place = self._buffer.position(self._buffer.cursor)
        return (
            {"textDocument": document, "contentChanges": [change]},
            {"textDocument": document, "position": place, "context": {"triggerKind": 2}},
        )


async def run(serve: Sequence[str], rounds: int, keys: int, tell: Callable[[int], None]) -> dict[str, Any]:
    """Interleaved rounds of exchanges with an echo and with servers that hold files of each size.

    ``serve`` runs a server with a scripted engine. Raises `ServerGone` and `RequestFailed`.
    """
    echo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "foretype.bench.echo", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert echo.stdin is not None and echo.stdout is not None
    connection = Connection(echo.stdout, echo.stdin, lambda *_: None, lambda *_: None)
    editors = [await Editor.start(serve) for _ in SIZES]
    try:
        subjects = {"echo": Subject(connection, document("echo", 1_000), None)}
        for (name, size), editor in zip(SIZES.items(), editors, strict=True):
            buffer = document(name.replace(" ", ""), size)
            await editor.open(buffer)
            subjects[name] = Subject(editor.connection, buffer, editor)
        for number in range(rounds + 1):
            for subject in subjects.values():
                for _ in range(keys):
                    await subject.exchange()
                if number == 0:
                    # The first uses of everything are no keystrokes like others.
                    subject.times = Times()
            tell(number)
        return results({name: subject.times for name, subject in subjects.items()})
    finally:
        for editor in editors:
            await editor.aclose()
        await connection.aclose()
        await echo.wait()


def document(name: str, size: int) -> Buffer:
    """A Python file of about ``size`` characters, the cursor on a line of its own in the middle of a function."""
    parts, length, number = ['"""Conversions."""\n'], 0, 0
    while length < size:
        parts.append(_FUNCTION.format(number=number))
        length += len(parts[-1])
        number += 1
    text = "".join(parts)
    middle = text.index("    return converted", len(text) // 2)
    line = "    amount = "
    buffer = Buffer((Path.cwd() / f"edge_{name}.py").as_uri(), "python", text[:middle] + line + "\n" + text[middle:])
    buffer.move(buffer.point(middle + len(line)))
    return buffer


def results(times: Mapping[str, Times]) -> dict[str, Any]:
    """Percentiles, and their ratios to the echo's."""
    bare = percentiles(times["echo"].total)
    files = {}
    for name, measured in times.items():
        if name == "echo":
            continue
        own, whole, syntax = percentiles(measured.own()), percentiles(measured.total), percentiles(measured.syntax)
        files[name] = {
            "ratio_p50": _ratio(own.p50, bare.p50),
            "ratio_p95": _ratio(own.p95, bare.p95),
            "with_syntax_ratio_p50": _ratio(whole.p50, bare.p50),
            "with_syntax_ratio_p95": _ratio(whole.p95, bare.p95),
            "p50_ms": own.p50,
            "p95_ms": own.p95,
            "syntax_p50_ms": syntax.p50,
            "syntax_p95_ms": syntax.p95,
            "syntax_is_told": any(measured.syntax),
            "exchanges": len(measured.total),
            "with_a_suggestion": measured.answered,
        }
    return {"echo": _milliseconds(bare), "files": files}


def rows(measured: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The figures as a table, a column for each file."""
    files = list(measured["files"].values())

    def row(name: str, key: str, unit: str) -> tuple[str, list[str]]:
        return name, ["–" if f[key] is None else f"{f[key]:.2f}{unit}" for f in files]

    return [
        row("own work, times the echo's p50", "ratio_p50", "x"),
        row("own work, times the echo's p95", "ratio_p95", "x"),
        row("own work, p50", "p50_ms", " ms"),
        row("own work, p95", "p95_ms", " ms"),
        row("syntax, p50", "syntax_p50_ms", " ms"),
        row("syntax, p95", "syntax_p95_ms", " ms"),
        row("with syntax, times the echo's p50", "with_syntax_ratio_p50", "x"),
        ("requests / with a suggestion", [f"{f['exchanges']} / {f['with_a_suggestion']}" for f in files]),
    ]


def _milliseconds(values: Percentiles) -> dict[str, float | None]:
    return {"p50_ms": values.p50, "p95_ms": values.p95, "p99_ms": values.p99}


def _ratio(value: float | None, bare: float | None) -> float | None:
    return value / bare if value is not None and bare else None
