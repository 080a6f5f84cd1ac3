"""``foretype doctor``: what it measures on a real model, and what it advises."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from foretype.cli.advice import Findings, advise
from foretype.cli.main import cli
from foretype.models.registry import find, registry

SMALL, MIDDLE, LARGE = find("smollm2-135m"), find("qwen2.5-coder-0.5b"), find("qwen2.5-coder-7b")
FINE = Findings(model=MIDDLE, fim=True, prefill=300.0, decode=30.0, memory_free_mb=16_000, busy_percent=3.0)


def advice(**changes: object) -> list[str]:
    return advise(dataclasses.replace(FINE, **changes), registry().values())  # type: ignore[arg-type]


def test_nothing_to_change() -> None:
    assert advice() == []
    assert advice(model=None, fim=False) == []


def test_a_problem_is_all_there_is_to_say() -> None:
    assert advice(problem="It is broken.") == ["It is broken."]
    assert "build it for this one" in advice(problem="It died.", died=True)[1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"memory_free_mb": 500}, "needs about 900 MB of memory and 500 MB are free"),
        ({"busy_percent": 60.0}, "Other programs use 60 % of the processor"),
        ({"gpu_idle": True}, "There is an NVIDIA GPU"),
        ({"decode": 5.0}, "is slow here: smollm2-135m (`foretype models pull smollm2-135m`, 98 MB"),
        ({"decode": 400.0}, "room for a better model: qwen2.5-coder-7b"),
        ({"decode": 400.0, "memory_free_mb": 5000}, "room for a better model: qwen2.5-coder-1.5b"),
        ({"model": SMALL, "fim": False, "decode": 88.0}, "sees only what is before the cursor: qwen2.5-coder-0.5b"),
    ],
)
def test_what_it_advises(changes: dict[str, object], sentence: str) -> None:
    (said,) = advice(**changes)
    assert sentence in said


def test_speeds_of_a_busy_machine_say_nothing_of_a_model() -> None:
    assert len(advice(decode=1.0, busy_percent=90.0)) == 1


def test_licences_are_not_advised_away() -> None:
    for decode in (30.0, 100.0, 200.0, 300.0, 1000.0):
        assert not any("3b" in said for said in advice(decode=decode))


def test_a_real_model_is_measured(smollm2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(smollm2.parent))
    monkeypatch.setattr("foretype.config.load.user_file", lambda: tmp_path / "none.toml")
    result = CliRunner().invoke(cli, ["doctor", "--json"])
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert {"Foretype", "Python", "processor", "memory", "model", "threads", "GPU layers"} <= set(report["facts"])
    assert {"flash attention", "KV cache", "llama.cpp", "FIM", "context", "prefill", "decode"} <= set(report["facts"])
    assert report["facts"]["model"].startswith("smollm2-135m (")
    assert report["speeds"]["prefill"] > 0
    assert report["speeds"]["decode"] > 0
    assert isinstance(report["advice"], list)


def test_a_missing_model_is_said_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(tmp_path))
    monkeypatch.setattr("foretype.config.load.user_file", lambda: tmp_path / "none.toml")
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == 2
    assert "llama-cpp-python" in result.stdout
    assert "What to change\n- The model smollm2-135m is not on this machine" in result.stdout
