"""``foretype doctor``: this machine, its model, the speeds measured, and what to change."""

from __future__ import annotations

import asyncio
import json
import platform
import shutil
import sys
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path

import click
import msgspec

import foretype
from foretype.cli.advice import Findings, advise
from foretype.cli.options import config_option, model_option
from foretype.config.load import load, with_command_line
from foretype.config.schema import Settings
from foretype.engines.base import EngineInfo, EngineStatus, GenerateRequest, Usage, WorkerDied
from foretype.errors import ForetypeError
from foretype.models.registry import registry
from foretype.prompt.fim import Prompt

_PROMPT_CHARACTERS = 1500
_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Examination:
    """What the engine said of itself and how a real request went, or why there was none."""

    info: EngineInfo | None = None
    usage: Usage = field(default_factory=Usage)
    problem: str = ""
    died: bool = False


@click.command()
@config_option
@model_option
@click.option("--endpoint", metavar="NAME", help="Check an endpoint of your settings instead, with real requests.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: facts, speeds, advice.")
def doctor(config_file: Path | None, model: str | None, endpoint: str | None, as_json: bool) -> None:
    """Check this machine: versions, processor, model, speeds measured, and what to change."""
    resolved = with_command_line(load(config_file), {"model": model})
    if endpoint is not None:
        from foretype.cli.doctor_endpoint import report

        report(resolved.settings, endpoint, as_json)
        return
    machine = machine_facts()
    busy, free = _load()
    examination = asyncio.run(examine(resolved.settings))
    facts = {**machine, "settings file": str(resolved.file), **engine_facts(examination, resolved.settings)}
    found = _findings(examination, resolved.settings, busy, free)
    advice = advise(found, registry().values())
    if as_json:
        speeds = {"prefill": round(found.prefill, 1), "decode": round(found.decode, 1)}
        click.echo(json.dumps({"facts": facts, "speeds": speeds, "advice": advice}, indent=2))
    else:
        _print(facts, advice)
    if examination.problem:
        sys.exit(2)


def machine_facts() -> dict[str, str]:
    """Versions, processor and memory, by what they are called."""
    import psutil

    memory = psutil.virtual_memory()
    return {
        "Foretype": foretype.__version__,
        "Python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "llama-cpp-python": _version("llama-cpp-python"),
        "processor": f"{platform.processor() or platform.machine()}, {psutil.cpu_count(logical=False)} cores",
        "memory": f"{memory.available / 1e6:,.0f} MB free of {memory.total / 1e6:,.0f} MB",
    }


async def examine(settings: Settings) -> Examination:
    """Load the model and continue a piece of code with it, without drafts, which make repetitive code look fast."""
    from foretype.app import create_engine

    local = msgspec.structs.replace(settings.local, drafts=False)
    usage = Usage()
    try:
        engine = create_engine(msgspec.structs.replace(settings, local=local), _ignore)
        try:
            info = await engine.info()
            request = GenerateRequest(Prompt((_code(),), heal=False), max_tokens=_TOKENS)
            async for part in engine.generate(request):
                usage = part.usage
        finally:
            await engine.aclose()
    except ForetypeError as error:
        return Examination(problem=str(error), died=isinstance(error, WorkerDied))
    return Examination(info, usage)


def engine_facts(examination: Examination, settings: Settings) -> dict[str, str]:
    """What there is to say of the model and its engine, by what it is called."""
    info, usage = examination.info, examination.usage
    if info is None:
        return {"model": f"{settings.model}: can't be used"}
    return {
        **dict(info.facts),
        "model": f"{settings.model} ({dict(info.facts).get('model', info.model)})",
        "FIM": info.family or "none: continues the text before the cursor",
        "context": f"{info.context_tokens:,} tokens",
        "prefill": f"{_speed(usage.prefill_tokens, usage.prefill_ms):,.0f} tokens/s",
        "decode": f"{_speed(usage.decode_tokens, usage.decode_ms):,.1f} tokens/s",
    }


def _findings(examination: Examination, settings: Settings, busy: float, free: int) -> Findings:
    info, usage = examination.info, examination.usage
    facts = dict(info.facts) if info else {}
    return Findings(
        model=registry().get(settings.model),
        fim=bool(info and info.family),
        prefill=_speed(usage.prefill_tokens, usage.prefill_ms),
        decode=_speed(usage.decode_tokens, usage.decode_ms),
        memory_free_mb=free,
        busy_percent=busy,
        gpu_idle=facts.get("GPU layers") == "0" and settings.local.gpu_layers != 0 and bool(shutil.which("nvidia-smi")),
        problem=examination.problem,
        died=examination.died,
    )


def _load() -> tuple[float, int]:
    """The share of the processor in use, in percent, and the free memory in megabytes."""
    import psutil

    return psutil.cpu_percent(interval=0.3), int(psutil.virtual_memory().available / 1e6)


def _code() -> str:
    return resources.files("foretype.config").joinpath("load.py").read_text(encoding="utf-8")[:_PROMPT_CHARACTERS]


def _speed(tokens: int, milliseconds: float) -> float:
    return tokens / milliseconds * 1000 if milliseconds > 0 else 0.0


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _ignore(status: EngineStatus) -> None:
    """Nobody watches while the doctor works."""


def _print(facts: dict[str, str], advice: list[str]) -> None:
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{click.style(name.ljust(width), dim=True)}  {value}")
    click.echo()
    click.echo(click.style("What to change" if advice else "Nothing to change.", bold=True))
    for sentence in advice:
        click.echo(f"- {sentence}")
