"""The model's process: reads frames on stdin, works one request at a time, writes frames on its own pipe."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from foretype.child import framing
from foretype.engines.base import EngineError, FinishReason
from foretype.engines.llama_cpp import frames
from foretype.engines.llama_cpp.context import SEQUENCES, Context, shape_for, supports_gpu, system_info
from foretype.engines.llama_cpp.model import Model, check_file
from foretype.engines.llama_cpp.session import Job, Piece, Session

CANCELLED = "cancelled"


class Channel:
    """Frames from and to the server. Reads in a thread, so that a batch under way can be told to stop."""

    def __init__(self, source: int, sink: int) -> None:
        self._source = os.fdopen(source, "rb", buffering=1 << 16)
        self._sink = os.fdopen(sink, "wb", buffering=0)
        self._queue: queue.SimpleQueue[frames.ToWorker] = queue.SimpleQueue()
        self._interrupt = threading.Event()
        self._current_is_warm = False
        threading.Thread(target=self._read, name="frames", daemon=True).start()

    def send(self, message: framing.Message) -> None:
        """Writes one frame; ends the process if nobody reads any more."""
        try:
            self._sink.write(framing.encode(message))
        except OSError:
            os._exit(0)

    def wait(self) -> frames.ToWorker:
        """The next frame."""
        return self._queue.get()

    def poll(self) -> Iterator[frames.ToWorker]:
        """The frames that have arrived."""
        while not self._queue.empty():
            yield self._queue.get()

    def working_on(self, is_warm: bool) -> None:
        """From now on, if it is a warm, any other request or its own cancel interrupts the batch under way."""
        self._current_is_warm = is_warm
        self._interrupt.clear()

    def interrupted(self) -> bool:
        """Whether the batch under way is no longer wanted."""
        return self._interrupt.is_set()

    def _read(self) -> None:
        while True:
            try:
                message = framing.read(self._source.read, frames.to_worker)
            except (OSError, ValueError) as error:
                print(f"worker: unreadable frame: {error}", file=sys.stderr)
                message = None
            if message is None:  # the server is gone: so are we, even from the middle of a batch
                os._exit(0)
            self._queue.put(message)
            # What a generation evaluates is most often wanted by the next one, so its batches run to their end: a
            # typist faster than a batch would otherwise never see it done.
            if self._current_is_warm and not isinstance(message, frames.Count | frames.Load):
                self._interrupt.set()


@dataclass(slots=True)
class Backlog:
    """Requests waiting: generations first in, first out, the patient ones last; only the latest warm.

    ``suspended`` are the patient generations under way while another goes before them; ``taken_back`` those of them
    that were cancelled meanwhile.
    """

    generations: deque[frames.Generate | frames.Explore]
    warm: frames.Warm | None = None
    suspended: set[int] = field(default_factory=set)
    taken_back: set[int] = field(default_factory=set)

    def next(self, urgent: bool = False) -> frames.Generate | frames.Explore | None:
        """Takes the next generation; of the ``urgent`` ones only, if so asked."""
        at = next((n for n, each in enumerate(self.generations) if not _is_patient(each)), None)
        if at is None and (urgent or not self.generations):
            return None
        request = self.generations[at or 0]
        self.generations.remove(request)
        return request


def _is_patient(request: frames.Generate | frames.Explore) -> bool:
    return isinstance(request, frames.Generate) and request.patient


class Worker:
    """Serves one server until it goes."""

    def __init__(self, channel: Channel, session: Session) -> None:
        self._channel = channel
        self._session = session
        self._backlog = Backlog(deque())

    def run(self) -> None:
        """Works for ever; the channel ends the process."""
        while True:
            if not self._backlog.generations and self._backlog.warm is None:
                self._receive(self._channel.wait(), -1)
            for message in self._channel.poll():
                self._receive(message, -1)
            if (request := self._backlog.next()) is not None:
                self._work(request)
            elif self._backlog.warm is not None:
                warm, self._backlog.warm = self._backlog.warm, None
                self._warm(warm)

    def _work(self, request: frames.Generate | frames.Explore) -> None:
        if isinstance(request, frames.Generate):
            self._generate(request)
        else:
            self._explore(request)

    def _generate(self, request: frames.Generate) -> None:
        self._channel.working_on(is_warm=False)
        try:
            job = self._session.job(request)
            for piece in self._session.generate(job, request):
                if piece is not None:
                    self._send_text(request.id, piece, job)
                if self._cancelled(request.id):
                    job.reason = CANCELLED
                    break
                # Only between steps: what is evaluated now replaces the logits that a step is in the middle of.
                if request.patient and piece is None:
                    self._serve_the_urgent(request.id)
        except EngineError as error:
            self._channel.send(frames.Failed(request.id, str(error)))
            return
        finally:
            self._backlog.taken_back.discard(request.id)
        speeds = self._session.speeds
        reason = job.reason or FinishReason.LENGTH.value
        self._channel.send(frames.Finished(request.id, reason, job.tally.work(), speeds.prefill, speeds.decode))

    def _serve_the_urgent(self, suspended: int) -> None:
        self._backlog.suspended.add(suspended)
        while (request := self._backlog.next(urgent=True)) is not None:
            self._work(request)
        self._backlog.suspended.discard(suspended)

    def _explore(self, request: frames.Explore) -> None:
        self._channel.working_on(is_warm=False)
        lines: list[frames.Weighed] = []
        try:
            job = self._session.job(request)
            for found in self._session.explore(job, request):
                lines = found or lines
                if self._cancelled(request.id):
                    break
        except EngineError as error:
            self._channel.send(frames.Failed(request.id, str(error)))
            return
        self._channel.send(frames.Explored(request.id, tuple(lines), job.tally.work()))

    def _warm(self, request: frames.Warm) -> None:
        self._channel.working_on(is_warm=True)
        try:
            job = self._session.job(request)
            for _ in self._session.warm(job):
                if self._cancelled(request.id) or self._backlog.generations or self._backlog.warm is not None:
                    break
        except EngineError as error:
            self._channel.send(frames.Failed(request.id, str(error)))
            return
        self._send_warmed(request.id, job)

    def _send_text(self, id: int, piece: Piece, job: Job) -> None:
        self._channel.send(frames.Text(id, piece.text, job.tally.work(), piece.logprob))

    def _send_warmed(self, id: int, job: Job | None) -> None:
        speeds = self._session.speeds
        work = job.tally.work() if job else frames.Work()
        finished = bool(job and job.reason)
        self._channel.send(frames.Warmed(id, finished, work, speeds.prefill, speeds.decode))

    def _cancelled(self, current: int) -> bool:
        """Takes in what has arrived; true if the current request is no longer wanted."""
        results = [self._receive(message, current) for message in self._channel.poll()]
        return any(results) or current in self._backlog.taken_back

    def _receive(self, message: frames.ToWorker, current: int) -> bool:
        backlog = self._backlog
        if isinstance(message, frames.Generate | frames.Explore):
            backlog.generations.append(message)
        elif isinstance(message, frames.Warm):
            if backlog.warm is not None:
                self._send_warmed(backlog.warm.id, None)
            backlog.warm = message
        elif isinstance(message, frames.Count):
            self._channel.send(frames.Counted(message.id, self._session.count(message.texts)))
        elif isinstance(message, frames.Cancel):
            if message.id == current:
                return True
            self._drop(message.id)
        return False

    def _drop(self, id: int) -> None:
        backlog = self._backlog
        if id in backlog.suspended:
            backlog.taken_back.add(id)
        if backlog.warm is not None and backlog.warm.id == id:
            backlog.warm = None
            self._send_warmed(id, None)
        for request in [r for r in backlog.generations if r.id == id]:
            backlog.generations.remove(request)
            if isinstance(request, frames.Generate):
                self._channel.send(frames.Finished(id, CANCELLED, frames.Work(), 0.0, 0.0))
            else:
                self._channel.send(frames.Explored(id, (), frames.Work()))


def load(channel: Channel, request: frames.Load) -> Session:
    """Loads the model, telling the progress. Raises EngineError."""
    import psutil

    path = Path(request.path)
    check_file(path, psutil.virtual_memory().available)
    gpu_layers = request.gpu_layers if supports_gpu() else 0
    model = Model(path, gpu_layers, lambda share: channel.send(frames.Loading(share)))
    threads = request.threads or psutil.cpu_count(logical=False) or os.cpu_count() or 1
    shape = shape_for(model.kv_bytes_per_token, request.kv_memory_mb * 1_000_000)
    context = Context(model, shape, threads, channel.interrupted)
    session = Session(model, context, SEQUENCES, threads, request.drafts)
    facts = (
        ("model", model.describe()),
        ("threads", str(threads)),
        ("GPU layers", str(gpu_layers) if gpu_layers >= 0 else "all"),
        ("flash attention", "on"),
        ("KV cache", f"{shape.cells} tokens, {'8' if shape.quantized else '16'} bits"),
        ("llama.cpp", system_info()),
    )
    name = model.metadata("general.name") or path.stem
    family = model.family.name if model.family else ""
    chat = model.template.name if model.template else ""
    channel.send(frames.Loaded(name, family, min(shape.cells // 2, model.trained_context), facts, chat))
    return session


def main() -> None:
    """The process's entry: frames on fd 0 and a private copy of fd 1; what anything prints goes to stderr."""
    sink = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    channel = Channel(os.dup(0), sink)
    request = channel.wait()
    while not isinstance(request, frames.Load):
        request = channel.wait()
    try:
        session = load(channel, request)
    except EngineError as error:
        channel.send(frames.Failed(-1, str(error)))
        return
    except ImportError:
        channel.send(
            frames.Failed(
                -1, "llama-cpp-python isn't installed; install Foretype with `pip install 'foretype[local]'`."
            )
        )
        return
    Worker(channel, session).run()


if __name__ == "__main__":
    main()
