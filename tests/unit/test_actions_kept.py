"""What an edit may have changed besides what it was made for: a doubt, and what is none."""

from __future__ import annotations

import pytest

from foretype.actions.kept import deletes, doubts, uses
from foretype.syntax.languages import Languages
from foretype.syntax.trees import whole_tree
from foretype.text.edits import split_lines

LANGUAGES = Languages()


def used(language: str, code: str):
    tree = whole_tree(LANGUAGES, language, tuple(split_lines(code)))
    assert tree is not None
    return uses(tree, 0, len(tree.source))


def doubts_of(before: str, after: str, about: str = "", language: str = "python") -> list[str]:
    return doubts(used(language, before), used(language, after), before, about)


@pytest.mark.parametrize(
    ("before", "after", "about"),
    [
        ("if a:\n    if b:\n        f()\n", "if a and b:\n    f()\n", ""),
        ("x = '%s: %d' % (a, b)\n", "x = f'{a}: {b}'\n", ""),
        ("unused = 1\n", "", "Local variable `unused` is assigned to but never used"),
        ("try:\n    f()\nexcept Exception:\n    g()\n", "try:\n    f()\nexcept OSError:\n    g()\n", "`Exception`"),
        ("for x in y:\n    z.append(f(x))\n", "z.extend(f(x) for x in y)\n", "for x in y: z.append(x)"),
        ("def f(a):\n    return a\n", 'def f(a):\n    """Gives back something."""\n    return a\n', ""),
        ("return a == None\n", "return a is None\n", ""),
    ],
)
def test_what_is_no_doubt(before: str, after: str, about: str) -> None:
    assert doubts_of(before, after, about) == []


@pytest.mark.parametrize(
    ("language", "before", "after", "told"),
    [
        ("python", "if a:\n    if b:\n        f()\n", "if a:\n    f()\n", "no longer uses `b`"),
        ("python", "f(a)\nf(a)\n", "f(a)\n", "calls `f` less often"),
        ("python", "if a:\n    return 1\nreturn a\n", "return a\n", "one return less"),
        ("python", "self.names\n", "self.names = ['field1', 'field2']\n", "brings in `field1`, `field2`"),
        ("python", "raise A(b) from c\n", "A(b, c)\n", "one raise less"),
        ("javascript", "if (a) { f(a, b); }\n", "if (a) { f(a); }\n", "no longer uses `b`"),
        ("go", "func f() { g(a); h(b) }\n", "func f() { g(a) }\n", "no longer uses `b`, `h`"),
        ("rust", "fn f() { g(a); return b; }\n", "fn f() { g(a) }\n", "no longer uses `b`"),
    ],
)  # fmt: skip
def test_what_is_a_doubt(language: str, before: str, after: str, told: str) -> None:
    assert any(told in each for each in doubts_of(before, after, "", language))


def test_the_checker_may_name_what_goes() -> None:
    before, after = "import os\nx = os.path.join(a, b)\n", "x = Path(a) / b\n"
    assert doubts_of(before, after)
    assert doubts_of(before, after, "`os.path.join()` should be replaced by `Path` with `/` operator") == []


@pytest.mark.parametrize(
    ("code", "gone"), [("x = f(a)\n", "f"), ("return a\n", "return"), ("x = a\n", ""), ("a == b\n", "")]
)
def test_what_is_deleted(code: str, gone: str) -> None:
    assert deletes(used("python", code), used("python", ""), "") == gone
