"""bench infill over a service of the settings: the whole pipeline and the service's own answers beside it."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from endpoints.script import Script
from endpoints.server import serving

from foretype.cli.bench import bench

HOLE = {
    "id": "mean/line",
    "language": "python",
    "kind": "line",
    "prefix": "def mean(values):\n    total = sum(values)\n    ",
    "middle": "return total / len(values)",
    "suffix": "\n\n\nprint(mean([1, 2]))\n",
}


async def test_a_service_fills_holes(tmp_path: Path) -> None:
    holes, out, config = tmp_path / "holes.jsonl", tmp_path / "out.json", tmp_path / "foretype.toml"
    holes.write_text(json.dumps(HOLE) + "\n", encoding="utf-8")
    script = Script(text="return total / len(values)\n\n\nprint(mean([1, 2]))\n")
    async with serving(script) as service:
        config.write_text(
            f'[endpoints.team]\nkind = "mistral-fim"\nurl = "{service.url}"\nmodel = "codestral"\n', encoding="utf-8"
        )
        options = ["infill", str(holes), "--config", str(config), "--endpoint", "team", "--json", str(out)]
        done = await asyncio.to_thread(CliRunner().invoke, bench, options)
    assert done.exit_code == 0, done.output
    data = json.loads(out.read_text(encoding="utf-8"))
    assert (data["n"], data["exact_match"], data["raw"]["exact_match"]) == (1, 1.0, 1.0)
    assert data["items"][0]["answer"] == HOLE["middle"]
    assert data["items"][0]["raw"]["answer"] == HOLE["middle"]
    assert data["conditions"]["foretype"]["endpoint"] == "team"
    asked = json.dumps([request.body for request in script.requests])
    assert "print(mean" in asked


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to catch")
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
async def test_what_was_done_until_it_is_stopped_is_reported(tmp_path: Path, told: signal.Signals) -> None:
    holes, out, config = tmp_path / "holes.jsonl", tmp_path / "out.json", tmp_path / "foretype.toml"
    many = [{**HOLE, "id": f"{number}/line", "prefix": f"n = {number}\n{HOLE['prefix']}"} for number in range(60)]
    holes.write_text("".join(json.dumps(hole) + "\n" for hole in many), encoding="utf-8")
    script = Script(text="return total / len(values)\n", first_token_seconds=0.1)
    async with serving(script) as service:
        config.write_text(
            f'[endpoints.team]\nkind = "mistral-fim"\nurl = "{service.url}"\nmodel = "codestral"\n', encoding="utf-8"
        )
        options = ["infill", str(holes), "--config", str(config), "--endpoint", "team", "--json", str(out)]
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "foretype", "bench", *options, stdout=asyncio.subprocess.PIPE
        )
        while not any("n = 3" in json.dumps(request.body) for request in script.requests):
            assert running.returncode is None
            await asyncio.sleep(0.05)
        running.send_signal(told)
        printed, _ = await running.communicate()
    assert running.returncode == 0
    data = json.loads(out.read_text(encoding="utf-8"))
    assert 2 <= data["n"] < 60
    assert len(data["items"]) == data["n"]
    assert data["conditions"]["stopped"] == f"after {data['n']} of these holes"
    assert data["quiet_n"] >= 60
    assert b"stopped" in printed


def test_an_endpoint_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    config = tmp_path / "foretype.toml"
    config.write_text("", encoding="utf-8")
    done = CliRunner().invoke(bench, ["infill", "none.jsonl", "--config", str(config), "--endpoint", "team"])
    assert str(done.exception) == "The settings have no endpoint `team`; those they have: none."
