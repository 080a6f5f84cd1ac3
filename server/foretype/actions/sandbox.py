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


_READ_ONLY = """
mount --bind "$1" "$1" || exit 125
base=$1
shift
while read -r _ place _; do
  case "$place" in "$base" | /proc* | /dev* | /sys*) ;; *) mount -o remount,bind,ro "$place" 2>/dev/null ;; esac
done </proc/self/mounts
exec "$@"
"""
"""A shell script, run in a mount namespace: all is read-only but the folder that is its first argument."""

_SHARED_NOTHING = ("--user", "--map-root-user", "--net", "--mount", "--", "sh", "-c", _READ_ONLY, "sh")
_NO_NETWORK = ("--user", "--map-current-user", "--net", "--")


@cache
def isolation() -> tuple[str, str]:
    """What the system has to keep programs in, the strongest, and its path.

    ``bwrap`` or ``unshare`` keep them off the network and from writing elsewhere, ``network`` off the network alone.
    """
    import subprocess
    import tempfile

    bwrap, unshare = (shutil.which(name) if sys.platform == "linux" else None for name in ("bwrap", "unshare"))
    with tempfile.TemporaryDirectory() as folder:
        outside = ("sh", "-c", '[ ! -w "$HOME" ]')
        probes = (
            ("bwrap", bwrap, ("--ro-bind", "/", "/", "--unshare-net", "--unshare-user", *outside)),
            ("unshare", unshare, (*_SHARED_NOTHING, folder, *outside)),
            ("network", unshare, (*_NO_NETWORK, "true")),
        )
        for name, path, arguments in probes:
            if path is not None:
                with contextlib.suppress(OSError, subprocess.SubprocessError):
                    done = subprocess.run([path, *arguments], capture_output=True, timeout=5, check=False)
                    if done.returncode == 0:
                        return name, path
    return "", ""


def walls(folder: Path) -> Walls:
    """The strongest walls there are, around a program that may write in ``folder`` alone."""
    name, path = isolation()
    if name == "bwrap":
        bound = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", str(folder), str(folder)]
        return Walls((path, *bound, "--unshare-all", "--die-with-parent", "--new-session", "--"), "")
    if name == "unshare":
        return Walls((path, *_SHARED_NOTHING, str(folder)), "")
    if name == "network":
        return Walls((path, *_NO_NETWORK), "not kept from writing elsewhere")
    return Walls((), "kept off neither the network nor other files")


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
