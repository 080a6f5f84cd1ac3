"""Where answers end while they stream in, and what of them may be shown before."""

from __future__ import annotations

import pytest

from foretype.complete.closing import closed
from foretype.complete.filters import Surroundings
from foretype.complete.stop import cut, partial
from foretype.syntax.intent import Intent
from foretype.syntax.languages import Languages

LANGUAGES = Languages()
LINE, BLOCK = Intent.LINE, Intent.BLOCK


def around(document: str, language: str = "python") -> Surroundings:
    before, after = document.split("$0")
    *above, line = before.split("\n")
    rest, *below = after.split("\n")
    return Surroundings(line, rest, tuple(above), tuple(below), LANGUAGES.spec(language))


@pytest.mark.parametrize(
    ("document", "text", "expected", "reason"),
    [
        ("x = $0", "1\ny = 2\n", "1", "line"),
        ("x = $0", "1\r\ny = 2\r\n", "1", "line"),
        ("x = $0", "\n", "\n", ""),
        ("x = 1$0", "\ny = 2", "", "the line is finished"),
        ("def f():\n    $0", "\n    return", "", "the line is finished"),
        ("def f(x):$0", "\n    return x\n", "\n    return x", "line"),
        ("f(a,$0", "\n  b)\n", "\n  b)", "line"),
        ("f(a,$0)", "\n  b", "", "the line is finished"),
        ("# a note,$0", "\nx = 1", "", "the line is finished"),
        ("x = $0", "f(a", "f(a", ""),
        ("x = $0", "f(a)<|endoftext|>y", "f(a)", "special token"),
        ("x = $0", "```python\nf(a)\ny = 1\n```", "f(a)", "line"),
        ("x = $0", "```pyth", "", ""),
        ("x = $0", "Here is the co", "", ""),
        ("x = $0", "Here is the code:\nf(a)\n", "f(a)", "line"),
        ("x = $0", "a\u202eb\n", "a\u202e", "invisible character"),
    ],
)
def test_line(document: str, text: str, expected: str, reason: str) -> None:
    found = cut(text, LINE, around(document), False, 10)
    assert (found.text, found.reason) == (expected, reason)
    assert found.complete == bool(reason)


PYTHON = "def f(xs):\n    total = 0\n    for x in xs:\n        $0\n"
JAVASCRIPT = "function f(xs) {\n  for (const x of xs) {\n    $0\n"


@pytest.mark.parametrize(
    ("language", "document", "text", "expected", "reason"),
    [
        # A line that repeats the next one.
        (
            "python",
            PYTHON + "    return total\n",
            "total += x\n    return total\n",
            "total += x",
            "next lines",
        ),
        ("python", PYTHON + "    return total\n", "total += x\n    retu", "total += x", "dedent"),
        ("python", PYTHON + "    return total\n", "total += x\n        retu", "total += x\n        retu", ""),
        # A line to the left of the block, where something goes on at its depth.
        ("python", PYTHON + "    print(total)\n", "total += x\n    r", "total += x", "dedent"),
        # Nothing goes on at the depth of the loop, so the function can.
        (
            "python",
            PYTHON + "\ndef g():\n    pass\n",
            "total += x\n    return total\n\n\n",
            "total += x\n    return total",
            "blank line",
        ),
        ("python", PYTHON, "total += x\n    return total\n\ndef g", "total += x\n    return total", "blank line"),
        # A body after its header.
        (
            "python",
            "def f(x):$0\n\nf(1)",
            '\n    """Adds one."""\n    return x + 1\n\nf(1)\n',
            '\n    """Adds one."""\n    return x + 1',
            "blank line",
        ),
        # What belongs to a statement over several lines is not left of the block.
        (
            "python",
            "def f():\n    $0\n\nx = 1",
            "return g(\n        1,\n    )\n\nx",
            "return g(\n        1,\n    )",
            "blank line",
        ),
        # Braces: the block's own are below, so the answer may not close them.
        ("javascript", JAVASCRIPT + "  }\n}\n", "total += x;\n  }\n", "total += x;", "next lines"),
        # They are missing: it closes them, and ends there.
        (
            "javascript",
            JAVASCRIPT,
            "total += x;\n  }\n  return total;\n}\n",
            "total += x;\n  }\n  return total;\n}",
            "closed",
        ),
        # One is missing: it goes on to the lines below.
        (
            "javascript",
            JAVASCRIPT + "}\n",
            "total += x;\n  }\n  return total;\n}\n",
            "total += x;\n  }\n  return total;",
            "next lines",
        ),
        # Closed, and opened again.
        (
            "javascript",
            "function f(x) {\n  if (x) {\n    $0\n    return 2;\n  }\n}\n",
            "return 1;\n  }\n  if (y) {\n    return 2;\n",
            "return 1;\n  }\n  if (y) {",
            "next lines",
        ),
        ("javascript", "if (x) {\n  $0\n}\n", "a();\n} else {\n  b();\n}\n", "a();\n} else {\n  b();", "next lines"),
        # Closed for good: two lines later it is certain.
        (
            "javascript",
            "if (x) {\n  $0\n  last();\n}\n",
            "a();\n}\n\nb();\nc();\n",
            "a();",
            "closed",
        ),
        # Closed at the left margin: what opens again after that is something new.
        (
            "c",
            "int f(int x) {\n    $0\n    return x;\n}\n",
            "x++;\n    return x + 1;\n}\nint main() {\n    f(1);\n",
            "x++;\n    return x + 1;",
            "closed",
        ),
        (
            "c",
            "if (x) {\n    $0\n    last();\n}\n",
            "a();\n}\nelse {\n    b();\n    last();\n",
            "a();\n}\nelse {\n    b();",
            "next lines",
        ),
        # The rest of the cursor's line closes the call.
        ("javascript", "run($0);\n", "() => {\n  stop();\n});\nmore();\n", "() => {\n  stop();\n});\n", "closed"),
        # Words that close.
        ("ruby", "def f\n  if x\n    $0\n  end\nend\n", "run\n  end\nend\n", "run", "next lines"),
        ("ruby", "def f\n  if x\n    $0\nend\n", "run\n  end\nend\n", "run\n  end", "next lines"),
        # Repetition, blank lines, the limit.
        ("python", "def f():\n    $0", "one(1)\n    two()\n    one(1)\n    two()\n", "one(1)\n    two()", "repetition"),
        ("python", "$0", "import os\n\n\nimport sys", "import os", "blank line"),
        ("python", "$0", "def f():\n    return 1\n\ndef g", "def f():\n    return 1", "blank line"),
        ("python", "$0", "import os\n\nimport sys\n", "import os\n\nimport sys\n", ""),
        ("python", "$0", "a = 1\nb = 2\nc = 3\nd = 4\ne", "a = 1\nb = 2\nc = 3\nd = 4", "limit"),
        ("python", "def f():\n    $0", "return 1\n```\nThis returns", "return 1", "code fence"),
    ],
)
def test_block(language: str, document: str, text: str, expected: str, reason: str) -> None:
    surroundings = around(document, language)
    found = cut(text, BLOCK, surroundings, False, 4)
    assert (found.text, found.reason) == (expected, reason)
    assert found.complete == bool(reason)
    if reason:
        ends = [end for end in range(len(text)) if cut(text[:end], BLOCK, surroundings, False, 4).complete]
        assert all(cut(text[:end], BLOCK, surroundings, False, 4).text == expected for end in ends)


