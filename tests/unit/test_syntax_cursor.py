"""What is read off around a cursor: literals, brackets, scopes, indentation, code inside of documents."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretype.syntax.cursor import Intent, Scope, Syntax, SyntaxAt
from foretype.syntax.indents import indent_unit
from foretype.syntax.languages import Languages
from foretype.text.documents import Snapshot
from foretype.text.positions import Point

SYNTAX = Syntax()


def at(language: str, marked: str, explicit: bool = False, syntax: Syntax = SYNTAX) -> SyntaxAt:
    """What is found at ``$0``."""
    before, after = marked.split("$0")
    lines = re.findall(r"[^\n]*\n|[^\n]+$", before + after) or [""]
    if (before + after).endswith("\n"):
        lines.append("")
    line = before.count("\n")
    cursor = Point(line, len(before) - before.rfind("\n") - 1)
    syntax.forget("file:///cursor")
    return syntax.at(Snapshot("file:///cursor", 1, language, tuple(lines)), cursor, explicit)


@pytest.mark.parametrize(
    ("language", "marked", "brackets"),
    [
        ("python", "print(sum([a, $0", "((["),
        ("python", "foo(a)\nbar($0)\n", "("),
        ("python", "def f(a):\n    g(\n        b,\n        h($0\n", "(("),
        ("python", 'x = foo("(", $0', "("),
        ("python", "x = {\n    'a': [\n        $0\n", "{["),
        ("python", "def f(\n    a,\n    b,\n):\n    return $0\n", ""),
        ("javascript", "it('x', () => {\n  foo(a, {b: $0", "({"),
        ("javascript", "foo(`${bar($0", "({("),
        ("go", "func f() {\n\tx := []int{1, $0\n}\n", "{"),
        ("c", "int f(void) {\n    if (a /* ( */ && (b$0\n}\n", "(("),
        ("json", '{\n  "a": [\n    {"b": $0\n', "{[{"),
        ("cobol", "foo(bar[$0", "(["),
    ],
)
def test_open_brackets_of_the_statement(language: str, marked: str, brackets: str) -> None:
    assert at(language, marked).open_brackets == brackets


@pytest.mark.parametrize(
    ("language", "marked", "kind"),
    [
        ("python", "x = 'a$0'", "string"),
        ("python", "x = 'a'$0", "code"),
        ("python", "x = f'a{b$0}'", "code"),
        ("python", "x = 1 # a$0\n", "comment"),
        ("python", "x = '# $0'", "string"),
        ("python", "def f():\n    '''a\n    b$0\n    '''\n", "docstring"),
        ("python", "x = '''a\n    b$0\n    '''\n", "string"),
        ("python", 'x = """a\nb = foo(\'$0\n"""\ny = 1\n', "string"),
        ("javascript", "/* a\n * b$0\n */", "comment"),
        ("javascript", "/* a */ b$0", "code"),
        ("javascript", "const x = `a\n b$0`;", "string"),
        ("javascript", "const x = 'it$0", "string"),
        ("rust", "fn f<'a>(x: &'a str, y$0", "code"),
        ("rust", 'let x = r#"a "b" $0"#;', "string"),
        ("cpp", "int x = 1'000'0$0;", "code"),
        ("bash", 'echo "a $(b$0)"', "code"),
        ("html", "<!-- a$0 -->", "comment"),
        ("cobol", "# a comment$0", "comment"),
        ("cobol", 'MOVE "a$0', "string"),
    ],
)
def test_literals(language: str, marked: str, kind: str) -> None:
    found = at(language, marked)
    kinds = {"string": found.in_string, "comment": found.in_comment, "docstring": found.in_docstring}
    expected = {
        "string": kind in ("string", "docstring"),
        "comment": kind == "comment",
        "docstring": kind == "docstring",
    }
    assert kinds == expected


def test_scopes_with_their_lines() -> None:
    found = at(
        "python",
        "class A(\n    B,\n):\n    x = 1\n\n    def f(self):\n        if x:\n            y = 1\n            $0\n",
    )
    assert found.scopes == (
        Scope("class", "A", (0, 2), (3, 7)),
        Scope("function", "f", (5, 5), (6, 7)),
        Scope("block", None, (6, 6), (7, 7)),
    )


