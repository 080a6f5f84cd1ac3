"""Continues prompts in one context: reuses what is resident, heals the prompt's end, samples, checks drafts."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from foretype.engines.base import EngineError, FinishReason
from foretype.engines.llama_cpp.context import ABORTED, FULL, Context
from foretype.engines.llama_cpp.drafts import Drafter
from foretype.engines.llama_cpp.exploring import SURE, Explorer, Found, Limits
from foretype.engines.llama_cpp.frames import TOKEN, Explore, Generate, Pieces, Warm, Weighed, Work
from foretype.engines.llama_cpp.grammar import Grammar
from foretype.engines.llama_cpp.healing import Vocabulary, split_tail
from foretype.engines.llama_cpp.model import Model
from foretype.engines.llama_cpp.reading import Reader
from foretype.engines.llama_cpp.sampling import Choice, Sampler, TextStream
from foretype.engines.llama_cpp.sequences import Sequence, SequencePool
from foretype.engines.llama_cpp.speeds import SpeedMeter, ThreadGovernor
from foretype.prompt.fim import Control

WARM_CHUNK = 64
PROMPT_CHUNK = 32
"""Tokens evaluated before a request looks whether it is still wanted: some 150 ms on a laptop."""

LEAST_CHUNK = 16


@dataclass(slots=True)
class Tally:
    """Work done so far for one request; times in milliseconds."""

    prefill_ms: float = 0.0
    prefill_tokens: int = 0
    reused_tokens: int = 0
    decode_ms: float = 0.0
    decode_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0

    def work(self) -> Work:
        """An unchanging copy for the wire."""
        return Work(
            self.prefill_ms, self.prefill_tokens, self.reused_tokens, self.decode_ms, self.decode_tokens,
            self.drafted_tokens, self.accepted_tokens,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Generated text and its log-probability."""

    text: str
    logprob: float


@dataclass(slots=True)
class Job:
    """A prompt in tokens: what to have resident, what its dropped tail constrains, and the work it took."""

    tokens: list[int]
    tail: bytes
    tally: Tally = field(default_factory=Tally)
    reason: str = ""