def test_the_end_of_the_stream_completes() -> None:
    surroundings = around("def f():\n    $0")
    assert cut("return f(a", LINE, surroundings, True, 4).text == "return f(a"
    assert cut("a = 1\n    return a", BLOCK, surroundings, True, 4).complete


def test_a_stream_that_was_cut_off_loses_what_is_unfinished() -> None:
    surroundings = around("def f():\n    $0")
    assert cut("return compu", LINE, surroundings, True, 4, truncated=True).text == "return"
    assert cut("return f(a);\nb", LINE, surroundings, True, 4, truncated=True).text == "return f(a);"
    assert cut("a = 1\n    retu", BLOCK, surroundings, True, 4, truncated=True).text == "a = 1"


@pytest.mark.parametrize(
    ("language", "document", "text", "expected"),
    [
        ("javascript", "if (a) {\n  $0\n}\n", "a();\n  if (x) {\n    b();", "a();\n  if (x) {\n    b();\n  }"),
        ("javascript", "$0\n", "f(() => {\n  b();\n", "f(() => {\n  b();\n})"),
        ("javascript", "$0\n", "if (x) {\n  f(\n    a,", "if (x) {\n  f(\n    a,\n  )\n}"),
        ("javascript", "$0\n  b();\n}\n", "if (x) {", "if (x) {"),
        ("javascript", "if (a) {\n  $0\n}\n", "a();\n  b();", "a();\n  b();"),
        ("javascript", "$0\n", "if (x) {\n  /* {", "if (x) {\n  /* {"),
        ("python", "$0\n", "x = f(\n    a,", "x = f(\n    a,\n)"),
        ("python", "$0\n", "if x:\n    a()", "if x:\n    a()"),
        ("markdown", "$0\n", "a (b", "a (b"),
    ],
)
def test_what_was_cut_off_is_closed(language: str, document: str, text: str, expected: str) -> None:
    assert closed(text, around(document, language)) == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("return valu", "return"),
        ("return value", "return"),
        ("return value ", "return value"),
        ("self.count(", "self.count("),
        ("x = 3.1", None),
        ("total = 3.14", "total ="),
        ("total = 3.", "total ="),
        ("a b", None),
        ("    x", None),
        ("foo(a)\n    ", "foo(a)\n"),
        ("foo(a)\n    bar", "foo(a)\n"),
        ("$value->na", "$value->"),
        ("caf\u00e9(1) + x\ud83d", "caf\u00e9(1) +"),
    ],
)
def test_partial(text: str, part: str | None) -> None:
    assert partial(text) == part
