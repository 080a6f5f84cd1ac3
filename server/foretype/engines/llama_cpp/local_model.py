"""Which model to load and how, how it is asked, and which file an attempt failed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foretype.engines.base import EngineError, ExploreRequest
from foretype.engines.llama_cpp import frames
from foretype.prompt import chat
from foretype.prompt.families import find
from foretype.prompt.fim import Prompt
from foretype.prompt.hole import Chat, Input, laid_out, unseen


@dataclass(frozen=True, slots=True)
class LocalModel:
    """What to load and how; ``gpu_layers`` -1 is all, ``threads`` 0 one for each core, times in seconds.

    ``locate`` gives the model's file, asked at each load; it raises ForetypeError if there is none.
    """

    name: str
    locate: Callable[[], Path]
    gpu_layers: int = -1
    threads: int = 0
    kv_memory_mb: int = 384
    drafts: bool = True
    unload_after: float = 1800.0

    def laid_out(self, given: Input, family: str, template: str) -> Prompt:
        """The prompt for the model, which is of that FIM family and has that chat template. Raises EngineError."""
        if isinstance(given, Chat):
            if (known := chat.find(template)) is None:
                raise EngineError(f"{self.name} only continues code and can't be asked; choose an instruct model.")
            return chat.lay_out(known, given)
        return laid_out(given, find(family))

    def exploration(self, id: int, request: ExploreRequest, family: str) -> frames.Explore:
        """The frame that asks for several ends of a line."""
        known = find(family)
        prompt = laid_out(request.prompt, known)
        seen, blind = frames.pieces_of(prompt), frames.pieces_of(unseen(request.prompt, known))
        return frames.Explore(
            id, seen, prompt.heal, blind, request.count, request.max_tokens, request.after, request.names, request.signs
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """A file as it was when loading it failed; the same file isn't tried again, a new one is."""

    path: Path
    size: int
    modified: int

    @classmethod
    def of(cls, path: Path) -> Attempt:
        stat = path.stat()
        return cls(path, stat.st_size, stat.st_mtime_ns)
