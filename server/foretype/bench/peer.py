"""llama-server in Vim, under llama.vim's request policy; `foretype.bench.vim` has its decisions."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from foretype.bench import vim
from foretype.bench.buffer import Buffer
from foretype.bench.llama_server import LlamaServer, PeerError
from foretype.bench.screen import Ghost, Screen
from foretype.bench.seat import Work, apply_ghost, apply_key, open_buffers
from foretype.bench.trace import Key, Trace
from foretype.bench.vim_requests import infill_request, warm_up_request
from foretype.text.edits import body

_RETRY_SECONDS = 0.1
_ENTER_SECONDS = 0.1
_WARM_SECONDS = 120.0


class LlamaVimSession:
    """Plays Vim's insert mode with llama.vim. Cursor keys move within insert mode, as with the arrow keys.

    The request goes out at once, where llama.vim first starts ``curl``: that is in the peer's favour. ``warm`` opens
    the file, gives the ring its second of normal mode and asks once where typing begins, until that is answered.
    """

    def __init__(self, server: LlamaServer, seed: int, *, warm: bool = True) -> None:
        self._server, self._seed, self._warm = server, seed, warm
        self._loop = asyncio.get_running_loop()
        self._job: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reset([])

    def _reset(self, buffers: list[Buffer]) -> None:
        self.buffers = buffers
        self.screen: Screen[None] = Screen(self._loop.time)
        self._current = 0
        self._normal_mode = True
        self._cache = vim.Cache()
        self._ring = vim.Ring(random.Random(self._seed))
        self._hint: vim.Hint | None = None
        self._last_move = self._loop.time()
        self._picked_line = -9999
        self._indent_last = -1
        self._touched: set[int] = set()
        self._number = -1
        self._work = Work(evaluated_tokens=0, idle_evaluated_tokens=0, generated_tokens=0, unshown_tokens=0)
        self._told: dict[int, Mapping[str, Any]] = {}
        self._unshown: dict[str, int] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._failure: PeerError | None = None

    @property
    def pid(self) -> int | None:
        """llama-server's process, if it is on this machine."""
        return self._server.pid()

    async def begin(self, trace: Trace, folder: Path) -> None:
        """Open the files and, if warm, let the server read the first."""
        self._reset(open_buffers(trace, folder))
        place = self.buffers[0].cursor
        self.buffers[0].move(self.buffers[0].point(0))
        self._enter_buffer()
        self._spawn(self._keep_updating())
        if self._warm:
            await asyncio.sleep(_ENTER_SECONDS + 2 * vim.RING_UPDATE_SECONDS)
        self.buffers[0].move(place)
        self._normal_mode = False
        if self._warm:
            self._moved()
            # The first request, and the speculative one that follows what it shows.
            waited = self._loop.time() + _WARM_SECONDS
            while (self._job or self._timer) and self._loop.time() < waited:
                await (
                    asyncio.wait((self._job,), timeout=_WARM_SECONDS) if self._job else asyncio.sleep(_RETRY_SECONDS)
                )
        self._work.requests = 0
        self._work.evaluated_tokens = self._work.generated_tokens = self._work.idle_evaluated_tokens = 0
        self.screen.clear()
        self._render_cached()

    def press(self, number: int, key: Key) -> None:
        """Change the buffer; Vim then tells llama.vim that the cursor has moved."""
        self._number = number
        if key.file != self._current:
            self._current = key.file
            self._enter_buffer()
        if key.edits:
            self._touched.add(key.file)
        apply_key(self.buffers[key.file], self.screen, key)
        self._moved()

    def accept(self, number: int, ghost: Ghost) -> None:
        """``llama#fim_accept``: the suggestion is written, and the cursor goes behind it."""
        self._number = number
        self._touched.add(self._current)
        apply_ghost(self.buffers[self._current], self.screen, ghost)
        self._moved()

    def ledgers(self) -> Mapping[int, Mapping[str, Any]]:
        """The server's timings, by the key at which the request was sent."""
        return self._told

    async def end(self) -> Work:
        """Stop; a request under way is waited for, as the server works on it anyway. Raises `PeerError`."""
        for task in list(self._background):
            task.cancel()
        if self._timer:
            self._timer.cancel()
        if self._job:
            await asyncio.wait((self._job,))
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if self._failure:
            raise self._failure
        self._work.unshown_tokens = sum(self._unshown.values())
        return self._work

    @property
    def _buffer(self) -> Buffer:
        return self.buffers[self._current]

    def _lines(self) -> list[str]:
        lines = [body(line) for line in self._buffer.lines]
        # To Vim, a line's ending belongs to the line: behind the last there is none.
        return lines[:-1] if not lines[-1] and self._buffer.cursor.line < len(lines) - 1 else lines

    def _place(self) -> tuple[int, int]:
        return self._buffer.cursor.column, self._buffer.cursor.line + 1

    def _moved(self) -> None:
        """The autocommands of CursorMovedI: ``s:on_move``, then ``llama#fim``."""
        self._last_move = self._loop.time()
        self._hint = None
        if not self._render_cached():
            self.screen.show(None)
        self._ask((), None)

    def _render_cached(self) -> bool:
        """``s:fim_try_hint``; True if something was put on screen."""
        if self._normal_mode:
            return False
        (x, y), lines = self._place(), self._lines()
        answer = self._cache.near(vim.local_context(lines, x, y))
        if answer is None:
            return False
        self._hint = hint = vim.render(lines, x, y, answer)
        ghost = Ghost("\n".join(hint.content), hint.line_suffix) if hint.can_accept else None
        self.screen.show(ghost)
        if ghost:
            for content in [kept for kept in self._unshown if kept.endswith(answer)]:
                del self._unshown[content]
        # The speculative request: as if what is shown were accepted.
        self._ask(hint.content, (x, y))
        return True

    def _ask(self, previous: Sequence[str], place: tuple[int, int] | None) -> None:
        """``llama#fim``; without a place, for the cursor wherever it is when the request goes out."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._job:
            self._timer = self._loop.call_later(_RETRY_SECONDS, self._ask, previous, place)
            return
        lines = self._lines()
        x, y = place or self._place()
        if y > len(lines):
            return
        context = vim.local_context(lines, x, y, previous, self._indent_last)
        if len(context.line_suffix) > vim.MAX_LINE_SUFFIX:
            return
        keys = context.keys()
        if any(self._cache.get(key) is not None for key in keys):
            return
        self._indent_last = context.indent
        line = self._place()[1]
        around = vim.RING_CHUNK_SIZE // 2
        self._ring.evict_like(vim.getline(lines, line - around, min(line + around, len(lines))))
        budget = vim.T_MAX_PREDICT_MS if previous else vim.T_MAX_PREDICT_FIRST_MS
        self._work.requests += 1
        self._job = asyncio.ensure_future(
            self._infill(infill_request(context, self._ring.extra, budget), keys, self._number)
        )
        self._gather_around(lines, y)

    async def _infill(self, request: Mapping[str, Any], keys: list[str], number: int) -> None:
        """The job and ``s:fim_on_response``, with ``s:fim_on_exit`` after it."""
        try:
            answer = await self._server.infill(request)
        except PeerError as error:
            self._failure = error
            self._job = None
            return
        try:
            content = answer.get("content")
            self._count(answer, number)
            if isinstance(content, str):
                for key in keys:
                    self._cache.insert(key, content)
                self._unshown[content] = self._unshown.get(content, 0) + _tokens(answer, "predicted_n")
                if self._hint is None or not self._hint.can_accept:
                    self._render_cached()
        finally:
            self._job = None

    def _count(self, answer: Mapping[str, Any], number: int) -> None:
        prompt, predicted = _tokens(answer, "prompt_n"), _tokens(answer, "predicted_n")
        self._work.evaluated_tokens = (self._work.evaluated_tokens or 0) + prompt
        self._work.generated_tokens = (self._work.generated_tokens or 0) + predicted
        known = self._told.get(number, {}).get("ledger", {})
        self._told[number] = {
            "ledger": {
                "prefill_tokens": known.get("prefill_tokens", 0) + prompt,
                "prefill_ms": known.get("prefill_ms", 0.0) + float(answer.get("timings/prompt_ms") or 0.0),
                "decode_tokens": known.get("decode_tokens", 0) + predicted,
                "decode_ms": known.get("decode_ms", 0.0) + float(answer.get("timings/predicted_ms") or 0.0),
            }
        }

    def _gather_around(self, lines: Sequence[str], y: int) -> None:
        """The end of ``llama#fim``: after a long way, pick context from around."""
        if abs(y - self._picked_line) <= 32:
            return
        name = self._name()
        self._ring.pick(vim.getline(lines, y - vim.RING_SCOPE, max(1, y - vim.N_PREFIX)), name, False)
        last = min(len(lines), y + vim.N_SUFFIX + vim.RING_CHUNK_SIZE)
        self._ring.pick(vim.getline(lines, min(len(lines), y + vim.N_SUFFIX), last), name, False)
        self._picked_line = y

    def _enter_buffer(self) -> None:
        """BufEnter: a little later, pick context around the cursor, unless the buffer has unsaved changes."""

        def pick() -> None:
            if self._current not in self._touched:
                lines, (_, line), around = self._lines(), self._place(), vim.RING_CHUNK_SIZE // 2
                self._ring.pick(vim.getline(lines, line - around, line + around), self._name(), True)

        self._loop.call_later(_ENTER_SECONDS, pick)

    async def _keep_updating(self) -> None:
        """``s:ring_update``: in normal mode or after three idle seconds, move a chunk on and have it evaluated."""
        while True:
            await asyncio.sleep(vim.RING_UPDATE_SECONDS)
            idle = self._normal_mode or self._loop.time() - self._last_move >= 3.0
            if idle and self._ring.update():
                self._spawn(self._warm_up())

    async def _warm_up(self) -> None:
        answer = await self._server.infill(warm_up_request(self._ring.extra))
        self._work.idle_evaluated_tokens = (self._work.idle_evaluated_tokens or 0) + _tokens(answer, "prompt_n")

    def _name(self) -> str:
        return self._buffer.uri.rpartition("/")[2]

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _tokens(answer: Mapping[str, Any], name: str) -> int:
    return int(answer.get(f"timings/{name}") or 0)
