"""A GGUF model in memory: loading, metadata, tokenizer and control tokens, through llama.cpp's C API."""

from __future__ import annotations

import ctypes
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from foretype.engines.base import ModelMissing, ModelUnusable
from foretype.prompt import chat
from foretype.prompt.families import Family, detect
from foretype.prompt.fim import Control

CACHED_TEXTS = 64


def check_file(path: Path, free_bytes: int) -> None:
    """Refuses what cannot work before llama.cpp sees it. Raises ModelMissing or ModelUnusable."""
    if not path.is_file():
        raise ModelMissing(f"There is no model file at {path}; pull one with `foretype models pull NAME`.")
    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF":
        raise ModelUnusable(f"{path} is not a GGUF model file; pull it again or choose another model.")
    size = path.stat().st_size
    if size > free_bytes:
        raise ModelUnusable(
            f"{path.name} needs {size / 1e9:.1f} GB of memory and {free_bytes / 1e9:.1f} GB are free; "
            "choose a smaller model."
        )


class Model:
    """A loaded model. Not thread-safe; lives as long as the process."""

    def __init__(self, path: Path, gpu_layers: int, on_progress: Callable[[float], None]) -> None:
        """Loads the file. Raises ModelUnusable with llama.cpp's own last error."""
        import llama_cpp

        self._lib: Any = llama_cpp
        self._errors: list[str] = []
        self._log = llama_cpp.llama_log_callback(self._remember_error)
        llama_cpp.llama_log_set(self._log, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers if gpu_layers >= 0 else 999

        def progress(share: float, _: object) -> bool:
            on_progress(share)
            return True

        self._progress = llama_cpp.llama_progress_callback(progress)
        parameters.progress_callback = self._progress
        self.handle = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.handle:
            raise ModelUnusable(
                f"llama.cpp cannot load {path.name} ({self.last_error()}); the file is damaged, unsupported or too "
                "large for memory: pull it again or choose another model."
            )
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.handle)
        self.size: int = llama_cpp.llama_vocab_n_tokens(self.vocabulary)
        self.pieces = [self._piece(token) for token in range(self.size)]
        self.controls = frozenset(t for t in range(self.size) if self._is_control(t))
        self.template = chat.detect(self.metadata("tokenizer.chat_template"), self._has_control)
        self._texts: OrderedDict[str, list[int]] = OrderedDict()
        self.family: Family | None = detect(
            self.metadata("general.architecture"), self.metadata("general.name"), self._has_control
        )

    def last_error(self) -> str:
        """llama.cpp's last error message, in one line."""
        return self._errors[-1] if self._errors else "no reason given"

    def metadata(self, key: str) -> str:
        """A metadata value of the file, or an empty string."""
        buffer = ctypes.create_string_buffer(65_536)
        length = self._lib.llama_model_meta_val_str(self.handle, key.encode(), buffer, len(buffer))
        return buffer.value.decode(errors="replace") if length >= 0 else ""

    @property
    def trained_context(self) -> int:
        """The context length the model was trained for, in tokens."""
        length: int = self._lib.llama_model_n_ctx_train(self.handle)
        return length

    @property
    def kv_bytes_per_token(self) -> int:
        """KV cache per token at 16 bits, in bytes."""
        lib = self._lib
        heads = max(1, lib.llama_model_n_head(self.handle))
        width = lib.llama_model_n_embd(self.handle) // heads
        count: int = lib.llama_model_n_layer(self.handle) * lib.llama_model_n_head_kv(self.handle) * width * 2 * 2
        return max(1, count)

    def describe(self) -> str:
        """llama.cpp's short description, such as ``qwen2 1B Q4_K - Medium``."""
        buffer = ctypes.create_string_buffer(256)
        self._lib.llama_model_desc(self.handle, buffer, len(buffer))
        return buffer.value.decode(errors="replace")

    def begins(self) -> list[int]:
        """What every prompt of this model starts with: its beginning-of-text token, if it wants one."""
        lib = self._lib
        if not lib.llama_vocab_get_add_bos(self.vocabulary):
            return []
        token = lib.llama_vocab_bos(self.vocabulary)
        return [token] if token >= 0 else []

    def ends(self, token: int) -> bool:
        """Whether a generated token ends the answer: end of text or of turn, or any control token."""
        return token in self.controls or bool(self._lib.llama_vocab_is_eog(self.vocabulary, token))

    def tokenize(self, text: str) -> list[int]:
        """Tokens of plain text; spellings of control tokens in it are only text. Recent texts are remembered."""
        known = self._texts.get(text)
        if known is not None:
            self._texts.move_to_end(text)
            return known
        tokens = self._tokenize(text, special=False)
        self._texts[text] = tokens
        if len(self._texts) > CACHED_TEXTS:
            self._texts.popitem(last=False)
        return tokens

    def control(self, role: Control) -> int | None:
        """The token of a control, from the file's metadata or else from the family's spelling."""
        lib = self._lib
        getters = {
            Control.PREFIX: lib.llama_vocab_fim_pre,
            Control.SUFFIX: lib.llama_vocab_fim_suf,
            Control.MIDDLE: lib.llama_vocab_fim_mid,
            Control.REPOSITORY: lib.llama_vocab_fim_rep,
            Control.FILE: lib.llama_vocab_fim_sep,
        }
        token: int = getters[role](self.vocabulary)
        if token >= 0:
            return token
        spelling = self.family.spelling(role) if self.family else None
        tokens = self._tokenize(spelling, special=True) if spelling else []
        return tokens[0] if len(tokens) == 1 else None

    def token(self, spelling: str) -> int | None:
        """The control token that is spelled so."""
        tokens = self._tokenize(spelling, special=True)
        return tokens[0] if len(tokens) == 1 else None

    def _has_control(self, spelling: str) -> bool:
        tokens = self._tokenize(spelling, special=True)
        return len(tokens) == 1 and (tokens[0] in self.controls or self.pieces[tokens[0]] == spelling.encode())

    def _is_control(self, token: int) -> bool:
        return bool(self._lib.llama_vocab_is_control(self.vocabulary, token))

    def _tokenize(self, text: str, special: bool) -> list[int]:
        data = text.encode("utf-8", errors="replace")
        room = len(data) + 8
        tokens = (self._lib.llama_token * room)()
        count = self._lib.llama_tokenize(self.vocabulary, data, len(data), tokens, room, False, special)
        return list(tokens[:count])

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(64)
        length = self._lib.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, False)
        if length < 0:
            buffer = ctypes.create_string_buffer(-length)
            length = self._lib.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(0, length)]

    def _remember_error(self, level: int, text: bytes, _: object) -> None:
        if level >= 3:  # GGML_LOG_LEVEL_WARN and ERROR
            message = text.decode(errors="replace").strip()
            if message:
                self._errors = [*self._errors[-9:], message.splitlines()[-1]]
