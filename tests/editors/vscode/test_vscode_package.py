"""The extension's package: what it holds, and that its sources are checked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

import foretype

EXTENSION = Path(__file__).parents[3] / "clients" / "vscode"
LARGEST = 3_000_000


def test_it_holds_what_it_needs_and_nothing_else(package: Path) -> None:
    names = zipfile.ZipFile(package).namelist()
    ours = {name.removeprefix("extension/") for name in names if name.startswith("extension/")}
    wheel = f"server/foretype-{foretype.__version__}-py3-none-any.whl"
    assert {"package.json", "dist/extension.js", "readme.md", "LICENSE.txt", wheel} <= ours
    kinds = {Path(name).suffix for name in ours}
    assert kinds <= {".json", ".js", ".md", ".txt", ".whl", ".png"}
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".map"))]
    assert package.stat().st_size < LARGEST


def test_it_has_the_servers_version(package: Path) -> None:
    manifest = json.loads(zipfile.ZipFile(package).read("extension/package.json"))
    assert manifest["version"] == foretype.__version__


def test_every_command_is_declared_and_every_declared_one_is_there() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text())
    declared = {command["command"] for command in manifest["contributes"]["commands"]}
    source = (EXTENSION / "src" / "commands.ts").read_text()
    assert declared == set(re.findall(r'"(foretype\.\w+)"', source))


def test_only_stable_interfaces_are_asked_for() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text())
    assert "enabledApiProposals" not in manifest
    # Types of the oldest version that we say we work in: nothing newer compiles.
    assert manifest["devDependencies"]["@types/vscode"] == manifest["engines"]["vscode"].removeprefix("^")


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (EXTENSION / "package-lock.json").read_text()


@pytest.mark.usefixtures("package")  # which has fetched what the checks need
@pytest.mark.parametrize("check", [["typescript/bin/tsc", "-p", "."], ["eslint/bin/eslint.js", "."]])
def test_the_sources_pass_their_checks(check: list[str], node: Path) -> None:
    _run(node, *check)


@pytest.mark.usefixtures("package")
def test_the_unit_tests_pass(node: Path) -> None:
    _run(node, "vitest/vitest.mjs", "run")


def _run(node: Path, script: str, *arguments: str) -> None:
    command = [str(node), f"node_modules/{script}", *arguments]
    environment = os.environ | {"NO_COLOR": "1", "CI": "1"}
    done = subprocess.run(command, cwd=EXTENSION, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
