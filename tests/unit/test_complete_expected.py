"""Which variables the text below a cursor waits for."""

from __future__ import annotations

import pytest

from foretype.complete.expected import MOST_BELOW, expected_names
from foretype.syntax.languages import Languages

LANGUAGES = Languages()


@pytest.mark.parametrize(
    ("language", "above", "below", "names"),
    [
        ("python", "def f(s):\n    ", "\n    for i in range(9):\n        times += 1\n    return times\n", ("times",)),
        ("python", 'def f(s):\n    """How many times?"""\n    ', "\n    times += s\n", ("times",)),
        ("python", "# times\ndef f(s):\n    ", "\n    return times\n", ("times",)),
        ("python", "times = 1\n", "\nprint(times)\n", ()),
        ("python", "", "\nprint(total, 'count', \"x\")  # and more\n", ("total",)),
        ("python", "", "\ntotal = 1\nprint(total)\n", ()),
        ("python", "", "\nif low <= high and not done:\n", ("low", "high")),
        ("python", "", "\nreturn [x for x in made if x]\n", ("made",)),
        ("python", "", "\nkey = lambda one: one.name\n", ()),
        ("python", "", "\nfor a, (b, c) in pairs:\n    f(a, b, c)\n", ("pairs",)),
        ("python", "", "\nself.total = sorted(values)\n", ("values",)),
        ("javascript", "", "\n  values[j] = kept;\n", ("values", "j")),
        ("javascript", "function f(values, j) {\n  ", "\n  values[j] = kept;\n}\n", ("kept",)),
        ("javascript", "", "\nconst made = seen.map((one) => one.name)\n", ("seen",)),
        ("javascript", "", "\nif (a.b === null || c.d !== undefined) {}\n", ("a", "c")),
        ("rust", "", "\n    let n = v.iter().map(|w| w + 1).sum();\n", ("v",)),
        ("java", "", "\nfor (int i = 0; i < n; i++) { total += i; }\n", ("n", "total")),
        ("go", "", "\nreturn rune(a), true, nil\n", ("a",)),
        ("go", "", "\nreturn strings.ToLower(a), b.c, d.E + d\n", ("a", "b")),
        ("python", "def f(s):\n    ", "\n    print(one)\n\nprint(two)\n", ("one",)),
        ("python", "def f(s):\n    if s:\n        ", "\n        g(one)\n    g(two)\n", ("one",)),
        ("python", "def f(s):\n    ", f"\n{'    g(s)' * 100}\n    print(one)\n", ("one",)),
        ("python", "", "\ng(1)" * 9 + "\nprint(one)\n", ()),
        ("java", "", "\nint i = 0, l = all.size();\nif (i < l) { f(i, l, m); }\n", ("all", "m")),
        ("rust", "    ", "\n    let mut u: bool = true;\n    if u && v {\n", ("v",)),
        ("javascript", "", "\nif (t) { found = 1 }\nif (found == 1) { stop() }\n", ("t", "found")),
        ("javascript", "", "\nfound = 1\nif (found == 1) { stop() }\n", ("found",)),
        ("go", "", "\nerr = f()\nn := g(err)\nreturn n\n", ("err",)),
        ("java", "", "\nfound = 1;\nif (found == 1) { stop(); }\n", ()),
        ("tsx", "  return <Foo\n    ", '\n    label={a}\n    title="b"\n  />\n', ("a",)),
        ("javascript", "class A {\n  ", "\n  count = 0;\n  items = [];\n", ()),
        ("typescript", "enum A {\n  ", "\n  red = 1,\n  green = 2,\n}\n", ()),
        ("go", "", "\nvar (\n\tdebug = false\n\tlimit = 10\n)\n", ()),
        ("javascript", "const {\n  ", "\n  one = 1,\n  two = one,\n} = props\n", ()),
        ("plaintext", "", "\nsome words\n", ()),
        ("python", "", "", ()),
    ],
)
def test_what_is_expected(language: str, above: str, below: str, names: tuple[str, ...]) -> None:
    assert expected_names(LANGUAGES, language, above, below) == names


@pytest.mark.parametrize("line", ["        # some commented out words of a long note\n", "\n", "        a<a<a<a<a\n"])
def test_a_long_text_below_is_read_in_no_time(line: str) -> None:
    below = f"\n{line * (MOST_BELOW // len(line))}"
    assert expected_names(LANGUAGES, "python", "def f():\n    if x:\n        ", below[:-20] + "foo(bar)\n") is not None
