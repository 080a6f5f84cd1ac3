"""``foretype complete``: where the place is, and what is printed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from foretype.cli.complete import Place, parse_place
from foretype.cli.main import cli
from foretype.complete.ledger import Ledger
from foretype.text.positions import Point

CODE = "def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return "


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["complete", *arguments], prog_name="foretype")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("foretype.config.load.user_file", lambda: tmp_path / "none.toml")


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_place_is_read_from_its_end(path: str, line: int, column: int) -> None:
    assert parse_place(f"{path}:{line}:{column}") == Place(Path(path), line, column)


@pytest.mark.parametrize("path", [r"C:\x.py", r"\\server\share\x.py", "a:3:4", "with space.py", "ä.py"])
def test_names_with_colons_blanks_and_drives(path: str) -> None:
    assert parse_place(f"{path}:3:4") == Place(Path(path), 3, 4)


@pytest.mark.parametrize(
    "text", ["x.py", "x.py:3", ":3:4", "x.py:a:4", "x.py:3:", "x.py:-1:4", "x.py:0:1", "x.py:1:0", "x.py:²:1"]
)
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        parse_place(text)
    assert text in caught.value.message
    result = run("--", text)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("{}:7:1", "has 6 lines, so line 7 is past its end."),
        ("{}:2:18", "Line 2 of {} has 16 characters, so column 18 is past its end (its last column is 17)."),
        ("{}.none:1:1", "can't be read"),
    ],
)
def test_places_past_the_end_are_a_sentence(tmp_path: Path, place: str, sentence: str) -> None:
    file = tmp_path / "code.py"
    file.write_text(CODE)
    result = run(place.format(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence.format(file) in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in run(f"{file}:1:1").stderr


def test_columns_count_characters_and_lines_end_as_in_lsp(tmp_path: Path) -> None:
    from foretype.cli.complete import request_at

    file = tmp_path / "code.ts"
    file.write_bytes("a = '\U0001f600\u2028\f'\r\nb\rc".encode())
    request = request_at(Place(file, 1, 9))
    assert request.snapshot.lines == ("a = '\U0001f600\u2028\f'\r\n", "b\r", "c")
    assert (request.cursor, request.snapshot.language) == (Point(0, 8), "typescript")
    assert request.explicit
    assert request_at(Place(file, 3, 2)).cursor == Point(2, 1)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("smollm2-135m", "`foretype models pull smollm2-135m`"),
        ("gpt", "There is no model called 'gpt'"),
        ("none.gguf", "There is no model file"),
    ],
)
def test_models_that_are_not_there_are_a_sentence(tmp_path: Path, model: str, sentence: str) -> None:
    file = tmp_path / "code.py"
    file.write_text(CODE)
    result = run(f"{file}:6:12", "--model", model)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) <= 3


def test_a_damaged_model_is_a_sentence(tmp_path: Path, smollm2: Path) -> None:
    file, damaged = tmp_path / "code.py", tmp_path / "damaged.gguf"
    file.write_text(CODE)
    with smollm2.open("rb") as whole:
        damaged.write_bytes(whole.read(1_000_000))
    result = run(f"{file}:6:12", "--model", str(damaged))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "damaged.gguf" in result.stderr
    assert len(result.stderr.splitlines()) <= 3


def test_a_real_suggestion_with_its_ledger(tmp_path: Path, smollm2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(smollm2.parent))
    file = tmp_path / "code.py"
    file.write_text(CODE)
    result = run(f"{file}:6:12", "--json")
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert list(answer) == ["text", "rejected", "engine", "ledger"]
    assert answer["text"].startswith("a - b")
    assert answer["rejected"] is None
    assert set(answer["ledger"]) == {field.name for field in dataclasses.fields(Ledger)}
    assert answer["ledger"]["decode_tokens"] > 0
    assert answer["ledger"]["total_ms"] > 0
