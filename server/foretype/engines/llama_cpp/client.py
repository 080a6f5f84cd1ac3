"""The local engine as the server sees it: starts the model's process, talks to it, restarts it, lets it rest."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator
from dataclasses import replace

from foretype.child.process import ChildProcess
from foretype.engines.base import (
    Alternative,
    Chunk,
    EngineError,
    EngineInfo,
    EngineState,
    EngineStatus,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    ModelUnusable,
    Speeds,
    StatusListener,
    Totals,
    WorkerDied,
)
from foretype.engines.llama_cpp import frames
from foretype.engines.llama_cpp.accounts import added, usage_of
from foretype.engines.llama_cpp.local_model import Attempt, LocalModel
from foretype.prompt.fim import Prompt
from foretype.prompt.hole import Input

logger = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 30.0

# OpenMP's threads spin while they wait for each other. With another busy process on the machine, spinning made a token
# take five times as long at the median and fifteen at the 90th percentile (two threads on two cores); sleeping doesn't.
WAITING = {"OMP_WAIT_POLICY": "passive"}


class LlamaCppEngine:
    """An Engine whose model lives in a process of its own; a crash costs the request under way and a restart."""

    def __init__(self, model: LocalModel, on_status: StatusListener) -> None:
        self._model = model
        self._on_status = on_status
        self._worker: ChildProcess | None = None
        self._starting: asyncio.Task[EngineInfo] | None = None
        self._info = EngineInfo(name="local", model=model.name)
        self._template = ""
        self._replies: dict[int, asyncio.Queue[frames.FromWorker | EngineError]] = {}
        self._next_id = 0
        self._totals = Totals()
        self._crashes = 0
        self._used = time.monotonic()
        self._closed = False
        self._resting: asyncio.Task[None] | None = None
        self._status = EngineStatus("local", EngineState.IDLE)
        self._failed: tuple[Attempt, ModelUnusable] | None = None

    async def info(self) -> EngineInfo:
        """What is known of the model; loads it if it isn't. Raises EngineError."""
        await self._ready()
        return self._info

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        """Yields chunks and a Finish; closing it cancels within one token. Raises EngineError."""
        asked = time.perf_counter()
        await self._ready()
        queue_ms = (time.perf_counter() - asked) * 1000
        prompt = self._laid_out(request.prompt)
        id, replies = self._open()
        message = frames.generation(id, prompt, request)
        finished = False
        try:
            self._send(message)
            while True:
                reply = await replies.get()
                if isinstance(reply, EngineError):
                    finished = True
                    raise reply
                if isinstance(reply, frames.Text):
                    yield Chunk(reply.text, usage_of(reply.work, queue_ms), reply.logprob)
                elif isinstance(reply, frames.Finished):
                    finished = True
                    self._learn(reply)
                    yield Finish(FinishReason(reply.reason), usage_of(reply.work, queue_ms))
                    return
        finally:
            self._close(id, finished)

    async def explore(self, request: ExploreRequest) -> Explored:
        """Several ends of a line, the likeliest first. Raises EngineError."""
        asked = time.perf_counter()
        await self._ready()
        queue_ms = (time.perf_counter() - asked) * 1000
        id, replies = self._open()
        finished = False
        try:
            self._send(self._model.exploration(id, request, self._info.family))
            reply = await replies.get()
            finished = True
            if isinstance(reply, EngineError):
                raise reply
            if not isinstance(reply, frames.Explored):
                return Explored()
            return Explored(tuple(Alternative(*line) for line in reply.lines), usage_of(reply.work, queue_ms))
        finally:
            self._close(id, finished)

    async def warm(self, prompt: Input) -> bool:
        """Evaluates a prompt in idle time; false if something preempted it. Raises EngineError."""
        await self._ready()
        ready = self._laid_out(prompt)
        id, replies = self._open()
        finished = False
        try:
            self._send(frames.Warm(id, frames.pieces_of(ready), ready.heal))
            reply = await replies.get()
            finished = True
            if isinstance(reply, EngineError):
                raise reply
            if not isinstance(reply, frames.Warmed):
                return False
            self._learn(reply)
            return reply.finished
        finally:
            self._close(id, finished)

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """Tokens of each text, by the model's tokenizer. Raises EngineError."""
        await self._ready()
        id, replies = self._open()
        try:
            self._send(frames.Count(id, texts))
            reply = await replies.get()
            if isinstance(reply, EngineError):
                raise reply
            return reply.counts if isinstance(reply, frames.Counted) else ()
        finally:
            self._close(id, finished=True)

    def totals(self) -> Totals:
        """All work so far, also for requests that were cancelled."""
        return self._totals

    async def aclose(self) -> None:
        """Ends the model's process."""
        self._closed = True
        for task in (self._starting, self._resting):
            if task is not None:
                task.cancel()
        if self._worker is not None:
            await self._worker.kill()

    async def _ready(self) -> None:
        self._used = time.monotonic()
        if self._worker is not None and self._worker.alive and self._starting is None:
            return
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(self._started)
        await asyncio.shield(self._starting)

    def _started(self, task: asyncio.Task[EngineInfo]) -> None:
        self._starting = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(EngineState.ERROR, str(error))

    async def _start(self) -> EngineInfo:
        if self._crashes:
            await asyncio.sleep(min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** (self._crashes - 1)))
        model = self._model
        path = model.locate()
        attempt = Attempt.of(path)
        if self._failed is not None and self._failed[0] == attempt:
            raise self._failed[1]
        self._report(EngineState.LOADING, f"Loading {model.name}")
        loaded: asyncio.Future[frames.Loaded] = asyncio.get_running_loop().create_future()
        worker = await ChildProcess.start(
            "foretype.engines.llama_cpp.worker",
            frames.from_worker,
            lambda message: self._receive(message, loaded),
            lambda worker, how: self._ended(worker, how, loaded),
            WAITING,
        )
        self._worker = worker
        worker.send(frames.Load(str(path), model.gpu_layers, model.threads, model.kv_memory_mb, model.drafts))
        try:
            reply = await loaded
        except ModelUnusable as error:
            self._failed = (attempt, error)
            raise
        finally:
            if not loaded.done() or loaded.cancelled() or loaded.exception() is not None:
                await worker.kill()
        self._used = time.monotonic()
        self._template = reply.chat
        self._info = EngineInfo(
            "local", model.name, reply.family, reply.context_tokens, Speeds(), reply.facts, True, bool(reply.chat)
        )
        self._report(EngineState.READY, f"{model.name} is ready")
        if self._resting is None:
            self._resting = asyncio.create_task(self._rest())
        return self._info

    def _receive(self, message: frames.FromWorker, loaded: asyncio.Future[frames.Loaded]) -> None:
        if isinstance(message, frames.Finished | frames.Explored | frames.Warmed):
            self._totals = added(self._totals, message.work, warm=isinstance(message, frames.Warmed))
        if isinstance(message, frames.Loading):
            self._report(EngineState.LOADING, f"Loading {self._model.name}", message.progress)
        elif isinstance(message, frames.Loaded):
            loaded.set_result(message)
        elif isinstance(message, frames.Failed) and message.id < 0:
            loaded.set_exception(ModelUnusable(message.message))
        elif (replies := self._replies.get(message.id)) is not None:
            if isinstance(message, frames.Failed):
                replies.put_nowait(EngineError(message.message))
            else:
                self._crashes = 0
                replies.put_nowait(message)

    def _ended(self, worker: ChildProcess, how: str, loaded: asyncio.Future[frames.Loaded]) -> None:
        """The process is gone: whoever waits is told, and the model is loaded again, later each time it fails."""
        if worker is not self._worker or worker.killed:
            loaded.cancel()
            return
        self._crashes += 1
        if not loaded.done():
            loaded.set_exception(
                WorkerDied(
                    f"The model's process ended while it loaded {self._model.name} ({how}); if memory is short, choose "
                    "a smaller model, otherwise see the log."
                )
            )
            return
        error = WorkerDied(f"The model's process ended unexpectedly ({how}); it is being restarted.")
        self._report(EngineState.ERROR, str(error))
        for replies in self._replies.values():
            replies.put_nowait(error)
        if not self._closed and self._starting is None:
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(self._started)

    async def _rest(self) -> None:
        """Lets the process go after a time without requests; the next request loads it again."""
        while True:
            idle = time.monotonic() - self._used
            if idle < self._model.unload_after:
                await asyncio.sleep(self._model.unload_after - idle)
                continue
            busy = self._starting is not None or bool(self._replies)
            if self._worker is not None and self._worker.alive and not busy:
                await self._worker.kill()
                self._report(EngineState.IDLE, f"{self._model.name} rests; the next request loads it")
            self._used = time.monotonic()

    def _laid_out(self, given: Input) -> Prompt:
        return self._model.laid_out(given, self._info.family, self._template)

    def _open(self) -> tuple[int, asyncio.Queue[frames.FromWorker | EngineError]]:
        self._next_id += 1
        replies: asyncio.Queue[frames.FromWorker | EngineError] = asyncio.Queue()
        self._replies[self._next_id] = replies
        return self._next_id, replies

    def _close(self, id: int, finished: bool) -> None:
        self._replies.pop(id, None)
        if not finished and self._worker is not None and self._worker.alive:
            with contextlib.suppress(EngineError):
                self._send(frames.Cancel(id))

    def _send(self, message: frames.ToWorker) -> None:
        if self._worker is None or not self._worker.alive:
            raise WorkerDied("The model's process ended unexpectedly; it is being restarted.")
        self._worker.send(message)

    def _learn(self, reply: frames.Finished | frames.Warmed) -> None:
        if reply.prefill_speed or reply.decode_speed:
            first_token = 1000 / reply.decode_speed if reply.decode_speed else 0.0
            speeds = Speeds(reply.prefill_speed, reply.decode_speed, first_token)
            self._info = replace(self._info, speeds=speeds)

    def _report(self, state: EngineState, message: str, progress: float | None = None) -> None:
        status = EngineStatus("local", state, message, progress)
        if status != self._status:
            self._status = status
            self._on_status(status)
