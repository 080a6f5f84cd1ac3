"""``foretype bench fix`` as a program, with the embedded model: stopped before its end."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

PROGRAM = """\
def first(names):
    try:
        return names[0]
    except Exception:
        pass


def second(a, b):
    if a:
        # both
        if b:
            print(a)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to catch")
async def test_what_was_done_until_it_is_stopped_is_reported(tmp_path: Path, environment: dict[str, str]) -> None:
    folder, out = tmp_path / "programs", tmp_path / "out.json"
    folder.mkdir()
    for number in range(4):
        (folder / f"code_{number}.py").write_text(PROGRAM)
    options = ["--linter", "--select", "S110,SIM102", "--json", str(out)]
    bench = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", "bench", "fix", str(folder), *options),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert bench.stderr is not None
    while b"right" not in (line := await bench.stderr.readline()):
        assert line, "it ended before it had an answer"
    bench.send_signal(signal.SIGINT)
    printed, _ = await bench.communicate()
    assert bench.returncode == 0
    data = json.loads(out.read_bytes())
    assert 1 <= data["n"] == len(data["programs"]) < 8
    assert data["conditions"]["stopped"] == f"after {data['n']} of these"
    assert b"stopped" in printed
