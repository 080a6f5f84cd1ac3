"""Make the virtual environment that the Makefile uses, and say what in it takes long.

    python3 scripts/environment.py DIRECTORY EXTRAS        e.g. scripts/environment.py .venv local,dev

Installs the checkout (editable) with EXTRAS into DIRECTORY, at the versions of requirements/lock.txt. A second run
with the same inputs returns at once. Needs nothing but the standard library of Python 3.10 or newer.
"""

from __future__ import annotations

import collections
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
INPUTS = ("pyproject.toml", "requirements/lock.txt", "scripts/environment.py")
OLDEST_PYTHON = (3, 10)
COMPILERS = ("c++", "g++", "clang++", "cl")
SECONDS_BETWEEN_REPORTS = 30.0
"""How often a line says that the installation is alive, where the output is not a terminal."""


def main(arguments: list[str]) -> None:
    """Bring the environment up to date, or leave with one sentence on what is wrong."""
    if len(arguments) != 2:
        sys.exit(__doc__)
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"Foretype needs Python {version_text(OLDEST_PYTHON)} or newer, and {sys.executable} is "
            f"{version_text(sys.version_info[:2])}. Name another: make PYTHON=python3.12 ..."
        )
    directory, extras = Path(arguments[0]), arguments[1].split(",")
    stamp = directory / f"installed-{'-'.join(extras)}"
    state = fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == state and python_of(directory).exists():
        return
    create(directory)
    install(directory, extras)
    for count in range(1, len(extras) + 1):  # what needs fewer extras is installed with it
        (directory / f"installed-{'-'.join(extras[:count])}").write_text(state, encoding="utf-8")


def version_text(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def fingerprint() -> str:
    """Return what an installation depends on: this Python's version and the inputs' content."""
    digest = hashlib.sha256(version_text(sys.version_info[:2]).encode())
    for name in INPUTS:
        digest.update((PROJECT / name).read_bytes())
    return digest.hexdigest()


def python_of(directory: Path) -> Path:
    return directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def create(directory: Path) -> None:
    """Create the environment, or replace one that is broken or of another Python version."""
    wanted = version_text(sys.version_info[:2])
    if python_of(directory).exists():
        probe = [str(python_of(directory)), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
        answer = subprocess.run(probe, capture_output=True, text=True, check=False)
        if answer.returncode == 0 and answer.stdout.strip() == wanted:
            return
    print(f"Creating {directory} with Python {wanted}.", flush=True)
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(directory)
    except subprocess.CalledProcessError:
        sys.exit("Python's venv module can't set up pip here. On Debian and Ubuntu: apt install python3-venv")


def install(directory: Path, extras: list[str]) -> None:
    """Run pip, show that it is alive, and keep its full output in the environment's install.log."""
    command = [str(python_of(directory)), "-m", "pip", "--disable-pip-version-check", "install", "--verbose"]
    command += ["--progress-bar", "off", "--constraint", str(PROJECT / "requirements/lock.txt")]
    command += ["--editable", f"{PROJECT}[{','.join(extras)}]"]
    log = directory / "install.log"
    progress = Progress()
    with log.open("w", encoding="utf-8") as kept:
        pip = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace"
        )
        assert pip.stdout is not None
        with progress:
            for line in pip.stdout:
                kept.write(line)
                progress.read(line)
        pip.wait()
    if pip.returncode != 0:
        sys.exit(failure(progress, log))
    print(f"Installed into {directory} in {progress.elapsed()}.", flush=True)


def failure(progress: Progress, log: Path) -> str:
    tail = "".join(progress.tail)
    reason = f"pip couldn't install Foretype. Its last lines are above, all of them in {log}."
    if progress.compiling and not any(shutil.which(name) for name in COMPILERS):
        reason = (
            "llama.cpp has to be compiled, and there is no C++ compiler. Debian and Ubuntu: apt install g++; "
            "macOS: xcode-select --install; Windows: the Build Tools for Visual Studio."
        )
    return f"{tail}\n{reason}"


class Progress:
    """Tells a person what pip is doing, from pip's own output."""

    def __init__(self) -> None:
        self.tail: collections.deque[str] = collections.deque(maxlen=30)
        self.compiling = False
        self._started = time.monotonic()
        self._doing = "looking for packages"
        self._terminal = sys.stdout.isatty()
        self._finished = threading.Event()
        self._reporter = threading.Thread(target=self._report, daemon=True)

    def __enter__(self) -> Progress:
        print("Installing Foretype and what it needs.", flush=True)
        self._reporter.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        self._reporter.join()
        if self._terminal:
            print("\r\033[K", end="", flush=True)

    def elapsed(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    def read(self, line: str) -> None:
        """Take one line of pip's output."""
        self.tail.append(line)
        if match := re.match(r"\s*Collecting (\S+)", line):
            self._doing = f"fetching {match[1]}"
        elif match := re.match(r"\s*\[ *(\d+)(?:/(\d+)|%)\]", line):
            of = f"file {match[1]} of {match[2]}" if match[2] else f"{match[1]} %"
            self._doing = f"compiling llama.cpp, {of}"
        elif re.match(r"\s*Building wheel for llama-cpp-python \(.*started", line):
            self._announce_compilation()
        elif line.startswith("Installing collected packages"):
            self._doing = "putting the packages in place"

    def _announce_compilation(self) -> None:
        self.compiling = True
        self._doing = "compiling llama.cpp"
        clear = "\r\033[K" if self._terminal else ""
        print(
            f"{clear}There is no ready-made wheel of llama-cpp-python for this machine on the package index, so\n"
            "llama.cpp is compiled now. That takes about 8 minutes on 2 cores and happens once: pip keeps the result\n"
            "in its own cache for later environments.",
            flush=True,
        )

    def _report(self) -> None:
        while not self._finished.wait(0.5 if self._terminal else SECONDS_BETWEEN_REPORTS):
            text = f"  {self.elapsed()}: {self._doing}"
            print(f"\r\033[K{text}" if self._terminal else text, end="" if self._terminal else "\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
