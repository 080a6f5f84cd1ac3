"""Whether to work ahead of the typist: by setting, and on battery only if that is set too."""

from __future__ import annotations

import time
from collections.abc import Callable

from foretype.config.schema import Local

CHECKED_EVERY_SECONDS = 30.0


def runs_on_battery() -> bool:
    """Whether the machine runs on battery now; no where that can't be told."""
    import psutil

    try:
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    except OSError:  # a container may be without the files that tell
        return False
    return battery is not None and battery.power_plugged is False


class Speculation:
    """Says whether idle time may be used; looks at the battery now and then."""

    def __init__(self, on_battery: Callable[[], bool] = runs_on_battery) -> None:
        self._on_battery = on_battery
        self._checked: float | None = None
        self._battery = False

    def allowed(self, local: Local) -> bool:
        """Whether the settings allow it in the present state of power."""
        if not local.speculate or local.speculate_on_battery:
            return local.speculate
        now = time.monotonic()
        if self._checked is None or now - self._checked > CHECKED_EVERY_SECONDS:
            self._checked, self._battery = now, self._on_battery()
        return not self._battery
