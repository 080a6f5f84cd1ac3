"""Asks the model for code, and counts what that took."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from foretype.engines.base import Chunk, Engine, EngineError, FinishReason, GenerateRequest, Usage
from foretype.prompt.hole import Chat, Hole

OnText = Callable[[str], None]


@dataclass(slots=True)
class Asker:
    """One engine, or none, asked patiently: whoever types goes first."""

    engine: Engine | None
    on_text: OnText = lambda text: None
    seconds: float = 0.0
    answers: int = 0
    usage: Usage = field(default_factory=Usage)
    cut_off: bool = False
    """Whether the last answer was ended by the number of tokens it might have."""

    async def chat(self, chat: Chat, max_tokens: int, temperature: float, seed: int, grammar: str) -> str:
        """An answer, up to the fence that closes its code. Raises EngineError."""
        request = GenerateRequest(chat, max_tokens, (), temperature, seed, grammar, patient=True)
        return await self._generate(request)

    async def fill(self, hole: Hole, max_tokens: int, temperature: float, seed: int) -> str:
        """What belongs in a gap, up to the end of its line. Raises EngineError."""
        return await self._generate(GenerateRequest(hole, max_tokens, ("\n",), temperature, seed, patient=True))

    async def _generate(self, request: GenerateRequest) -> str:
        if self.engine is None:
            raise EngineError("There is no model to ask.")
        started = time.monotonic()
        text, usage, self.cut_off = "", Usage(), False
        try:
            async with aclosing(self.engine.generate(request)) as chunks:
                async for chunk in chunks:
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


def _is_closed(text: str) -> bool:
    return text.startswith("```") or "\n```" in text
