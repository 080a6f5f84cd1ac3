"""What ``foretype doctor`` found out, and what it advises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from foretype.models.registry import Model

SLOW = 12.0  # tokens per second: a line of code in about a second
QUICK = 25.0
BUSY_PERCENT = 40.0

GPU_BUILD = "CMAKE_ARGS=-DGGML_CUDA=on pip install --force-reinstall --no-cache-dir --no-binary :all: llama-cpp-python"
CPU_BUILD = "pip install --force-reinstall --no-cache-dir --no-binary llama-cpp-python llama-cpp-python"


@dataclass(frozen=True, slots=True)
class Findings:
    """A machine and a model on it. Speeds in tokens per second, 0 where not measured; memory in megabytes.

    ``model`` is what the registry knows of the model, ``problem`` why it can't be used, ``died`` whether its process
    ended by itself.
    """

    model: Model | None
    fim: bool
    prefill: float
    decode: float
    memory_free_mb: int
    busy_percent: float
    gpu_idle: bool = False
    problem: str = ""
    died: bool = False


def advise(found: Findings, models: Iterable[Model]) -> list[str]:
    """What to change, the most urgent first; empty when nothing is."""
    if found.problem:
        advice = [found.problem]
        if found.died:
            advice.append(f"If llama.cpp was built for another processor, build it for this one: {CPU_BUILD}")
        return advice
    advice = []
    if found.model and found.memory_free_mb < found.model.memory_mb:
        advice.append(
            f"{found.model.name} needs about {found.model.memory_mb:,} MB of memory and "
            f"{found.memory_free_mb:,} MB are free: close something, or choose a smaller model."
        )
    busy = found.busy_percent > BUSY_PERCENT
    if busy:
        advice.append(
            f"Other programs use {found.busy_percent:.0f} % of the processor, so the speeds here are lower than they "
            "could be; run this again when the machine is quiet."
        )
    if found.gpu_idle:
        advice.append(f"There is an NVIDIA GPU, but this llama.cpp was built without it; build it with: {GPU_BUILD}")
    # Speeds measured on a busy machine say nothing of a model.
    return advice if busy else advice + _on_model(found, sorted(models, key=lambda model: model.size_mb))


def _on_model(found: Findings, models: list[Model]) -> list[str]:
    if not found.model:
        return []
    if 0 < found.decode < SLOW:
        smaller = [model for model in models if model.size_mb < found.model.size_mb]
        return [f"{found.model.name} is slow here: {_get(smaller[-1])} is quicker."] if smaller else []
    size = found.model.size_mb
    better = [
        model
        for model in models
        if model.size_mb > size
        and model.permissive
        and model.memory_mb < found.memory_free_mb
        # Every token reads all weights, so the speed goes with the size.
        and (found.decode * size / model.size_mb > QUICK or not found.fim)
    ]
    if not better:
        return []
    if not found.fim:
        return [f"{found.model.name} sees only what is before the cursor: {_get(better[0])} sees both sides."]
    return [f"This machine has room for a better model: {_get(better[-1])}."]


def _get(model: Model) -> str:
    return f'{model.name} (`foretype models pull {model.name}`, {model.size_mb:,} MB, then `model = "{model.name}"`)'
