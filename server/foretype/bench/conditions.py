"""Under which conditions something was measured; without them a figure says nothing."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

from foretype import __version__
from foretype.config.schema import Settings

Conditions = dict[str, object]


def machine() -> Conditions:
    """Processor, memory, system, load and versions, now."""
    import psutil

    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": f"{psutil.cpu_count(logical=False) or '?'} ({_usable_cores()} threads usable)",
        "memory": f"{psutil.virtual_memory().total / 1e9:.1f} GB",
        "load before": ", ".join(f"{load:.2f}" for load in psutil.getloadavg()) + " (1, 5, 15 min)",
        "power": _power(),
        "system": platform.platform(),
        "Python": platform.python_version(),
        "Foretype": __version__,
        "llama-cpp-python": _version("llama-cpp-python"),
    }


def model_file(path: Path, name: str = "") -> Conditions:
    """A model's file: name, size, quantisation as the publisher's file name has it, SHA-256."""
    from foretype.models.partial import sha256_of

    quantisation = re.search(r"(?i)(?<![a-z0-9])(i?q\d\w*|bf16|f16|f32)(?=\.|-|$)", name or path.name)
    return {
        "file": path.name,
        "size": f"{path.stat().st_size / 1e6:,.0f} MB",
        "quantisation": quantisation[1].upper() if quantisation else "not in the file's name",
        "sha256": sha256_of(path),
    }


def local_model(name: str) -> Conditions:
    """A model by its registered name or path. Raises what `Store.locate` raises."""
    from foretype.models.store import Store

    located = Store().locate(name)
    return {"model": name, **model_file(located.path, located.model.file if located.model else "")}


def endpoint(name: str, settings: Settings) -> Conditions:
    """A service of the settings: where it is and what it runs, but no key."""
    found = settings.endpoints[name]
    return {"endpoint": name, "kind": found.kind, "url": found.url, "model": found.model or "the service's own"}


def llama_server(props: Mapping[str, object], url: str) -> Conditions:
    """What a llama-server's ``/props`` say; with its model's file where that is on this machine."""
    settings = props.get("default_generation_settings")
    context = settings.get("n_ctx") if isinstance(settings, Mapping) else None
    path = Path(str(props.get("model_path", "")))
    return {
        "url": url,
        "build": props.get("build_info", "unknown"),
        "context": f"{context} tokens" if context else "unknown",
        **(model_file(path) if path.is_file() else {"file": path.name}),
        "quantisation": props.get("model_ftype", "unknown"),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _power() -> str:
    import psutil

    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return "mains" if battery is None or battery.power_plugged else f"battery, {battery.percent:.0f} %"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
