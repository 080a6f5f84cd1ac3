"""The structure that ARCHITECTURE.md promises: who imports whom, what each package does without, how files are kept."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "server" / "foretype"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 300
TABLES = {"syntax/language_table.py"}
"""Files that hold one table of data and no code."""
NETWORK = {
    "aiohttp",
    "ftplib",
    "http",
    "httpx",
    "httpx2",
    "huggingface_hub",
    "requests",
    "smtplib",
    "socket",
    "ssl",
    "urllib.request",
    "urllib3",
    "xmlrpc",
}
"""Modules that can reach a network."""
NETWORK_CALLS = {"create_connection", "open_connection", "create_datagram_endpoint"}
"""How asyncio opens a connection of its own."""
MAY_REACH_THE_NETWORK = ("models/", "bench/", "trust/egress.py", "trust/transport.py")
"""Pulling a model, when asked to; measuring against other servers, which `foretype serve` never imports; the gate."""
KNOWS_THE_TYPES = "engines/remote/"
"""Uses the clients that the gate makes."""
CLIENTS = {
    f"httpx2.{name}"
    for name in ("AsyncClient", "Client", "AsyncHTTPTransport", "HTTPTransport", "get", "post", "stream", "request")
}
"""What of httpx2 opens a connection."""
PURE = ("text", "prompt", "context")
"""Packages that read no file, start nothing and wait for nothing."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_import_contracts_are_kept() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_network_is_reached_by_models_and_the_gate_alone() -> None:
    """No telemetry: nothing else imports what could send a byte, so nothing else can phone home."""
    found = {}
    for path in SOURCES:
        if name_of(path).startswith(MAY_REACH_THE_NETWORK):
            continue
        used = {
            name for name in imports_of(path) if any(name == each or name.startswith(f"{each}.") for each in NETWORK)
        }
        called = {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)} & NETWORK_CALLS
        if name_of(path).startswith(KNOWS_THE_TYPES):
            used = {name for name in used if name.split(".")[0] != "httpx2"}
        if used | called:
            found[name_of(path)] = used | called
    assert not found


def test_only_the_gate_makes_clients() -> None:
    makers = {
        name_of(path)
        for path in SOURCES
        if not name_of(path).startswith(("models/", "bench/"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLIENTS
    }
    by_name = {name_of(path) for path in SOURCES for name in imports_of(path) if name in CLIENTS}
    assert makers | by_name == {"trust/transport.py"}


def test_the_scanner_of_secrets_only_scans() -> None:
    """Kingfisher can also ask a service whether a secret is valid: nothing of that is imported."""
    used = {name for path in SOURCES for name in imports_of(path) if name.startswith("kingfisher_sdk.")}
    assert used == {"kingfisher_sdk.Rules", "kingfisher_sdk.Scanner"}


def test_a_server_loads_nothing_that_reaches_the_network() -> None:
    script = (
        "import asyncio, sys, foretype.app, foretype.lsp.serve, foretype.complete.pipeline\n"
        "import foretype.engines.llama_cpp.client, foretype.engines.llama_cpp.worker, foretype.models.store\n"
        "import foretype.trust.egress, foretype.trust.secrets, foretype.trust.paths\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    # asyncio itself imports socket and ssl.
    assert not loaded & (NETWORK - {"socket", "ssl"}) | {name for name in loaded if name.startswith("kingfisher_sdk")}
    assert not any(name.startswith("foretype.bench") for name in loaded)


def test_pure_packages_wait_for_nothing_and_open_nothing() -> None:
    impure = {
        name_of(path): node.lineno
        for package in PURE
        for path in (PACKAGE / package).rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"open", "print", "input"}
        )
    }
    assert not impure


def test_architecture_names_the_packages_that_exist_and_no_other() -> None:
    table = re.findall(
        r"^\| `(\w+)(?:\.py)?` \|", (PROJECT / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")}
    assert sorted(table) == sorted(packages | modules)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_says_what_lives_there_and_is_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""'), "its first line is a docstring that says what lives there"
    lines = text.count("\n")
    assert lines <= LONGEST_FILE or name_of(path) in TABLES


def test_no_loose_ends() -> None:
    marks = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b|raise NotImplementedError")
    found = [name_of(path) for path in SOURCES if marks.search(path.read_text(encoding="utf-8"))]
    assert not found


def test_only_the_command_line_prints() -> None:
    """Stdout is the protocol's while the server runs."""
    printing = {
        name_of(path)
        for path in SOURCES
        if not name_of(path).startswith(("cli/", "bench/"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not any(keyword.arg == "file" for keyword in node.keywords)
    }
    assert not printing
