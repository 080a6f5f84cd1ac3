"""The load benchmark: its steps and its knee, and typists at a service on loopback."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from endpoints.script import Script
from endpoints.server import serving

from foretype.bench.load import knee, steps, traces_of
from foretype.cli.main import cli


@pytest.mark.parametrize(("most", "expected"), [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])])
def test_the_number_of_typists_doubles(most: int, expected: list[int]) -> None:
    assert steps(most) == expected


@pytest.mark.parametrize(
    ("shares", "expected"), [([0.8, 0.8, 0.73], None), ([0.8, 0.7, 0.8], 2), ([0.5, 0.46, 0.44, 0.1], 4)]
)
def test_the_knee_is_where_they_get_clearly_less_than_one_alone(shares: list[float], expected: int | None) -> None:
    measured = [{"typists": 2**n, "served_share": share} for n, share in enumerate(shares)]
    assert knee(measured) == expected


def test_each_typist_types_something_else_and_always_the_same() -> None:
    assert traces_of(1) == traces_of(1)
    assert traces_of(1) != traces_of(2)


def settings_file(folder: Path, url: str) -> Path:
    file = folder / "foretype.toml"
    file.write_text(f'[endpoints.fast]\nkind = "openai-completions"\nurl = "{url}/v1"\nmodel = "m"\n')
    return file


async def test_typists_at_a_service_are_counted_with_what_they_got(tmp_path: Path) -> None:
    async with serving(Script(text="name = value\n", first_token_seconds=0.01)) as service:
        out = tmp_path / "out.json"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "foretype", "bench", "load", "--endpoint", "fast", "--typists", "2", "--seconds", "4"),
            *("--config", str(settings_file(tmp_path, service.url)), "--json", str(out)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        stdout, stderr = await asyncio.wait_for(process.communicate(), 200)
        assert process.returncode == 0, stderr
        told: Any = msgspec.json.decode(out.read_bytes())
        assert [each["typists"] for each in told["measured"]] == [1, 2]
        assert all(each["keys"] > 0 and each["served_share"] > 0 for each in told["measured"])
        assert all(each["tokens_per_second"] > 0 and not each["errors"] for each in told["measured"])
        assert told["conditions"]["endpoint"]["model"] == "m"
        assert b"tokens per second" in stdout
        assert service.script.requests


async def test_an_endpoint_that_fails_is_told_with_its_reason(tmp_path: Path) -> None:
    script = Script()
    script.fault("status", status=401, lasts=True)
    async with serving(script) as service:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "foretype", "bench", "load", "--endpoint", "fast", "--typists", "1", "--seconds", "2"),
            *("--config", str(settings_file(tmp_path, service.url))),
            stdout=asyncio.subprocess.PIPE,
        )
        stdout, _ = await asyncio.wait_for(process.communicate(), 200)
        assert b"Nobody got anything" in stdout
        assert b"key" in stdout


def test_an_endpoint_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "http://127.0.0.1:9")
    asked = ["bench", "load", "--endpoint", "fats", "--typists", "1", "--config", str(file)]
    result = CliRunner().invoke(cli, asked, prog_name="foretype")
    assert result.exit_code == 2
    assert "There is no endpoint 'fats' in your settings (there: fast); add it, or name one." in result.output
