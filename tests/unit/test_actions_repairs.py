"""Repairs without a model: what each makes of code, that it means the same, and where it keeps its hands off."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foretype.actions.catalog import Diagnostic
from foretype.actions.programs import Grounds
from foretype.actions.prove import Prover
from foretype.actions.repairing import made_for, repaired
from foretype.actions.repairs.importing import library_import, with_import
from foretype.actions.repairs.source import Source, applied
from foretype.actions.target import Finder
from foretype.actions.verdict import Standing
from foretype.config.actions import Actions
from foretype.syntax.languages import Languages
from foretype.syntax.queries import Queries
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.text.positions import Point

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent))


def snapshot_of(text: str) -> Snapshot:
    return Snapshot("file:///code.py", 1, "python", tuple(split_lines(text)))


def diagnostic(text: str, code: str, message: str = "") -> tuple[Snapshot, Diagnostic]:
    """A document and a finding in it, whose place is between ``«`` and ``»``."""
    first, inside, rest = text.replace("»", "«").split("«")
    lines = split_lines(first)
    start = Point(len(lines) - 1, len(lines[-1]))
    lines = split_lines(first + inside)
    end = Point(len(lines) - 1, len(lines[-1]))
    return snapshot_of(first + inside + rest), Diagnostic("Ruff", code, message, start, end)


def repairs_of(text: str, code: str, message: str = "") -> list[str]:
    return [made.text for made in made_for(*diagnostic(text, code, message))]


CASES = {
    "B904: the name that the handler has": (
        "B904",
        "try:\n    f()\nexcept OSError as e:\n    «raise Bad(1)»\n",
        "try:\n    f()\nexcept OSError as e:\n    raise Bad(1) from e\n",
    ),
    "B904: a name for a handler without": (
        "B904",
        "try:\n    f()\nexcept (OSError, KeyError):\n    «raise Bad»\n",
        "try:\n    f()\nexcept (OSError, KeyError) as error:\n    raise Bad from error\n",
    ),
    "SIM102: comments and strings stay what they are": (
        "SIM102",
        "«if a or b:  # why\n    # more\n    if c:»\n        s = '''\n        kept'''\n        f(s)\ng()\n",
        "if (a or b) and c:\n    # why\n    # more\n    s = '''\n        kept'''\n    f(s)\ng()\n",
    ),
    "SIM102: a comment in a condition": (
        "SIM102",
        "«if (\n    a  # why\n    or b\n):\n    if c:»\n        f()\n",
        "if (\n    (a  # why\n    or b)\n    and c\n):\n    f()\n",
    ),
    "SIM102: an elif": (
        "SIM102",
        "if z:\n    f()\n«elif a:\n    if b:»\n        g()\n",
        "if z:\n    f()\nelif a and b:\n    g()\n",
    ),
    "SIM117: in one line": (
        "SIM117",
        "«with a as x:\n    with b:»\n        f(x)\n",
        "with a as x, b:\n    f(x)\n",
    ),
    "S110: what it did not tell is suppressed": (
        "S110",
        "import os\n\ntry:\n    os.remove(p)\n«except Exception:\n    pass»  # gone already\nf()\n",
        "import contextlib\nimport os\n\n# gone already\nwith contextlib.suppress(Exception):\n    os.remove(p)\nf()\n",
    ),
    "E722: everything, said so": (
        "E722",
        "try:\n    f()\n«except»:\n    g()\n",
        "try:\n    f()\nexcept BaseException:\n    g()\n",
    ),
    "BLE001: what can happen there": (
        "BLE001",
        "try:\n    n = int(x) // y\nexcept «Exception»:\n    n = 0\n",
        "try:\n    n = int(x) // y\nexcept (TypeError, ValueError, ZeroDivisionError):\n    n = 0\n",
    ),
    "BLE001: what comes of it": (
        "BLE001",
        "try:\n    f()\nexcept «Exception»:\n    raise Bad(1)\n",
        "try:\n    f()\nexcept Exception as error:\n    raise Bad(1) from error\n",
    ),
    "E501: a comment": (
        "E501",
        "def f():\n    # «" + "word " * 20 + "end»\n    pass\n",
        "def f():\n    # " + " ".join(["word"] * 16) + "\n    # word word word word end\n    pass\n",
        "Line too long (109 > 88)",
    ),
    "E501: a comment after tabs": (
        "E501",
        "def f():\n\tif a:\n\t\t# «" + "word " * 16 + "end»\n\t\tpass\n",
        "def f():\n\tif a:\n\t\t# " + " ".join(["word"] * 15) + "\n\t\t# word end\n\t\tpass\n",
        "Line too long (93 > 88)",
    ),
    "E501: a comment after code": (
        "E501",
        "x = 1  # «" + "word " * 17 + "»\n",
        "# " + " ".join(["word"] * 17) + "\nx = 1\n",
        "Line too long (92 > 88)",
    ),
    "E501: documentation": (
        "E501",
        'def f():\n    """Doc.\n\n    «' + "word " * 19 + 'end»\n    """\n',
        'def f():\n    """Doc.\n\n    ' + " ".join(["word"] * 17) + '\n    word word end\n    """\n',
        "Line too long (102 > 88)",
    ),
    "E501: code": (
        "E501",
        "x = 1\ny = f(«" + "a + " * 22 + "b»)  # c\nz  =  2\n",
        "x = 1\ny = f(\n    a\n" + "    + a\n" * 21 + "    + b\n)  # c\nz  =  2\n",
        "Line too long (102 > 88)",
    ),
    "E701: the body on its own line": ("E701", "if a«:» b()\n", "if a:\n    b()\n"),
    "E702: in a block of one line": ("E702", "if a: b()«;» c()\nd()\n", "if a:\n    b()\n    c()\nd()\n"),
    "E702: two lines": ("E702", "def f():\n  a() «;» b()\n", "def f():\n  a()\n  b()\n"),
    "PERF401: with a condition": (
        "PERF401",
        "def f(y):\n  z = []\n  for x in y:\n    # large\n    if x > 1:\n      «z.append(x * 2)»\n  return z\n",
        "def f(y):\n  z = []\n  # large\n  z.extend(x * 2 for x in y if x > 1)\n  return z\n",
    ),
    "PERF402: as it is": (
        "PERF402",
        "def f(y):\n    z = []\n    for x in y:\n        «z.append(x)»\n    return z\n",
        "def f(y):\n    z = []\n    z.extend(y)\n    return z\n",
    ),
    "PLC0206: its items": (
        "PLC0206",
        "d = {}\nfor «k» in d:\n    print(k, d[k])\n",
        "d = {}\nfor k, value in d.items():\n    print(k, value)\n",
    ),
    "SIM115: up to where it is closed": (
        "SIM115",
        "def f(p):\n    h = «open(p)»\n    t = h.read()\n    h.close()\n    return t\n",
        "def f(p):\n    with open(p) as h:\n        t = h.read()\n    return t\n",
    ),
    "SIM115: closed at last": (
        "SIM115",
        "h = «open(p)»\ntry:\n    t = h.read()\nfinally:\n    h.close()\n",
        "with open(p) as h:\n    t = h.read()\n",
    ),
    "SIM115: read where it is opened": (
        "SIM115",
        "x = «open(p)».read()\n",
        "with open(p) as file:\n    x = file.read()\n",
    ),
    "SIM103: the comment stays": (
        "SIM103",
        "def f(a, b):\n    «if a != b:\n        # other\n        return False\n    return True»\n",
        "def f(a, b):\n    # other\n    return a == b\n",
    ),
    "B018: the value is still computed": ("B018", "«a.b»\n", "_ = a.b\n"),
    "B023: bound now": ("B023", "for x in y:\n    f(lambda: «x»)\n", "for x in y:\n    f(lambda x=x: x)\n"),
    "B008: made in each call": (
        "B008",
        'def f(a, b: X = «g()»):\n    """Doc."""\n    return b\n',
        'def f(a, b: X | None = None):\n    """Doc."""\n    if b is None:\n        b = g()\n    return b\n',
    ),
    "PLW0602: read only": (
        "PLW0602",
        "b = 1\ndef f():\n    global a, «b»\n    a = b\n",
        "b = 1\ndef f():\n    global a\n    a = b\n",
        "Using global for `b` but no assignment is done",
    ),
    "RUF012: the class's own": (
        "RUF012",
        "from typing import Any\n\nclass A:\n    x = «[]»\n",
        "from typing import Any, ClassVar\n\nclass A:\n    x: ClassVar = []\n",
    ),
    "E741: in its comprehension alone": (
        "E741",
        "l = 1\nx = [l for «l» in lines]\n",
        "l = 1\nx = [line for line in lines]\n",
    ),
    "PLW0642: a variable of its own": (
        "PLW0642",
        "class A:\n    def f(self):\n        «self» = self.g()\n        return self\n",
        "class A:\n    def f(self):\n        this = self\n        this = this.g()\n        return this\n",
    ),
    "PLW2901: the loop's has a name of its own": (
        "PLW2901",
        "for a in b:\n    «a» = a.strip()\n    f(a)\n",
        "for raw_a in b:\n    a = raw_a.strip()\n    f(a)\n",
    ),
    "PLR2004: a name for the number": (
        "PLR2004",
        "def f(a):\n    if len(a) > «5»:\n        return\n",
        "def f(a):\n    a_limit = 5\n    if len(a) > a_limit:\n        return\n",
    ),
    "TRY300: what can't fail comes after": (
        "TRY300",
        "def f():\n    try:\n        a = g()\n        «return a»\n    except OSError:\n        return None\n",
        "def f():\n    try:\n        a = g()\n    except OSError:\n        return None\n    else:\n        return a\n",
    ),
    "S101: raised": ("S101", "«assert not a, 'no'»\n", "if a:\n    raise AssertionError('no')\n"),
    "E721: the same type": ("E721", "if «type(a) == type(b)»:\n    pass\n", "if type(a) is type(b):\n    pass\n"),
    "F821: a module": ("F821", "import sys\n\n«os».remove(sys)\n", "import os\nimport sys\n\nos.remove(sys)\n"),
    "UP035: the builtin by its old name": (
        "UP035",
        "«from typing import Any, List, cast»  # all\n\nx: List[Any] = cast(1, 2)\n",
        "from typing import Any, cast  # all\n\nList = list\n\nx: List[Any] = cast(1, 2)\n",
        "`typing.List` is deprecated, use `list` instead",
    ),
    "UP035: nothing else imported": (
        "UP035",
        "«from typing import Dict»\n\nx: Dict = {}\n",
        "Dict = dict\n\nx: Dict = {}\n",
        "`typing.Dict` is deprecated, use `dict` instead",
    ),
    "UP007: a bar": (
        "UP007",
        "import typing as t\n\nx = «t.Union[int, str]»\n",
        "import typing as t\n\nx = int | str\n",
    ),
    "PYI063: a slash": ("PYI063", "def f(«__a», b=1):\n    pass\n", "def f(__a, /, b=1):\n    pass\n"),
    "G201: what it is for": (
        "G201",
        "import logging\n\ntry:\n    f()\nexcept OSError:\n    logging.«error»('a %s', 1, exc_info=True)\n",
        "import logging\n\ntry:\n    f()\nexcept OSError:\n    logging.exception('a %s', 1)\n",
    ),
    "F821: of Python 2": ("F821", "x = «unicode»(1)\n", "x = str(1)\n"),
    "F821: a slip": ("F821", "def f(number):\n    return «nubmer»\n", "def f(number):\n    return number\n"),
    "F401: handed on": ("F401", "from a import «b»\n", "from a import b as b\n"),
    "UP031: an f-string": ("UP031", "x = «'%s: %5.1f%%' % (a, b)»\n", "x = f'{a}: {b:5.1f}%'\n"),
    "UP031: quotes inside": ("UP031", "x = «\"%s\" % a[\"b\"]»\n", "x = f\"{a['b']}\"\n"),
    "UP031: a mapping": ("UP031", "x = «'%(a)s' % b»\n", "x = '{a}'.format(**b)\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", [each for each in CASES if each != "E501: code"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_repair_makes_of_code(name: str, ending: str) -> None:
    code, before, after, *message = CASES[name]
    found = repairs_of(before.replace("\n", ending), code, *message)
    assert found and found[0] == after.replace("\n", ending)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("SIM102", "«if a:\n    if b:»\n        f()\n    else:\n        g()\n"),
        ("SIM102", "«if a:\n    if b:»\n        f()\nelse:\n    g()\n"),
        ("S110", "try:\n    f()\n«except OSError:\n    pass»\nelse:\n    g()\n"),
        ("SIM115", "def f(p):\n    h = «open(p)»\n    return h\n"),
        ("SIM115", "def f(self, p):\n    h = «open(p)»\n    self.h = h\n    h.read()\n"),
        ("SIM115", "def f(p):\n    h = «open(p)»\n    return csv.reader(h)\n"),
        ("SIM115", "def f(p):\n    h = «open(p)»\n    a = (x for x in h)\n    return a\n"),
        ("SIM115", "def f(self, p):\n    h = «open(p)»\n    self.next = h.readline\n"),
        ("UP031", "x = «'%(a)s %(a)s' % {'a': f()}»\n"),
        ("UP031", "x = «'%(a)s' % {'a': b, 'c': f()}»\n"),
        ("PLW0642", "class A(B):\n    def f(self):\n        «self» = super().g()\n"),
        ("PLW0642", "class A:\n    def f(self):\n        «self» = None\n"),
        ("E741", "«l» = 1\nprint(l)\ndef f():\n    return l\n"),
        ("E741", "def f():\n    «l» = 1\n    return locals()\n"),
        ("N806", "def f():\n    global Ab\n    «Ab» = 1\n"),
        ("TRY300", "try:\n    a = g()\n    «return a()»\nexcept OSError:\n    pass\n"),
        ("PERF401", "for x in y:\n    «z.append(len(z))»\n"),
        ("PERF401", "for x in y:\n    «z.append(x)»\nprint(x)\n"),
        ("PLC0206", "for «k» in d:\n    d[k] = d[k] + 1\n"),
        ("BLE001", "try:\n    n = g(x)\nexcept «Exception»:\n    n = 0\n"),
        ("UP031", "x = «'%*d' % (a, b)»\n"),
        ("UP031", "x = «'%s %s' % (a,)»\n"),
        ("UP031", "x = «b'%s' % a»\n"),
        ("F821", "def f(colour):\n    «color»()\n    color()\n"),
        ("X999", "«x»\n"),
        ("B904", "def broken(:\n    «raise»\n"),
    ],
)
def test_a_repair_keeps_its_hands_off(code: str, text: str) -> None:
    assert repairs_of(text, code) == []


PIECES = st.sampled_from(
    ["%s", "%r", "%a", "%d", "%5d", "%-5d", "%05d", "%+d", "% d", "%x", "%#x", "%o", "%8s", "%-8s", "%.2s", "%8r",
     "%f", "%.2f", "%8.3f", "%e", "%g", "%%", "{", "}", "{}", "x", " ", "é", "\\n", "\\x41"]
)  # fmt: skip
VALUES = st.one_of(st.integers(-(10**6), 10**6), st.booleans())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=8), st.lists(VALUES, min_size=8, max_size=8), st.sampled_from("'\""), st.booleans())
def test_a_string_says_the_same_when_it_is_written_otherwise(
    pieces: list[str], values: list[object], quote: str, lone: bool
) -> None:
    count = sum(piece.startswith("%") and piece != "%%" for piece in pieces)
    names = [f"v{number}" for number in range(count)]
    right = names[0] if lone and count == 1 else f"({', '.join(names)}{',' * (count > 0)})"
    before = f"{quote}{''.join(pieces)}{quote} % {right}"
    scope = dict(zip(names, values, strict=False))
    expected = eval(before, {}, dict(scope))
    for text in repairs_of(f"«{before}»\n", "UP031"):
        assert eval(text, {}, dict(scope)) == expected


def test_conditions_that_are_joined_may_be_returned() -> None:
    text = "def f(a, b):\n    # why\n    «if a:\n        if b:»\n            return False\n    return True\n"
    assert repairs_of(text, "SIM102")[1] == "def f(a, b):\n    # why\n    return not (a and b)\n"


def test_what_a_repair_takes_for_granted_is_said() -> None:
    [first, *_] = made_for(*diagnostic("x = «'%d' % n»\n", "UP031"))
    assert "`n` is no tuple" in first.taken and "`n` is a whole number" in first.taken


@pytest.mark.parametrize(
    ("text", "line", "after"),
    [
        ("", "import os", "import os\n\n\n"),
        ('"""Doc."""\nx = 1\n', "import os", '"""Doc."""\nimport os\n\n\nx = 1\n'),
        ("import abc\nimport re\n", "import os", "import abc\nimport os\nimport re\n"),
        ("import abc\n\nimport zope\n", "from re import I", "import abc\nfrom re import I\n\nimport zope\n"),
        ("from typing import Any, cast\n", "from typing import Final", "from typing import Any, Final, cast\n"),
        ("import zope\n", "import os", "import os\n\nimport zope\n"),
        ("from __future__ import annotations\n", "import os", "from __future__ import annotations\n\nimport os\n"),
    ],
)  # fmt: skip
def test_an_import_goes_where_sorters_want_it(text: str, line: str, after: str) -> None:
    change = with_import(Source(text), line)
    assert change is not None and applied(text, (change,)) == after
    assert with_import(Source(after), line) is None


def test_names_of_the_standard_library() -> None:
    assert library_import("Path") == "from pathlib import Path"
    assert library_import("json") == "import json"
    assert library_import("frobnicate") == ""


def said_by_ruff(file: Path) -> str:
    command = [str(RUFF), "check", "--no-cache", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.skipif(RUFF is None, reason="needs ruff")
@pytest.mark.parametrize("name", [each for each in CASES if not each.startswith(("F821: a slip", "F401"))])
async def test_a_repair_is_proved_by_the_checker_itself(name: str, tmp_path: Path) -> None:
    """Each rule's code is what ruff calls it: ruff reports it, and no longer does after the repair."""
    code, text, after, *message = CASES[name]
    file = tmp_path / "code.py"
    snapshot, found = diagnostic(text, code, *message)
    file.write_text(snapshot.text)
    (tmp_path / "ruff.toml").write_text(f'lint.select = ["{code}"]\n')
    assert code in await asyncio.to_thread(said_by_ruff, file)
    grounds = Grounds(Actions(), True, tmp_path, file)
    languages = Languages()
    target = Finder(languages, Queries(languages), snapshot).lines(found.start, found.end)
    prover = Prover(languages, grounds, snapshot, target, [("Ruff", found.finding)], time.monotonic() + 60)
    try:
        await prover.prepare()
        judged = await repaired(snapshot, found, prover)
    finally:
        prover.programs.close()
    assert judged is not None
    assert f"ruff {code} gone" in judged.verdict.facts
    if judged.verdict.standing is not Standing.PROVED:
        assert any(each.startswith("if ") for each in judged.verdict.lacking)
    assert judged.candidate.code in after
