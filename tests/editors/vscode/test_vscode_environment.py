"""The environment that the extension makes: really made, with the wheel from the package, and removed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

import foretype

EXTENSION = Path(__file__).parents[3] / "clients" / "vscode"
PROGRAM = """
const { install, outdated, remove, pythonOf } = require("./managed.js");
const { findMaker } = require("./pythons.js");
const { folder, wheel, paths, cancelled } = JSON.parse(process.argv[2]);
const said = [];
const cancelling = new AbortController();
if (cancelled) cancelling.abort();
const watching = { report: (message) => said.push(message), log: () => {}, signal: cancelling.signal };
findMaker(async (program) => paths[program])
  .then((maker) => install({ folder, wheel, local: false, maker, readyMade: "" }, watching))
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


def make(program: Path, node: Path, folder: Path, *, wheel: Path | None = None, cancelled: bool = False) -> dict:
    (shipped,) = program.glob("*.whl")
    given = {
        "folder": str(folder),
        "wheel": str(wheel or shipped),
        "paths": {"python3": shutil.which("python3")},
        "cancelled": cancelled,
    }
    command = [str(node), "program.js", json.dumps(given)]
    done = subprocess.run(command, cwd=program, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_an_environment_is_made_and_holds_the_server(program: Path, node: Path, tmp_path: Path) -> None:
    made = make(program, node, tmp_path / "environment")
    assert "failed" not in made
    assert any("Making a Python environment with Python 3" in message for message in made["said"])
    assert any(message.startswith("Fetching") for message in made["said"])
    assert made["old"] is None
    command = [made["python"], "-I", "-c", "import foretype; print(foretype.__version__)"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == foretype.__version__


def test_what_fails_leaves_nothing_behind(program: Path, node: Path, tmp_path: Path) -> None:
    broken = tmp_path / "foretype-0.0.1-py3-none-any.whl"
    broken.write_bytes(b"no wheel")
    made = make(program, node, tmp_path / "environment", wheel=broken)
    assert made["failed"] == "The installation failed. The log has everything that was printed."
    assert not (tmp_path / "environment").exists()


def test_what_is_cancelled_leaves_nothing_behind(program: Path, node: Path, tmp_path: Path) -> None:
    made = make(program, node, tmp_path / "environment", cancelled=True)
    assert made["failed"] == "The installation was cancelled."
    assert not (tmp_path / "environment").exists()
