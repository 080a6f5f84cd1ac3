"""A grammar (GBNF) that generated tokens have to follow, through llama.cpp's sampler."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from foretype.engines.base import EngineError
from foretype.engines.llama_cpp.model import Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 256
"""So many likeliest tokens are looked at before the whole vocabulary is, which takes tens of milliseconds."""


class Grammar:
    """Follows one generation. Raises EngineError for a text that is no grammar. Has to be closed."""

    def __init__(self, model: Model, text: str) -> None:
        import llama_cpp

        self._lib: Any = llama_cpp
        self._model = model
        self._handle = llama_cpp.llama_sampler_init_grammar(model.vocabulary, text.encode(), b"root")
        if not self._handle:
            raise EngineError(f"llama.cpp does not take this grammar ({model.last_error()}).")

    def close(self) -> None:
        """Frees it; nothing else may be called any more."""
        self._lib.llama_sampler_free(self._handle)

    def allows(self, token: int) -> bool:
        """Whether a token may come next: the quick question, asked of the token that would be taken anyway."""
        import numpy as np

        return bool(len(self._allowed(np.array([token]))))

    def narrowed(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """The logits with those at minus infinity that may not come next (and, mostly, all but the likeliest)."""
        import numpy as np

        near = np.argpartition(logits, -NEAR)[-NEAR:] if len(logits) > NEAR else np.arange(len(logits))
        allowed = self._allowed(near)
        if not len(allowed):
            allowed = self._allowed(np.arange(len(logits)))
        if not len(allowed):
            raise EngineError("The grammar allows no token to come next.")
        narrowed = np.full_like(logits, -np.inf)
        narrowed[allowed] = logits[allowed]
        return narrowed

    def accept(self, token: int) -> None:
        """Goes on after a token, one that was allowed."""
        # An end that the grammar takes leaves nothing to go on with, and llama.cpp aborts the process at a wrong one.
        if not self._model.ends(token):
            self._lib.llama_sampler_accept(self._handle, token)

    def _allowed(self, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        import numpy as np

        lib = self._lib
        data = np.zeros(len(tokens), dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        data["id"] = tokens
        pointer = data.ctypes.data_as(ctypes.POINTER(lib.llama_token_data))
        array = lib.llama_token_data_array(pointer, len(tokens), -1, False)
        lib.llama_sampler_apply(self._handle, ctypes.byref(array))
        kept: NDArray[np.int64] = data["id"][data["logit"] > -np.inf].astype(np.int64)
        return kept
