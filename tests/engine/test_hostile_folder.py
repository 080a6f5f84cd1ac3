"""A folder that is full of traps: nothing in it runs because Foretype was started there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

TRAPS = ("foretype", "llama_cpp", "msgspec", "numbers", "numpy", "pip", "psutil", "sitecustomize", "tree_sitter_python")
PROGRAM = str(Path(sys.executable).with_name("foretype.exe" if os.name == "nt" else "foretype"))


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    """The file that the traps write into, beside them."""
    file = tmp_path / "sprung"
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(f"open({str(file)!r}, 'a').write({name!r} + '\\n')")
    return file


def test_completing_imports_nothing_of_the_current_folder(
    place: str, environment: dict[str, str], sprung: Path
) -> None:
    command = [PROGRAM, "complete", place]
    done = subprocess.run(command, cwd=sprung.parent, env=environment, capture_output=True, text=True, check=False)
    assert not sprung.exists(), sprung.read_text()
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


async def test_serving_imports_nothing_of_the_workspace(
    place: str,
    environment: dict[str, str],
    sprung: Path,
    type_in_editor: Callable[[list[str], dict[str, str], str], Awaitable[list[str]]],
) -> None:
    answers = await type_in_editor([PROGRAM, "serve"], environment, place)
    assert await asyncio.to_thread(sprung.exists) is False
    assert any(answers)