class Session:
    """One model's sequences. Generators yield wherever a caller may stop; stopping loses nothing that was evaluated."""

    def __init__(self, model: Model, context: Context, sequences: int, threads: int, drafts: bool) -> None:
        self._model = model
        self._context = context
        self._pool = SequencePool(context, sequences)
        self._vocabulary = Vocabulary(model.pieces, model.controls)
        self._explorer = Explorer(model, context, self._pool, self._vocabulary)
        self._reader = Reader(model, context, self._pool)
        self._drafter = Drafter() if drafts else None
        self._governor = ThreadGovernor(threads)
        self._warm_chunk = WARM_CHUNK
        self.speeds = SpeedMeter()

    def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """Tokens of each text."""
        return tuple(len(self._model.tokenize(text)) for text in texts)

    def job(self, request: Generate | Explore | Warm) -> Job:
        """The request's prompt in tokens, healed. Raises EngineError if it doesn't fit the context."""
        return self._job(request.pieces, request.heal)

    def _job(self, pieces: Pieces, heal: bool) -> Job:
        tokens = self._model.begins()
        last: list[int] = []
        for role, text in pieces:
            tokens += last
            last = [self._control(role, text)] if role else self._model.tokenize(text)
        tail = b""
        if heal and pieces and not pieces[-1][0]:
            last, tail = split_tail(last, self._model.pieces, 0 if tokens else 1)
        tokens = tokens + last
        if len(tokens) > self._context.cells // 2:
            raise EngineError(f"A prompt of {len(tokens)} tokens is too long for a context of {self._context.cells}.")
        return Job(tokens, tail)

    def warm(self, job: Job) -> Iterator[None]:
        """Evaluates a prompt, yielding between chunks; chunks shrink when they are aborted, so that work gets done."""
        sequence = self._take(job)
        while len(sequence.tokens) < len(job.tokens):
            if self._evaluate(sequence, job.tokens[len(sequence.tokens) :][: self._warm_chunk], job.tally):
                self._warm_chunk = min(WARM_CHUNK, self._warm_chunk * 2)
            else:
                self._warm_chunk = max(LEAST_CHUNK, self._warm_chunk // 2)
            yield
        job.reason = FinishReason.END.value

    def generate(self, job: Job, request: Generate) -> Iterator[Piece | None]:
        """Yields None between steps and a Piece for new text; ``job.reason`` says at the end why it ended.

        Other requests may be worked on between two steps: what they made forgotten is evaluated again.
        """
        grammar = Grammar(self._model, request.grammar) if request.grammar else None
        try:
            yield from self._generated(job, request, grammar)
        finally:
            if grammar is not None:
                grammar.close()

    def _generated(self, job: Job, request: Generate, grammar: Grammar | None) -> Iterator[Piece | None]:
        sequence = yield from self._prefilled(job)
        sampler = Sampler(self._model, self._vocabulary, job.tail, request.temperature, request.seed, grammar)
        stream = TextStream(job.tail, request.stops)
        choice = sampler.choose(sequence.rows[len(sequence.tokens)])
        room = min(request.max_tokens, self._context.cells - len(sequence.tokens) - 8)
        while True:
            yield from self._emit(choice, stream, job)
            if job.reason or (room := room - 1) <= 0:
                break
            drafted, key = self._draft(sequence, choice, sampler)
            step = [choice.token, *drafted[: room - 1]]
            while not self._evaluate(sequence, step, job.tally, decoding=True):
                yield None
            accepted = 0
            first = len(sequence.tokens) - len(step) + 1
            for index in range(len(step)):
                logits = self._context.logits(index)
                sequence.remember(first + index, logits)
                choice = sampler.choose(logits)
                if index + 1 == len(step) or choice.token != step[index + 1]:
                    break
                accepted += 1
                room -= 1
                yield from self._emit(choice, stream, job)
                if job.reason:
                    break
            self._learn(job.tally, key, len(step) - 1, accepted)
            if job.reason:
                break
            self._pool.cut(sequence, first + accepted)
            sequence = yield from self._paused(sequence, job)
        if not job.reason:
            job.reason = FinishReason.LENGTH.value
        rest = stream.flush() if job.reason != FinishReason.STOP.value else ""
        if rest:
            yield Piece(rest, 0.0)

    def explore(self, job: Job, request: Explore) -> Iterator[list[Weighed] | None]:
        """Yields None between steps, then the lines found, the likeliest first, and again once they were read.

        They are read with the text after them, if there is any, behind a prompt that doesn't show that text; unless
        the model has seen it and is sure of its line.
        """
        sequence = yield from self._prefilled(job)
        started = time.perf_counter()
        found: list[Found] = []
        row = sequence.rows[len(sequence.tokens)]
        is_shown = self._model.family is not None
        limits = Limits(request.count, request.max_tokens, is_shown, request.names, request.signs)
        lines = self._explorer.explore(sequence, row, job.tail, limits)
        for step in lines:
            job.tally.decode_ms = (time.perf_counter() - started) * 1000
            job.tally.decode_tokens = self._explorer.evaluated
            found = step or found
            yield None
        yield [(line.text, line.logprob, None) for line in found]
        if request.after and not (is_shown and found and found[0].logprob >= SURE):
            likely = yield from self._read(job.tally, request, [line.text for line in found])
            yield [(line.text, line.logprob, read) for line, read in zip(found, likely, strict=True)]

    def _read(self, tally: Tally, request: Explore, lines: list[str]) -> Generator[None, None, list[float]]:
        reading = self._job(request.unseen, request.heal)
        sequence = yield from self._prefilled(reading)
        started = time.perf_counter()
        row = sequence.rows[len(sequence.tokens)]
        likely = self._reader.read(sequence, row, reading.tail, lines, request.after)
        tally.prefill_ms += reading.tally.prefill_ms
        tally.prefill_tokens += reading.tally.prefill_tokens
        tally.decode_ms += (time.perf_counter() - started) * 1000
        tally.decode_tokens += self._reader.evaluated
        return likely

    def _prefilled(self, job: Job) -> Generator[None, None, Sequence]:
        """The sequence that holds the job's prompt, and the logits after it."""
        sequence, length = self._take(job), len(job.tokens)
        while len(sequence.tokens) < length or length not in sequence.rows:
            self._pool.cut(sequence, length - 1)
            self._evaluate(sequence, job.tokens[len(sequence.tokens) :][:PROMPT_CHUNK], job.tally)
            sequence = yield from self._paused(sequence, job)
        return sequence

    def _paused(self, sequence: Sequence, job: Job) -> Generator[None, None, Sequence]:
        """Yields; then the sequence that holds what this one held, evaluated again if others took its place."""
        held = list(sequence.tokens)
        yield None
        while sequence.tokens != held:
            done = len(sequence.tokens)
            if sequence.tokens == held[:done]:
                self._evaluate(sequence, held[done:][:PROMPT_CHUNK], job.tally)
                yield None
            else:
                sequence = self._pool.take(held)
                sequence.prompt_length = min(len(job.tokens), len(held))
        return sequence

    def _emit(self, choice: Choice, stream: TextStream, job: Job) -> Iterator[Piece]:
        job.tally.decode_tokens += 1
        if self._model.ends(choice.token):
            job.reason = FinishReason.END.value
            return
        text = stream.add(self._model.pieces[choice.token])
        if stream.stopped:
            job.reason = FinishReason.STOP.value
        if text:
            yield Piece(text, choice.logprob)

    def _take(self, job: Job) -> Sequence:
        """The sequence to work in. Its last row of logits is at hand if nothing is left to evaluate."""
        sequence = self._pool.take(job.tokens)
        length = len(job.tokens)
        if len(sequence.tokens) == length and length not in sequence.rows:
            self._pool.cut(sequence, length - 1)
        job.tally.reused_tokens = len(sequence.tokens)
        sequence.prompt_length = length
        return sequence

    def _draft(self, sequence: Sequence, choice: Choice, sampler: Sampler) -> tuple[list[int], int]:
        if self._drafter is None or not sampler.greedy:
            return [], 0
        return self._drafter.draft([*sequence.tokens, choice.token], self.speeds.batch_ms())

    def _learn(self, tally: Tally, key: int, drafted: int, accepted: int) -> None:
        tally.drafted_tokens += drafted
        tally.accepted_tokens += accepted
        if self._drafter is not None and drafted:
            self._drafter.learn(key, drafted, accepted)

    def _evaluate(self, sequence: Sequence, tokens: list[int], tally: Tally, decoding: bool = False) -> bool:
        """Evaluates tokens at the sequence's end, making room if need be; False if it was aborted."""
        started = time.perf_counter()
        position = len(sequence.tokens)
        outputs_from = 0 if decoding else len(tokens) - 1
        code = self._context.evaluate(tokens, position, sequence.id, outputs_from)
        while code == FULL and self._pool.evict(sequence):
            code = self._context.evaluate(tokens, position, sequence.id, outputs_from)
        elapsed = (time.perf_counter() - started) * 1000
        if code == FULL:
            raise EngineError("The context is full; raise `local.kv_memory_mb`.")
        if decoding:
            tally.decode_ms += elapsed
        else:
            tally.prefill_ms += elapsed
        if code == ABORTED:
            self._context.remove(sequence.id, position)
            return False
        sequence.tokens += tokens
        if decoding:
            self.speeds.decoded(len(tokens), elapsed)
            if len(tokens) == 1:
                self._context.set_threads(self._governor.decoded(elapsed))
        else:
            tally.prefill_tokens += len(tokens)
            self.speeds.prefilled(len(tokens), elapsed)
            sequence.remember(len(sequence.tokens), self._context.logits(len(tokens) - 1))
        return True

    def _control(self, role: str, spelling: str) -> int:
        token = self._model.token(spelling) if role == TOKEN else self._model.control(Control(role))
        if token is None:
            raise EngineError(f"This model has no {spelling or role} token, so its layout can't be used.")
        return token
