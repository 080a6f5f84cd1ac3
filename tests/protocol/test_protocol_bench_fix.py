"""``foretype bench fix`` in its linter mode: through a real server, judged by ruff."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from foretype.bench import fix_lints

SERVER = Path(__file__).parent / "actions_server.py"
CODE = """\
import os


def first(names):
    try:
        return names[0]
    except Exception:
        pass


def second(a, b):
    if a:
        # both
        if b:
            print(os.name)


def third(names):
    for i, l in enumerate(names):
        print(names)
"""

pytestmark = pytest.mark.skipif(not shutil.which("ruff", path=str(Path(sys.executable).parent)), reason="needs ruff")


async def judged(folder: Path, answers: list[str], select: str) -> list[fix_lints.LintVerdict]:
    file = folder / "answers.json"
    file.write_text(json.dumps(answers))
    serve = [sys.executable, str(SERVER), json.dumps({"answers": str(file)})]
    lints = fix_lints.find_lints(folder, select, 50)
    told: list[fix_lints.LintVerdict] = []
    verdicts = await fix_lints.fix_lints(lints, serve, select, 60.0, 1, told.append)
    assert told == verdicts
    return verdicts


async def test_findings_with_a_repair_are_gone_and_only_their_nodes_and_imports_change(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(CODE)
    verdicts = await judged(tmp_path, ["x\n```"], "S110,SIM102,E741")
    assert sorted(each.code for each in verdicts) == ["E741", "S110", "SIM102"]
    assert all(each.right and each.answers == 0 for each in verdicts)
    figures = fix_lints.summary(verdicts)
    assert figures["fixed_share"] == figures["gone_share"] == 1.0
    assert figures["untouched_bytes_changed"] == figures["new_findings"] == figures["proved_wrong"] == 0
    assert dict(fix_lints.rows(figures))["gone"] == "100%"


async def test_what_the_model_makes_is_counted_as_ruff_sees_it(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(
        "def f(x):\n    try:\n        return x.size()\n    except Exception:\n        return 0\n"
    )
    right = await judged(tmp_path, ["    except ValueError:\n        return 0\n```"], "BLE001")
    assert [each.right for each in right] == [True]
    wrong = await judged(tmp_path, ["    except Exception as e:\n        return 0\n```"], "BLE001")
    assert [(each.right, each.standing) for each in wrong] == [(False, "failed")]
