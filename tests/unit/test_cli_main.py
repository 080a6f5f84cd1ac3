"""The command line's edge: what help costs, how errors look, and the commands that need no model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import foretype.app
from foretype.cli.main import COMMANDS, cli
from foretype.config.keys import keys
from foretype.config.load import Resolved

HEAVY = {"asyncio", "httpx", "httpx2", "huggingface_hub", "llama_cpp", "lsprotocol", "msgspec", "numpy", "platformdirs"}
HEAVY |= {"psutil", "pygls", "rich", "tree_sitter"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="foretype")


def error(result: Result) -> str:
    """What a user sees of a mistake: exit 2, a few lines on stderr, no traceback, nothing on stdout."""
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) <= 6
    return result.stderr


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("foretype.config.load.user_file", lambda: tmp_path / "user" / "foretype.toml")


def test_help_imports_nothing_heavy() -> None:
    code = "import sys\nfrom foretype.cli.main import cli\ncli(['--help'], standalone_mode=False)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = done.stdout.splitlines()[-1].split()
    assert HEAVY.isdisjoint(modules)
    assert [name for name in modules if name.startswith("foretype.")] == [
        "foretype.cli",
        "foretype.errors",
        "foretype.cli.main",
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_takes_a_settings_file(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    if name not in ("models", "bench"):
        assert "--config FILE" in result.stdout


@pytest.mark.parametrize("name", ["list", "pull", "path", "verify", "remove"])
def test_every_models_command_takes_a_settings_file(name: str) -> None:
    assert "--config FILE" in run("models", name, "--help").stdout


def test_as_a_module_in_a_process_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "foretype", "config", "--config", str(tmp_path / "none.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == f"Error: There is no settings file {tmp_path / 'none.toml'}; check the path given with --config.\n"
    )


def test_unknown_commands_and_options() -> None:
    assert "No such command 'serv'" in error(run("serv"))
    assert "No such option" in error(run("serve", "--port", "3"))


def test_config_is_toml_that_sets_what_is_in_force(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        """
        model = "smollm2-135m"
        completion = { max_lines = 3, disabled_languages = ["go"] }
        local.unload_after_minutes = 1e3
        [endpoints.fast]
        kind = "openai-chat"
        url = "https://example.com/v1"
        key_command = ["pass", "show"]
        limits.tokens_per_day = 5
        [endpoints."at home"]
        kind = "ollama"
        url = "http://127.0.0.1:11434"
        [route]
        engines = ["fast", "local"]
        overrides = [{ engines = ["local"], paths = ["private/**"] }]
        [privacy]
        local_only = ["secret/**"]
        """
    )
    shown = run("config", "--describe", "--config", str(file)).stdout
    assert "max_lines = 3                            # file" in shown
    assert 'model = "smollm2-135m"                   # file' in shown
    assert 'popup = "auto"                           # default' in shown
    for key in keys().values():
        assert key.description in shown
    again = tmp_path / "again.toml"
    again.write_text(shown)
    before = json.loads(run("config", "--json", "--config", str(file)).stdout)["settings"]
    after = json.loads(run("config", "--json", "--config", str(again)).stdout)["settings"]
    assert {name: entry["value"] for name, entry in before.items()} == {
        name: entry["value"] for name, entry in after.items()
    }
    assert before["local.drafts"] == {"value": True, "from": "default"}


def test_config_says_where_the_users_file_would_lie(tmp_path: Path) -> None:
    shown = run("config").stdout
    assert shown.startswith(f"# {tmp_path / 'user' / 'foretype.toml'} (not there yet)")
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "foretype.toml").write_text("log_level = 'debug'\n")
    assert 'log_level = "debug"                      # file' in run("config").stdout


def test_a_mistake_in_the_settings_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[completion]\nmax_lines = 0\n")
    assert error(run("config", "--config", str(file))).splitlines() == [
        f"Error: completion.max_lines is 0 in {file}, but has to be a whole number from 1 to 100."
    ]


class Served:
    """What `run_server` was called with."""

    resolved: Resolved
    port: int | None = -1
    log_file: Path | None = None
    exit_code: int = 0


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    seen = Served()

    def note(resolved: Resolved, tcp_port: int | None, log_file: Path | None) -> int:
        seen.resolved, seen.port, seen.log_file = resolved, tcp_port, log_file
        return seen.exit_code

    monkeypatch.setattr(foretype.app, "run_server", note)
    return seen


def test_serve_speaks_over_stdio_with_the_users_settings(served: Served) -> None:
    assert run("serve").exit_code == 0
    assert (served.port, served.resolved.warning) == (None, "")
    assert run("serve", "--stdio", "--model", "qwen2.5-coder-0.5b").exit_code == 0
    assert served.resolved.settings.model == "qwen2.5-coder-0.5b"
    assert run("serve", "--tcp", "4000", "--log-file", "log.txt").exit_code == 0
    assert (served.port, served.log_file) == (4000, Path("log.txt"))
    served.exit_code = 1
    assert run("serve").exit_code == 1


def test_serve_makes_a_models_path_absolute(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("serve", "--model", "own.gguf")
    assert served.resolved.settings.model == str(tmp_path / "own.gguf")


def test_serve_goes_on_with_the_defaults_when_a_setting_is_wrong(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("model = 3\n")
    assert run("serve", "--config", str(file)).exit_code == 0
    assert served.resolved.warning.startswith("model is 3 in")
    assert served.resolved.settings.model == "smollm2-135m"


def test_serve_says_what_it_cannot_do(served: Served) -> None:
    assert "exclude each other" in error(run("serve", "--stdio", "--tcp", "1"))
    assert served.port == -1


def test_output_is_utf8_wherever_it_goes() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    code = "import click\nfrom foretype.cli import main\nmain.cli = lambda prog_name: click.echo('ä→𝒳')\nmain.main()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.decode("utf-8").strip() == "ä→𝒳"
