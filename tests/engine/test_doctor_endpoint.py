"""``foretype doctor --endpoint`` against services on loopback, as a person runs it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from endpoints.kinds import KINDS, endpoint_of
from endpoints.script import Script
from endpoints.server import serving

from foretype.cli.doctor_endpoint import Trial, advice_on
from foretype.engines.base import Usage


async def doctor(folder: Path, name: str, url: str, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """The exit code and what was printed."""
    settings = {"url": url, "model": "some-model", "key_env": "FAST_KEY", **KINDS[name]}
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    config = folder / "foretype.toml"
    config.write_text("\n".join(["[endpoints.fast]", *lines]))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", "doctor", "--config", str(config), "--endpoint", *(arguments or ("fast",))),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "XDG_STATE_HOME": str(folder), "FAST_KEY": "sk-1234", **environment},
    )
    output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()


@pytest.mark.parametrize("name", ["completions", "chat", "mistral", "ollama"])
async def test_it_says_how_an_endpoint_does(name: str, tmp_path: Path) -> None:
    text = "area_of_rectangle" if name == "chat" else " area_of_rectangle"
    async with serving(Script(text=text, key="sk-1234", cached=10)) as service:
        code, output, _ = await doctor(tmp_path, name, service.url, "fast", "--json")
        told = json.loads(output)
        assert code == 0
        assert told["facts"]["key"] == "accepted"
        assert told["facts"]["fills gaps"].startswith("yes")
        assert "tokens/s" in told["facts"]["speed"]
        assert "sk-1234" not in output


async def test_a_refused_key_and_an_unknown_name_are_told(tmp_path: Path) -> None:
    async with serving(Script(key="sk-other")) as service:
        code, output, _ = await doctor(tmp_path, "completions", service.url)
        assert code == 2
        assert "`fast` refused the key (401): check FAST_KEY." in output
        code, _, errors = await doctor(tmp_path, "completions", service.url, "slow")
        assert code == 2
        assert "There is no endpoint `slow` in your settings; there is: fast." in errors


def test_advice_is_given_where_something_is_amiss() -> None:
    endpoint = endpoint_of("completions", "http://h")
    slow = Trial(answer="nothing", first_texts=(900.0, 800.0, 700.0), read_again=Usage(prefill_tokens=100))
    assert [sentence.partition(":")[0] for sentence in advice_on("fast", endpoint, slow)] == [
        "`fast` does not fill gaps",
        "The first text takes 750 ms, longer than most pauses between keys",
        "`fast` reads each prompt anew, or does not say otherwise",
    ]
    good = Trial(answer="area_of_rectangle", first_texts=(90.0, 30.0), read_again=Usage(10, reused_tokens=90))
    assert advice_on("fast", endpoint, good) == []
