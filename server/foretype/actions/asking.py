"""Asks the model for code, and counts what that took."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from foretype.engines.base import Chunk, Engine, EngineError, Finish, FinishReason, GenerateRequest, Usage
from foretype.prompt.hole import Chat, Hole

OnText = Callable[[str], None]
CHARACTERS_PER_TOKEN = 3.2


@dataclass(slots=True)
class Asker:
    """One engine, or none, asked patiently: whoever types goes first. ``deadline`` is a time of `time.monotonic`."""

    engine: Engine | None
    deadline: float = math.inf
    on_text: OnText = lambda text: None
    seconds: float = 0.0
    answers: int = 0
    usage: Usage = field(default_factory=Usage)
    cut_off: bool = False
    """Whether the last answer was ended by the number of tokens it might have, or by the deadline."""

    async def chat(self, chat: Chat, max_tokens: int, temperature: float, seed: int, grammar: str) -> str:
        """An answer, up to the fence that closes its code. Raises EngineError."""
        request = GenerateRequest(chat, max_tokens, (), temperature, seed, grammar, patient=True)
        return await self._generate(request)

    async def fill(self, hole: Hole, max_tokens: int, temperature: float, seed: int) -> str:
        """What belongs in a gap, up to the end of its line. Raises EngineError."""
        return await self._generate(GenerateRequest(hole, max_tokens, ("\n",), temperature, seed, patient=True))

    async def seconds_for(self, text: str) -> float:
        """About how long the model takes to write such a text, as far as its speed is known. Raises EngineError."""
        speed = (await self.engine.info()).speeds.decode if self.engine is not None else 0.0
        return len(text) / CHARACTERS_PER_TOKEN / speed if speed else 0.0

    async def _generate(self, request: GenerateRequest) -> str:
        if self.engine is None:
            raise EngineError("There is no model to ask.")
        started = time.monotonic()
        text, usage, self.cut_off = "", Usage(), False
        try:
            async with aclosing(self.engine.generate(request)) as chunks:
                while (chunk := await self._next(chunks)) is not None:
                    usage = chunk.usage
                    if not isinstance(chunk, Chunk):
                        self.cut_off = chunk.reason is FinishReason.LENGTH
                        break
                    text += chunk.text
                    self.on_text(text)
                    if isinstance(request.prompt, Chat) and _is_closed(text):
                        break
        finally:
            self.seconds += time.monotonic() - started
            self.answers += 1
            self.usage = Usage(
                prefill_tokens=self.usage.prefill_tokens + usage.prefill_tokens,
                decode_tokens=self.usage.decode_tokens + usage.decode_tokens,
            )
        return text

    async def _next(self, chunks: AsyncGenerator[Chunk | Finish, None]) -> Chunk | Finish | None:
        """What comes next; None, and the answer is cut off, if it takes longer than there is time."""
        step = asyncio.ensure_future(anext(chunks))
        try:
            await asyncio.wait({step}, timeout=max(0.0, self.deadline - time.monotonic()))
            if step.done():
                with contextlib.suppress(StopAsyncIteration):
                    return step.result()
                return None
        finally:
            if not step.done():
                step.cancel()
                await asyncio.gather(step, return_exceptions=True)
        self.cut_off = True
        return None


def _is_closed(text: str) -> bool:
    return text.startswith("```") or "\n```" in text
