"""Nothing leaves the machine: completing works without a network, and no process of ours opens an internet socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

TypeInEditor = Callable[[list[str], dict[str, str], str], Awaitable[list[str]]]
WITNESS = """
import os, socket, sys

log = os.open(os.environ["FORETYPE_TEST_WITNESS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(log, f"started {' '.join(sys.orig_argv)}\\n".encode())
INTERNET = (socket.AF_INET, socket.AF_INET6)


def witness(event, arguments):
    if not event.startswith("socket."):
        return
    opened = event == "socket.__new__" and arguments[1] in INTERNET
    used = event != "socket.__new__" and getattr(arguments[0], "family", socket.AF_INET) in INTERNET
    if opened or used:
        os.write(log, f"{event} {arguments[1:]}\\n".encode())


sys.addaudithook(witness)
"""
"""Python runs this as ``sitecustomize`` in every process that is started with it: it writes down all use of sockets."""


def without_network() -> list[str]:
    """A command prefix that runs a program in a network namespace of its own, with nothing in it."""
    reason = "there is no unshare program on this system"
    for prefix in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        if not shutil.which(prefix[0]):
            break
        probe = subprocess.run([*prefix, "cat", "/proc/net/dev"], capture_output=True, text=True, check=False)
        if probe.returncode == 0:
            interfaces = [line.split(":")[0].strip() for line in probe.stdout.splitlines()[2:]]
            assert interfaces == ["lo"], "an empty network namespace has nothing but a loopback that is down"
            return prefix
        reason = f"this system forbids network namespaces: {probe.stderr.strip()}"
    pytest.skip(reason)


def test_completing_works_without_any_network(place: str, environment: dict[str, str]) -> None:
    command = [*without_network(), sys.executable, "-m", "foretype", "complete", place, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["text"].strip()
    assert told["ledger"]["decode_tokens"] > 0


@pytest.mark.skipif(sys.platform == "win32", reason="asyncio on Windows connects to itself over a loopback socket")
async def test_no_process_opens_an_internet_socket_while_completing(
    place: str, environment: dict[str, str], tmp_path: Path, type_in_editor: TypeInEditor
) -> None:
    log = tmp_path / "witness.log"
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WITNESS)
    witnessed = environment | {"PYTHONPATH": str(folder), "FORETYPE_TEST_WITNESS": str(log)}

    watch = asyncio.create_task(sockets_of_children())
    try:
        answers = await type_in_editor([sys.executable, "-m", "foretype", "serve"], witnessed, place)
    finally:
        watch.cancel()
        held = await watch

    assert any(answers)
    assert held == []
    seen = log.read_text().splitlines()
    started = " ".join(line for line in seen if line.startswith("started "))
    for part in ("foretype serve", "foretype.engines.llama_cpp.worker", "foretype.workspace.helper"):
        assert part in started, "every process of ours is watched"
    assert [line for line in seen if not line.startswith("started ")] == []


async def sockets_of_children() -> list[str]:
    """Look, until cancelled, which internet sockets the processes below this one hold."""
    held: list[str] = []
    try:
        while True:
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    held += [str(connection) for connection in process.net_connections("inet")]
            await asyncio.sleep(0.02)
    except asyncio.CancelledError:
        return held
