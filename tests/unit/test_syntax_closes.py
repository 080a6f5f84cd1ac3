"""Errors that a candidate adds, and where generated text closes its block."""

from __future__ import annotations

import pytest

from foretype.syntax.closes import adds_error, block_end, parse_errors
from foretype.syntax.languages import Languages

LANGUAGES = Languages()


def around(marked: str) -> tuple[list[str], str, list[str]]:
    """``before⟦inserted⟧after`` as the functions take it."""
    before, rest = marked.split("⟦")
    inserted, after = rest.split("⟧")
    return before.splitlines(keepends=True) or [""], inserted, after.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("language", "marked", "errors"),
    [
        ("python", "def f(a):\n    return ⟦a + 1⟧\n", 0),
        ("python", "def f(a):\n    return ⟦a +⟧\n", 1),
        ("python", "x = foo(⟦a, b)⟧\n", 0),
        ("python", "x = foo(⟦a, b))⟧\n", 1),
        ("go", "package a\n\nfunc f() {\n\tx := ⟦g(1)⟧\n}\n", 0),
        ("java", "class A {\n    int f() {\n        return ⟦1⟧\n    }\n}\n", 1),
        ("cobol", "⟦((((⟧", 0),
    ],
)
def test_errors_are_counted(language: str, marked: str, errors: int) -> None:
    assert parse_errors(LANGUAGES, language, *around(marked)) == errors


@pytest.mark.parametrize(
    ("language", "marked", "adds"),
    [
        ("python", "def f(a):\n    return ⟦a + 1⟧\n", False),
        ("python", "def f(a):\n    return ⟦a + 1)⟧\n", True),
        ("python", "def f(a):\n    ⟦for x in a:⟧\n    return x\n", False),
        ("python", "x = foo(⟦a, [b⟧\n", False),
        ("python", "x = = ⟦1⟧\n", False),
        ("python", "x = = 1\ny = ⟦2⟧\n", False),
        ("javascript", "function f() {\n  ⟦if (x) {⟧\n}\n", False),
        ("javascript", "function f() {\n  ⟦if (x)) {⟧\n}\n", True),
        ("rust", "fn f() {\n    let x = ⟦vec![1, 2];⟧\n}\n", False),
        ("rust", "fn f() {\n    let x = ⟦[1, 2;;]⟧\n}\n", True),
        ("c", "int f(void) {\n    ⟦return 1;⟧\n}\n", False),
    ],
)
def test_added_error_is_noticed(language: str, marked: str, adds: bool) -> None:
    assert adds_error(LANGUAGES, language, *around(marked)) is adds


@pytest.mark.parametrize(
    ("language", "before", "kept", "rest"),
    [
        ("python", "def f(a):", "\n    x = a\n    return x", "\n\n\ndef g():\n    pass"),
        ("python", "def f(a):\n    ", "x = [\n0,\n]\n\n    return x", "\nprint(f(1))"),
        ("python", "def f(a):\n    ", 'x = """\nnot code\n"""', "\nprint(f(1))"),
        ("python", "class A:\n    def f(\n        self,\n    ):\n        ", "return 1", "\n\n    def g(self):"),
        ("python", "    # print all of them\n    ", "for x in xs:\n        print(x)", "\nelse:"),
        ("javascript", "function f() {", "\n  return { a: 1 };\n}", "\nf();"),
        ("javascript", "function f() {\n  ", 'g("}");\n}', "\nf();"),
        ("javascript", "it('x', () => {\n  ", "g();\n}", ");\n"),
        (
            "javascript",
            "// adds them\n",
            "function f() {\n  if (x) {\n    y();\n  } else {\n  }\n}",
            "\nf();",
        ),
        ("javascript", "const x = 1;\n", "const f = {\n  a: 1,\n};", "\nf();"),
        ("go", "func f() {\n\t", "if x {\n\t\treturn\n\t}\n\tg()\n}", "\n\nfunc g() {"),
        ("rust", "impl A {\n    fn f(&self) -> char {\n        ", "'{'\n    }", "\n}"),
        ("c", "int f(int a)\n{\n    ", "/* } */\n    return a;\n}", "\n\nint"),
        ("ruby", "def f(a)\n  ", "if a\n    b\n  else\n    c\n  end\nrescue E\n  d\nend", "\n\nf(1)"),
        ("lua", "function f()", "\n  return 1\nend", "\nf()"),
        ("bash", "for x in a b; do\n  ", 'echo "$x"\ndone', "\nls"),
        ("yaml", "a:\n  ", "b: 1\n  c: 2", "\nd: 3"),
    ],
)
def test_block_ends_where_it_closes(language: str, before: str, kept: str, rest: str) -> None:
    assert block_end(LANGUAGES, language, before, kept + rest) == len(kept)


@pytest.mark.parametrize(
    ("language", "before", "generated"),
    [
        ("python", "def f(a):", "\n    x = a\n"),
        ("python", "def f(a):", ""),
        ("python", "def f(a):\n    ", "x = (\n1,\n"),
        ("javascript", "function f() {", "\n  return 1;\n"),
        ("javascript", "// adds them\n", "if (x) {\n  y();\n} else"),
        ("javascript", "// adds them\n", "if (x) {\n  y();\n}"),
        ("ruby", "def f(a)\n  ", "if a\n    b\n  end\n"),
    ],
)
def test_block_is_open_until_proved_closed(language: str, before: str, generated: str) -> None:
    assert block_end(LANGUAGES, language, before, generated) is None


def test_closer_of_the_surroundings_is_left_out() -> None:
    assert block_end(LANGUAGES, "javascript", "  x = 1;\n  ", "y = 2;\n}\nz") == len("y = 2;\n")
