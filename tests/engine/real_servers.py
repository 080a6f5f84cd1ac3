"""Real servers of real models on loopback: llama.cpp's llama-server, and llama-cpp-python's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

START_SECONDS = 120


@contextmanager
def llama_server(model: Path, log: Path, *arguments: str) -> Iterator[str]:
    """Runs llama-server; gives its URL. Skips the test where there is no llama-server."""
    program = os.environ.get("FORETYPE_TEST_LLAMA_SERVER")
    if not program:
        pytest.skip("no llama-server: set FORETYPE_TEST_LLAMA_SERVER, see CONTRIBUTING.md")
    port = free_port()
    # One slot: of several it takes another while the last answer isn't quite put away, which has not read the prompt.
    options = ["--host", "127.0.0.1", "--port", str(port), "-c", "4096", "-np", "1", *arguments]
    with _running([program, "-m", str(model), *options], f"http://127.0.0.1:{port}", "/health", log) as url:
        yield url


@contextmanager
def llama_cpp_server(model: Path, log: Path) -> Iterator[str]:
    """Runs llama-cpp-python's server; gives its URL."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--model", str(model), "--n_ctx", "2048"]
    command = [sys.executable, "-m", "llama_cpp.server", *options]
    with _running(command, f"http://127.0.0.1:{port}", "/v1/models", log) as url:
        yield url


@contextmanager
def _running(command: list[str], url: str, path: str, log: Path) -> Iterator[str]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(url + path):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
