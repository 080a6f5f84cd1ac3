"""What a trace costs the machine: processor time of a process and its children, and energy where it is counted."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

_POWERCAP = Path("/sys/class/powercap")


@dataclass(frozen=True, slots=True)
class Spent:
    """Between two readings. Energy is the whole package's, not only the engine's; None where it isn't readable."""

    wall_seconds: float
    cpu_seconds: float | None
    energy_joules: float | None


class Meter:
    """Measures from when it is made."""

    def __init__(self, pid: int | None) -> None:
        self._pid = pid
        self._wall, self._cpu, self._energy = time.monotonic(), _cpu_seconds(pid), _energy()

    def read(self) -> Spent:
        """What was spent since the beginning."""
        cpu, energy = _cpu_seconds(self._pid), _energy()
        return Spent(
            time.monotonic() - self._wall,
            None if cpu is None or self._cpu is None else cpu - self._cpu,
            _joules(self._energy, energy),
        )


def _cpu_seconds(pid: int | None) -> float | None:
    """Of a process and all its children that live."""
    import psutil

    if pid is None:
        return None
    total = 0.0
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return None
    for member in family:
        with contextlib.suppress(psutil.Error):
            times = member.cpu_times()
            total += times.user + times.system
    return total


def _energy() -> dict[str, tuple[int, int]]:
    """Microjoules counted so far and the counter's range, by package."""
    found = {}
    for zone in sorted(_POWERCAP.glob("*:[0-9]")) if _POWERCAP.is_dir() else []:
        # Readable by the administrator only, on most systems.
        with contextlib.suppress(OSError, ValueError):
            count = int((zone / "energy_uj").read_text())
            found[zone.name] = (count, int((zone / "max_energy_range_uj").read_text()))
    return found


def _joules(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> float | None:
    shared = before.keys() & after.keys()
    if not shared:
        return None
    # The counters wrap around.
    return sum((after[zone][0] - before[zone][0]) % (after[zone][1] + 1) for zone in shared) / 1e6
