"""The demo: a person types in real files, and what the server suggests is shown in place."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.live import Live

from foretype.bench import cadence
from foretype.bench.buffer import Buffer
from foretype.bench.editor import Answer, Asked, Editor, Item, Status
from foretype.bench.jsonrpc import RequestFailed, ServerGone
from foretype.bench.marks import Marker
from foretype.bench.scenes import Scene
from foretype.bench.screen import Screen, ghost_of
from foretype.bench.stage import Picture, draw

_LOOKING_SECONDS = 1.5
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The last thing seen of a scene."""

    picture: Picture
    suggested: bool


async def play(command: Sequence[str], folder: Path, scenes: Sequence[Scene], console: Console) -> list[Outcome]:
    """Start a server, play every scene and show it. Raises what `Editor.start` and `Editor.check` raise."""
    with console.status("Starting the language server …"):
        editor = await Editor.start(command, folder)
    try:
        marker, outcomes = Marker(), []
        for number, scene in enumerate(scenes, 1):
            title = f"{scene.path.name} · {number}/{len(scenes)}"
            outcomes.append(await _Player(editor, scene, marker.language(scene.path.name), title, console).run())
        return outcomes
    finally:
        await editor.aclose()


class _Player:
    """Plays one scene."""

    def __init__(self, editor: Editor, scene: Scene, language: str, title: str, console: Console) -> None:
        self._editor, self._scene, self._title, self._console = editor, scene, title, console
        # Each scene begins with the file as it is on disk, so each is a document of its own.
        uri = f"{scene.path.absolute().as_uri()}?scene={scene.cursor}"
        self._buffer = Buffer(uri, language, scene.text)
        self._buffer.move(self._buffer.point(scene.cursor))
        self._screen: Screen[Item] = Screen(time.perf_counter)
        self._live: Live | None = None
        self._pressed = 0.0
        self._note = ""
        self._explanation: asyncio.Task[None] | None = None

    async def run(self) -> Outcome:
        """Type, look, and leave the last picture on the terminal."""
        await self._editor.open(self._buffer)
        await self._read()
        seed = random.Random(self._scene.cursor)
        async with self._on_stage():
            for piece in self._scene.pieces:
                previous = self._buffer.before[-1:]
                for char in piece:
                    gap = cadence.NEW_LINE.draw(seed) if previous == "\n" else cadence.KEY.draw(seed)
                    await asyncio.sleep(gap)
                    asked = self._press(char)
                    previous = char
                await self._look(asked)
        picture = self._picture()
        self._console.print(draw(picture, marked=not self._console.is_terminal))
        return Outcome(picture, picture.ghost is not None)

    async def _read(self) -> None:
        """Let the server load its model and read the file, and say so while it does."""
        if not self._console.is_terminal:
            self._console.print(f"{self._title}: typing …")
        with self._console.status("The model reads the file …") as shown:

            def tell(status: Status) -> None:
                if status.busy and status.message:
                    shown.update(f"{status.message} …")

            self._editor.on_status = tell
            # Explicit, so that the model is loaded whatever stands at the cursor.
            asked = self._editor.complete(self._buffer, lambda _: None, explicit=True)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(asked.done), _PATIENCE_SECONDS)
            self._editor.on_status = None
        self._editor.check()

    @contextlib.asynccontextmanager
    async def _on_stage(self) -> AsyncIterator[None]:
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, auto_refresh=False, transient=True) as self._live:
            self._draw()
            yield
        self._live = None

    def _press(self, char: str) -> Asked:
        change = self._buffer.replace(self._buffer.offset(self._buffer.cursor), 0, char)
        self._screen.key("", char, "")
        self._editor.change(self._buffer, change)
        self._pressed = time.perf_counter()
        self._note = self._note if self._screen.now.ghost else ""
        self._draw()
        return self._editor.complete(self._buffer, self._answered)

    def _answered(self, answer: Answer) -> None:
        for item in answer.items[:1]:
            cursor, line = self._buffer.cursor, self._buffer.line
            ghost = ghost_of(item.text, line[item.start.column : cursor.column], line[cursor.column : item.end.column])
            if ghost is None:
                continue
            if self._screen.now.ghost is None:
                milliseconds = (time.perf_counter() - self._pressed) * 1000
                self._note = f"on screen {milliseconds:.0f} ms after the key"
                self._editor.shown(item)
                self._explanation = None
            self._screen.show(ghost, item)
            self._draw()
        if answer.done and self._explanation is None:
            self._explanation = asyncio.ensure_future(self._explain())

    async def _look(self, asked: Asked) -> None:
        """Wait for the whole suggestion, hear what it cost, and give the person time to look at it."""
        began = time.perf_counter()
        while not asked.done.done() and time.perf_counter() - began < _PATIENCE_SECONDS:
            await asyncio.wait((asked.done,), timeout=0.1)
            waited = time.perf_counter() - began
            if self._screen.now.ghost is None and waited > 0.3:
                self._note = f"the model is thinking, {waited:.0f} s …"
            self._draw()
        if self._explanation:
            await self._explanation
        self._draw()
        if self._live:
            await asyncio.sleep(_LOOKING_SECONDS)

    async def _explain(self) -> None:
        """Put the request's ledger into the note, or the reason why there was nothing."""
        with contextlib.suppress(RequestFailed, ServerGone, asyncio.TimeoutError):
            told = str(await self._editor.execute("foretype.explainLast", self._buffer.uri))
            self._note = f"{self._note} · {told.partition(': ')[2]}" if self._screen.now.ghost else told

    def _picture(self) -> Picture:
        buffer = self._buffer
        return Picture(self._title, buffer.language, buffer.lines, buffer.cursor, self._screen.now.ghost, self._note)

    def _draw(self) -> None:
        if self._live:
            self._live.update(draw(self._picture(), marked=False), refresh=True)
