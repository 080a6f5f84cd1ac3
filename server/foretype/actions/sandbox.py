"""Runs a program that isn't ours: with a time limit, without our environment, without network where the system can."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MOST_OUTPUT = 1_000_000
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "PATHEXT", "COMSPEC", "NUMBER_OF_PROCESSORS", "TZ")
"""What a program gets to see of our environment: nothing that holds a key or leads to one."""
_TOOLCHAINS = ("CARGO_HOME", "RUSTUP_HOME", "GOPATH", "GOMODCACHE", "GOROOT", "JAVA_HOME", "NVM_DIR")
_HOMES = {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup", "GOPATH": "go"}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended; ``code`` is None when it took too long and was ended."""

    code: int | None
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Walls:
    """What keeps a program in: the command to put before its own, and in words for the verdict."""

    before: tuple[str, ...]
    words: str


@cache
def isolation() -> tuple[str, str]:
    """What the system has to keep programs off the network: ``bwrap``, ``unshare`` or nothing, and its path."""
    import subprocess

    probes = {
        "bwrap": ["--ro-bind", "/", "/", "--unshare-net", "--unshare-user", "true"],
        "unshare": ["--user", "--map-current-user", "--net", "true"],
    }
    for name, arguments in probes.items():
        path = shutil.which(name) if sys.platform == "linux" else None
        if path is None:
            continue
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            if subprocess.run([path, *arguments], capture_output=True, timeout=5, check=False).returncode == 0:
                return name, path
    return "", ""


def walls(folder: Path) -> Walls:
    """The strongest walls there are, around a program that may write in ``folder`` alone."""
    name, path = isolation()
    if name == "bwrap":
        bound = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", str(folder), str(folder)]
        return Walls((path, *bound, "--unshare-all", "--die-with-parent", "--new-session", "--"), "")
    if name == "unshare":
        return Walls((path, "--user", "--map-current-user", "--net", "--"), "")
    return Walls((), "not kept off the network")


def environment(home: Path, scrubbed: bool) -> dict[str, str]:
    """The variables of a program: ``scrubbed`` of all that may hold a secret, with ``home`` for what it keeps."""
    if not scrubbed:
        return {**os.environ, "NO_COLOR": "1"}
    kept = {name: os.environ[name] for name in (*_KEPT, *_TOOLCHAINS) if name in os.environ}
    for name, folder in _HOMES.items():
        own = Path.home() / folder
        if name not in kept and own.is_dir():
            kept[name] = str(own)
    private = {name: str(home) for name in ("HOME", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    return {**kept, **private, "NO_COLOR": "1", "CARGO_NET_OFFLINE": "true", "GOFLAGS": "-mod=mod", "GOPROXY": "off"}


async def run(
    command: Sequence[str],
    folder: Path,
    seconds: float,
    environment: Mapping[str, str],
    text: str | None = None,
) -> Ran:
    """Runs a command in a folder with ``text`` as its input; ends it and all that it started after some seconds.

    Raises OSError if it can't be started.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=dict(environment),
        stdin=asyncio.subprocess.PIPE if text is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=os.name == "posix",
    )
    data = None if text is None else text.encode("utf-8", "replace")
    talk = asyncio.create_task(process.communicate(data))
    try:
        # Not wait_for, which up to Python 3.11 can swallow a cancellation.
        await asyncio.wait({talk}, timeout=max(0.1, seconds))
        if not talk.done():
            return Ran(None, "", "")
        out, err = talk.result()
    finally:
        talk.cancel()
        _end(process)
        with contextlib.suppress(ProcessLookupError):
            await process.wait()
    return Ran(process.returncode, _text(out), _text(err))


def _end(process: asyncio.subprocess.Process) -> None:
    """The process and, where there are process groups, whatever it left running."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        elif process.returncode is None:
            process.kill()


def _text(data: bytes) -> str:
    return data[:MOST_OUTPUT].decode("utf-8", "replace")
