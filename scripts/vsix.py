"""Build the VS Code extension: check the tools, bundle the code, add the server's wheel, pack it all.

    python scripts/vsix.py [FILE]        writes dist/foretype-VERSION.vsix in the checkout, or FILE

Needs Node.js 20 or newer with npm, and pip for the wheel. npm runs no package's install scripts.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
EXTENSION = PROJECT / "clients" / "vscode"
OLDEST_NODE = 20
LARGEST = 3_000_000
"""Bytes; a package that is larger holds something that it shouldn't."""


def main(arguments: list[str]) -> None:
    """Build the package, or leave with one sentence on what is wrong."""
    if len(arguments) > 1:
        sys.exit(__doc__)
    check_tools()
    install()
    package = Path(arguments[0]) if arguments else PROJECT / "dist" / f"foretype-{version()}.vsix"
    package.parent.mkdir(parents=True, exist_ok=True)
    add_wheel()
    shutil.copy(PROJECT / "LICENSE", EXTENSION / "LICENSE")
    run("node", "esbuild.mjs")
    command = ["node_modules/@vscode/vsce/vsce", "package", "--no-dependencies", "--skip-license"]
    run("node", *command, "--allow-missing-repository", "--no-rewrite-relative-links", "--out", str(package.absolute()))
    size = package.stat().st_size
    if size > LARGEST:
        sys.exit(f"{package} has {size:,} bytes, more than {LARGEST:,}: .vscodeignore lets something in.")
    print(f"{package}: {size:,} bytes")


def check_tools() -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        sys.exit(f"The extension is built with Node.js {OLDEST_NODE} or newer and npm, and they aren't on the PATH.")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v(\d+)", told)
    if not found or int(found[1]) < OLDEST_NODE:
        sys.exit(f"The extension is built with Node.js {OLDEST_NODE} or newer, and {node} is {told.strip()}.")


def install() -> None:
    """Fetch what the build needs, unless what is there was fetched for the same lock file."""
    stamp = EXTENSION / "node_modules" / ".foretype-lock"
    state = hashlib.sha256((EXTENSION / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == state:
        return
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    stamp.write_text(state, encoding="utf-8")


def version() -> str:
    text = (PROJECT / "server" / "foretype" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found is not None
    return found[1]


def add_wheel() -> None:
    """Build the server's wheel into the extension: with hatchling, or with pip, this Python's or one of a moment."""
    folder = EXTENSION / "server"
    shutil.rmtree(folder, ignore_errors=True)
    if has("hatchling"):
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
        run(*command, folder=PROJECT)
        return
    options = ["wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", str(folder), str(PROJECT)]
    if has("pip"):
        run(sys.executable, "-m", "pip", *options)
        return
    with tempfile.TemporaryDirectory() as made:
        venv.EnvBuilder(with_pip=True).create(made)
        run(str(Path(made) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")), "-m", "pip", *options)


def has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def run(program: str, *arguments: str, folder: Path = EXTENSION) -> None:
    command = [shutil.which(program) or program, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\n{program} {arguments[0]} failed; its output is above.")


if __name__ == "__main__":
    main(sys.argv[1:])
