"""A folder that is full of traps: nothing in it runs because Foretype was started there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TRAPS = ("foretype", "llama_cpp", "msgspec", "numbers", "numpy", "pip", "psutil", "sitecustomize", "tree_sitter_python")


def test_files_of_the_current_folder_are_not_imported(smollm2: Path, models_folder: Path, tmp_path: Path) -> None:
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'a').write({name!r} + '\\n')")
    (tmp_path / "code.py").write_text("def add(a, b):\n    return ")
    program = Path(sys.executable).with_name("foretype.exe" if os.name == "nt" else "foretype")
    done = subprocess.run(
        [program, "complete", "code.py:2:12"],
        cwd=tmp_path,
        env=os.environ | {"FORETYPE_MODELS": str(models_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not (tmp_path / "sprung").exists(), (tmp_path / "sprung").read_text()
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