def test_dedent_on_a_blank_line_leaves_the_scope() -> None:
    assert [scope.name for scope in at("python", "class A:\n    def f(self):\n        x = 1\n    $0\n").scopes] == ["A"]
    assert at("python", "class A:\n    def f(self):\n        x = 1\n$0\n").scopes == ()


@pytest.mark.parametrize(
    ("language", "marked", "names"),
    [
        ("javascript", "class A {\n  m() {\n    const f = () => {\n      $0\n    };\n  }\n}\n", ["A", "m", "f"]),
        ("go", "func (s *S) F() {\n\tif x {\n\t\t$0\n\t}\n}\n", ["F", None]),
        ("rust", "impl A {\n    fn f(&self) {\n        $0\n    }\n}\n", ["A", "f"]),
        ("java", "class A {\n    int f()\n    {\n        g($0\n    }\n}\n", ["A", "f"]),
        ("ruby", "module M\n  class A\n    def f\n      $0\n    end\n  end\nend\n", ["M", "A", "f"]),
        ("swift", "class A {\n    func f() -> Int {\n        $0\n    }\n}\n", ["A", "f"]),
        ("lua", "function M.f()\n  $0\nend\n", ["M.f"]),
        ("cobol", "class A {\n  fn f() {\n    $0\n  }\n}\n", ["A", "f"]),
    ],
)
def test_names_of_the_scopes(language: str, marked: str, names: list[str | None]) -> None:
    assert [scope.name for scope in at(language, marked).scopes] == names


def test_scopes_survive_an_error_on_the_line() -> None:
    marked = "class A {\n  m() {\n    foo(a, {b: [$0\n    if (x) { y(); }\n  }\n}\n"
    assert [scope.name for scope in at("javascript", marked).scopes][:2] == ["A", "m"]


def test_scopes_above_the_region_are_found_by_indentation() -> None:
    body = "".join(
        f"    def method_{n}(self):\n        return {n} * self.value + other_value_{n}\n\n" for n in range(900)
    )
    found = at("python", f"class Large(Base):\n{body}    def last(self):\n        $0\n")
    assert [scope.name for scope in found.scopes] == ["Large", "last"]
    assert found.scopes[0].signature == (0, 0)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("def f():\n    if x:\n        y\n", "    "),
        ("f {\n  if x {\n    y\n  }\n}\n", "  "),
        ("f {\n\tif x {\n\t\ty\n\t}\n}\n", "\t"),
        ("foo(a,\n    b)\nif x:\n  y\nif x:\n  y\n", "  "),
        ("a\nb\n", "    "),
    ],
)
def test_indentation_unit(text: str, unit: str) -> None:
    assert indent_unit(text.splitlines(keepends=True), 0) == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("def f():\n  \n", "  "),
        ("def f():\n\t\n", "\t"),
        ("def f():\n \n", "    "),
        ("def g():\n   pass\ndef f():\n  \n", "   "),
    ],
)
def test_where_nothing_is_indented_the_cursors_line_tells_the_unit(text: str, unit: str) -> None:
    lines = text.splitlines(keepends=True)
    assert indent_unit(lines, len(lines) - 1) == unit


def test_line_indentation_and_completeness() -> None:
    found = at("go", "func f() {\n\tx := y$0\n}\n")
    assert (found.indent, found.indent_unit, found.complete) == ("\t", "\t", True)
    assert not at("go", "func f() {\n\tx := g(y$0\n}\n").complete
    assert not at("java", "class A {\n    int x = 1$0\n}\n").complete
    assert at("java", "class A {\n    int x = 1;$0\n}\n").complete
    assert not at("python", "for x in y$0").complete


def test_code_in_a_document_is_read_by_its_own_language() -> None:
    found = at("markdown", "# Title\n\n```python\ndef f(a):\n    if a:\n        $0\n```\n\ntext\n")
    assert (found.language, found.intent) == ("python", Intent.BLOCK)
    assert [(scope.name, scope.signature) for scope in found.scopes] == [("f", (3, 3)), (None, (4, 4))]
    assert found.statement_line == 5
    assert at("markdown", "```python\nx = 1\n```\ntext$0\n").language == "markdown"
    assert at("html", "<style>\n  a { $0 }\n</style>\n").language == "css"
    assert at("markdown", "```\nx$0\n").language == "markdown"


