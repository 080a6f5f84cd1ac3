"""What the wheel holds, that its version is one, and that asking for help loads nothing heavy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import pytest

import foretype

PROJECT = Path(__file__).parents[2]
HEAVY = {
    "asyncio",
    "huggingface_hub",
    "llama_cpp",
    "lsprotocol",
    "msgspec",
    "numpy",
    "psutil",
    "pygls",
    "rich",
    "tree_sitter",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_the_package_with_its_data(wheel: zipfile.ZipFile) -> None:
    package = PROJECT / "server" / "foretype"
    sources = {path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    wanted = {f"foretype/{path.relative_to(package).as_posix()}" for path in sources}
    shipped = [(PROJECT / "grammars", "grammars", "*.scm"), (PROJECT / "examples" / "demo", "demo_files", "*.*")]
    for folder, name, pattern in shipped:
        files = sorted(folder.rglob(pattern))
        assert files
        wanted |= {f"foretype/{name}/{path.relative_to(folder).as_posix()}" for path in files}
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert sorted(wanted - names) == []
    assert sorted(names - wanted) == []


def test_the_wheel_says_how_it_may_be_used(wheel: zipfile.ZipFile) -> None:
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    told = Parser().parsestr(wheel.read(metadata).decode())
    assert told["Version"] == foretype.__version__
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Requires-Python"] == ">=3.10"
    assert told.get_all("Provides-Extra") == ["dev", "keyring", "local"]
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())


def test_what_is_imported_is_declared(wheel: zipfile.ZipFile) -> None:
    (metadata_file,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    requirements = Parser().parsestr(wheel.read(metadata_file).decode()).get_all("Requires-Dist") or []
    declared = {re.split(r"[^A-Za-z0-9._-]", each)[0] for each in requirements if "'dev'" not in each}
    imported = set()
    for source in (PROJECT / "server" / "foretype").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"foretype"}
    assert foreign - set().union(*map(provided_by, declared)) == set()


def provided_by(distribution: str) -> set[str]:
    """The top-level names that an installed distribution brings; none if it isn't for this Python or system."""
    try:
        return {file.parts[0].removesuffix(".py") for file in metadata.files(distribution) or ()}
    except metadata.PackageNotFoundError:
        return set()


def test_the_command_knows_its_version() -> None:
    told = subprocess.run([sys.executable, "-m", "foretype", "--version"], capture_output=True, text=True, check=True)
    assert foretype.__version__ in told.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_asking_for_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys, foretype.cli.main as main\n"
        f"sys.argv = ['foretype', *{arguments!r}]\n"
        "try:\n    main.main()\nfinally:\n    print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert not HEAVY & set(done.stderr.split())
