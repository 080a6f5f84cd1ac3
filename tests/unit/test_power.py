"""Whether the machine runs on battery."""

from __future__ import annotations

import psutil
import pytest

from foretype.complete.power import runs_on_battery


def test_a_machine_that_cannot_tell_does_not_run_on_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_file() -> None:
        raise FileNotFoundError("/sys/class/power_supply")

    monkeypatch.setattr(psutil, "sensors_battery", no_such_file, raising=False)
    assert runs_on_battery() is False
