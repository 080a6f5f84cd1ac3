"""The one schema of all settings; the user's TOML file, initializationOptions and editors share it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Completion(Struct, frozen=True, forbid_unknown_fields=True):
    """When and how suggestions are made."""

    enabled: bool = True
    disabled_languages: tuple[str, ...] = ()
    max_lines: Annotated[int, Meta(ge=1, le=100)] = 12


class Local(Struct, frozen=True, forbid_unknown_fields=True):
    """The llama.cpp engine. ``auto`` is decided from measurement."""

    gpu_layers: int | Literal["auto"] = "auto"
    threads: Annotated[int, Meta(ge=1)] | Literal["auto"] = "auto"
    kv_memory_mb: Annotated[int, Meta(ge=16)] = 384
    unload_after_minutes: Annotated[float, Meta(gt=0)] = 30.0
    drafts: bool = True
    speculate: bool = True
    speculate_on_battery: bool = False


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set. ``model`` is a registered name or the path of a GGUF file."""

    model: str = "smollm2-135m"
    completion: Completion = Completion()
    local: Local = Local()
    log_level: Literal["error", "warning", "info", "debug"] = "info"
