"""The environment that the extension makes: really made, with the wheel from the package, and removed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import pytest

import foretype

EXTENSION = Path(__file__).parents[3] / "clients" / "vscode"
PROGRAM = """
const { install, outdated, remove, update, pythonOf } = require("./managed.js");
const { findMaker } = require("./pythons.js");
const { folder, wheel, local, readyMade, updating, paths, cancelAt } = JSON.parse(process.argv[2]);
const said = [];
const cancelling = new AbortController();
const watching = {
  report: (message) => {
    said.push(message);
    if (cancelAt && message.startsWith(cancelAt)) cancelling.abort();
  },
  log: () => {},
  signal: cancelling.signal,
};
findMaker(async (program) => paths[program])
  .then((maker) => (updating ? update : install)({ folder, wheel, local, maker, readyMade }, watching))
  .then(() => outdated(folder, wheel))
  .then((old) => console.log(JSON.stringify({ said, old: old ?? null, python: pythonOf(folder) })))
  .catch((error) => console.log(JSON.stringify({ said, failed: error.message })));
"""


@pytest.fixture(scope="module")
def program(package: Path, node: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's own code for this, as a program of its own, with the package's wheel beside it."""
    folder = tmp_path_factory.mktemp("managed")
    for source, name in (("managed-environment", "managed"), ("pythons", "pythons")):
        options = ["--bundle", "--platform=node", f"--outfile={folder / name}.js", "--log-level=error"]
        command = [str(EXTENSION / "node_modules" / ".bin" / "esbuild"), f"src/{source}.ts", *options]
        environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
        subprocess.run(command, cwd=EXTENSION, env=environment, check=True)
    (folder / "program.js").write_text(PROGRAM)
    with zipfile.ZipFile(package) as files:
        (wheel,) = (name for name in files.namelist() if name.endswith(".whl"))
        (folder / Path(wheel).name).write_bytes(files.read(wheel))
    return folder


@pytest.fixture
def make(program: Path, node: Path, pip_settings: dict[str, str], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """A function that makes or updates an environment, and says what was said and how it ended."""
    (shipped,) = program.glob("*.whl")
    settings = pip_settings | {"UV_CONSTRAINT": pip_settings["PIP_CONSTRAINT"]}

    def made(**given: Any) -> dict[str, Any]:
        plan = {"folder": str(tmp_path / "environment"), "wheel": str(shipped), "local": False, "readyMade": ""}
        paths = {"python3": shutil.which("python3")}
        command = [str(node), "program.js", json.dumps({**plan, "paths": paths, **given})]
        done = subprocess.run(
            command, cwd=program, env=os.environ | settings, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)  # type: ignore[no-any-return]

    return made


def runs(made: dict[str, Any], code: str) -> str:
    """What a line of Python prints in an environment that was made."""
    assert "failed" not in made, made
    done = subprocess.run([made["python"], "-I", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_environment_is_made_and_holds_the_server(make) -> None:
    made = make()
    assert runs(made, "import foretype; print(foretype.__version__)") == foretype.__version__
    assert any("Making a Python environment with Python 3" in message for message in made["said"])
    assert "Fetching pygls." in made["said"]
    assert made["old"] is None


def test_uv_makes_one_with_ready_made_llama_cpp_and_another_wheel_replaces_the_servers(
    make, wheels: Path, program: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index" / "llama-cpp-python"
    index.mkdir(parents=True)
    shutil.copy(next(iter(wheels.glob("*.whl"))), index)
    uv = {"paths": {"uv": shutil.which("uv", path=str(Path(sys.executable).parent))}, "local": True}
    with served(index.parent) as url:
        made = make(**uv, readyMade=url)
    assert "Making a Python environment with uv." in made["said"]
    assert "Looking for a ready-made llama.cpp." in made["said"]
    assert not any("compiled" in message for message in made["said"])
    # pip is for the models that come as wheels.
    assert runs(made, "import llama_cpp, pip; print(llama_cpp.__version__)") == version("llama-cpp-python")
    other = tmp_path / "other" / next(iter(program.glob("*.whl"))).name
    other.parent.mkdir()
    with zipfile.ZipFile(next(iter(program.glob("*.whl")))) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b"# newer\n" if name == "foretype/errors.py" else b""))
    again = make(**uv, updating=True, wheel=str(other))
    assert again["old"] is None
    assert "newer" in runs(again, "import foretype.errors as e; print(open(e.__file__).read())")
    broken = tmp_path / "broken" / other.name
    broken.parent.mkdir()
    broken.write_bytes(b"no wheel")
    assert "failed" in make(**uv, updating=True, wheel=str(broken))
    assert runs(again, "import foretype, llama_cpp; print('still here')") == "still here"


def test_without_a_ready_made_one_it_is_said_that_llama_cpp_is_compiled(make) -> None:
    made = make(local=True, cancelAt="There is no ready-made llama.cpp")
    assert made["said"][-1].endswith("so it is compiled now: once, about 8 minutes on 2 cores.")
    assert made["failed"] == "The installation was cancelled."


def test_what_fails_leaves_nothing_behind(make, tmp_path: Path) -> None:
    broken = tmp_path / "foretype-0.0.1-py3-none-any.whl"
    broken.write_bytes(b"no wheel")
    made = make(wheel=str(broken))
    assert made["failed"] == "The installation failed. The log has everything that was printed."
    assert not (tmp_path / "environment").exists()


def test_what_is_cancelled_ends_with_all_that_it_started_and_leaves_nothing_behind(make, tmp_path: Path) -> None:
    made = make(cancelAt="Fetching")
    assert made["failed"] == "The installation was cancelled."
    assert not (tmp_path / "environment").exists()
    here = str(tmp_path)
    assert not [each for each in psutil.process_iter(["cmdline"]) if here in " ".join(each.info["cmdline"] or [])]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder on loopback; pip and uv read the listing of one as an index."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass
