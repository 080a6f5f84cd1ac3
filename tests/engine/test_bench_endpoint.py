"""bench infill over a service of the settings: the whole pipeline and the service's own answers beside it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

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


def test_an_endpoint_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    config = tmp_path / "foretype.toml"
    config.write_text("", encoding="utf-8")
    done = CliRunner().invoke(bench, ["infill", "none.jsonl", "--config", str(config), "--endpoint", "team"])
    assert str(done.exception) == "The settings have no endpoint `team`; those they have: none."
