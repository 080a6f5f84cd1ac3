"""One llama.cpp context: decode, logits, KV memory, threads, abort; nothing else of the C API is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foretype.engines.base import EngineError, ModelUnusable
from foretype.engines.llama_cpp.model import Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH_TOKENS = 512
SEQUENCES = 6
SCRATCH = 8
"""Sequences past the resident ones, for candidates that are weighed against each other."""

MOST_CELLS = 12_288
LEAST_CELLS = 2_048
FULL, ABORTED = 1, 2


@dataclass(frozen=True, slots=True)
class Place:
    """A token at a position of a sequence."""

    token: int
    position: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A context's size, in tokens, and how its KV cache is kept."""

    cells: int
    quantized: bool


def shape_for(kv_bytes_per_token: int, kv_memory_bytes: int) -> Shape:
    """As many tokens as the memory allows; 8-bit keys and values only where 16 bits would leave too few."""
    cells = kv_memory_bytes // kv_bytes_per_token
    quantized = cells < LEAST_CELLS
    if quantized:
        cells = kv_memory_bytes * 16 // (kv_bytes_per_token * 17 // 2)
    cells = max(512, min(MOST_CELLS, cells))
    return Shape(cells - cells % 256, quantized)


class Context:
    """The KV memory of all sequences and the batches evaluated in it. Raises EngineError where llama.cpp fails."""

    def __init__(self, model: Model, shape: Shape, threads: int, interrupted: Callable[[], bool]) -> None:
        """``interrupted`` is asked while a batch is evaluated; true aborts it (on CPUs)."""
        import llama_cpp

        self._lib: Any = llama_cpp
        self._model = model
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = shape.cells
        parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
        parameters.n_seq_max = SEQUENCES + SCRATCH
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        parameters.kv_unified = True
        parameters.no_perf = True
        if shape.quantized:
            parameters.type_k = parameters.type_v = llama_cpp.GGML_TYPE_Q8_0
        self._abort = llama_cpp.ggml_abort_callback(lambda _: interrupted())
        parameters.abort_callback = self._abort
        self._handle = llama_cpp.llama_init_from_model(model.handle, parameters)
        if not self._handle:
            raise ModelUnusable(
                f"llama.cpp cannot make room for the model's context ({model.last_error()}); lower "
                "`local.kv_memory_mb` or choose a smaller model."
            )
        self._memory = llama_cpp.llama_get_memory(self._handle)
        self._batch = llama_cpp.llama_batch_init(BATCH_TOKENS, 0, 1)
        self.cells = shape.cells

    def evaluate(self, tokens: Sequence[int], position: int, sequence: int, outputs_from: int) -> int:
        """Evaluates tokens at a position of a sequence; logits are kept for index ``outputs_from`` and later.

        Returns 0, FULL (no room, nothing evaluated) or ABORTED (the sequence then holds rubbish past ``position``).
        """
        return self.evaluate_places(
            [Place(token, position + index, sequence) for index, token in enumerate(tokens)], outputs_from
        )

    def evaluate_places(self, places: Sequence[Place], outputs_from: int = 0) -> int:
        """As ``evaluate``, for tokens of several sequences in one batch."""
        batch = self._batch
        batch.n_tokens = len(places)
        for index, place in enumerate(places):
            batch.token[index] = place.token
            batch.pos[index] = place.position
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = place.sequence
            batch.logits[index] = index >= outputs_from
        code: int = self._lib.llama_decode(self._handle, batch)
        if code not in (0, FULL, ABORTED):
            raise EngineError(f"llama.cpp could not evaluate a prompt (code {code}); see the log.")
        if code == 0:
            self._lib.llama_synchronize(self._handle)
        return code

    def logits(self, index: int) -> NDArray[np.float32]:
        """The logits for the batch's token at ``index``; a view that the next evaluation overwrites."""
        import numpy as np

        row = self._lib.llama_get_logits_ith(self._handle, index)
        return np.ctypeslib.as_array(row, shape=(self._model.size,))

    def set_threads(self, threads: int) -> None:
        """Sets the number of threads for what is evaluated from now on."""
        self._lib.llama_set_n_threads(self._handle, threads, threads)

    def remove(self, sequence: int, start: int) -> bool:
        """Forgets a sequence from a position on; False if the model refuses."""
        return bool(self._lib.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def copy(self, source: int, target: int, end: int) -> None:
        """Lets ``target`` share the cells of ``source`` up to a position."""
        self._lib.llama_memory_seq_cp(self._memory, source, target, 0, end)

    def clear(self, sequence: int) -> None:
        """Forgets a whole sequence."""
        self._lib.llama_memory_seq_rm(self._memory, sequence, -1, -1)


def supports_gpu() -> bool:
    """Whether this build of llama.cpp can use a GPU."""
    import llama_cpp

    return bool(llama_cpp.llama_supports_gpu_offload())


def system_info() -> str:
    """llama.cpp's line on processor features."""
    import llama_cpp

    text: bytes = llama_cpp.llama_print_system_info()
    return text.decode(errors="replace").strip()