def test_aliases_share_a_language() -> None:
    for alias, language in (("typescriptreact", "tsx"), ("javascriptreact", "javascript"), ("shellscript", "bash")):
        assert at(alias, "$0").language == language
    assert at("cobol", "$0").language == "cobol"


@pytest.mark.parametrize(
    ("marked", "intent", "reason"),
    [
        ("value = fo$0", Intent.LINE, "rest of the line"),
        ("va$0lue", Intent.NONE, "mid-word"),
        ("go();$0", Intent.NONE, "after a finished statement"),
        ('x = "a$0"', Intent.NONE, "inside a string"),
        ("if x {\n  $0\n}\n", Intent.BLOCK, "empty body"),
    ],
)
def test_language_without_a_grammar_completes_by_lines(marked: str, intent: Intent, reason: str) -> None:
    found = at("zig-like", marked)
    assert (found.intent, found.reason) == (intent, reason)


def test_missing_wheel_is_reported_once_and_completes_by_lines(caplog: pytest.LogCaptureFixture) -> None:
    specs = [spec for spec in Languages().specs if spec.id == "python"]
    syntax = Syntax(
        Languages(type(spec)(id="python", module="tree_sitter_absent", bodies=spec.bodies) for spec in specs)
    )
    assert at("python", "x = fo$0", syntax=syntax).intent is Intent.LINE
    assert at("python", "x = foo$0", syntax=syntax).intent is Intent.LINE
    assert len(caplog.records) == 1
    assert "No grammar for python" in caplog.text


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("src/a.py", "python"),
        ("C:\\work\\a.TSX", "tsx"),
        ("a.test.ts", "typescript"),
        ("Gemfile", "ruby"),
        (".bashrc", "bash"),
        ("a.h", "c"),
        ("a.hpp", "cpp"),
        ("Makefile", None),
        ("a.unknown", None),
    ],
)
def test_language_of_a_path(path: str, language: str | None) -> None:
    assert Languages().language_of_path(path) == language


def test_warming_needs_no_known_language() -> None:
    syntax = Syntax()
    for language in ("typescriptreact", "cobol"):
        syntax.warm(language)


def test_long_lines_are_read_near_the_cursor_only() -> None:
    before, after = "foo(1);" * 300_000, "bar(2);" * 100_000
    syntax = Syntax()
    found = at("javascript", f"x\n{before}y = foo($0{after}\nz\n", syntax=syntax)
    assert (found.intent, found.reason, found.statement_line) == (Intent.NONE, "a word follows the cursor", 1)
    assert found.open_brackets.endswith("(")
    found = at("javascript", f"{before}\nfunction f() {{\n  $0\n}}\n{after}\n", syntax=syntax)
    assert (found.intent, found.reason) == (Intent.BLOCK, "empty body")
    assert syntax.trees.bytes_parsed == 0


PIECES = [
    "def f(",
    "):",
    "\n",
    "    ",
    "x",
    "(",
    ")",
    "{",
    "}",
    '"',
    "'",
    '"""',
    "#",
    "//",
    "/*",
    "*/",
    ";",
    ",",
    "é",
    "😀",
    "\t",
]


@given(
    language=st.sampled_from([*sorted(spec.id for spec in Languages().specs), "cobol"]),
    pieces=st.lists(st.sampled_from(PIECES), max_size=30),
    seed=st.integers(0, 1_000),
    explicit=st.booleans(),
)
@settings(max_examples=250, deadline=None)
def test_any_text_has_an_answer(language: str, pieces: list[str], seed: int, explicit: bool) -> None:
    text = "".join(pieces)
    place = random.Random(seed).randint(0, len(text))
    found = at(language, text[:place] + "$0" + text[place:], explicit)
    assert found.reason
    if explicit and found.intent is Intent.NONE:
        assert found.reason == "mid-word"
