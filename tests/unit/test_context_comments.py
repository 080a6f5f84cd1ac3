"""Other files as comments."""

from __future__ import annotations

import pytest

from foretype.prompt.comments import as_comments
from foretype.syntax.languages import Languages, LanguageSpec

LANGUAGES = Languages()


def shown_as(files: tuple[tuple[str, str], ...], spec: LanguageSpec) -> str:
    return "".join(text for _, text in as_comments(files, spec))


def test_in_the_language_s_own_syntax() -> None:
    files = (("shop/a.py", "def f():\n\n    pass\n"), ("shop/b.py", "x = 1\n"))
    python = "# shop/a.py\n# def f():\n#\n#     pass\n\n# shop/b.py\n# x = 1\n\n"
    assert shown_as(files, LANGUAGES.spec("python")) == python
    assert shown_as(files, LANGUAGES.spec("typescript")) == python.replace("#", "//")
    assert [path for path, _ in as_comments(files, LANGUAGES.spec("python"))] == ["shop/a.py", "shop/b.py"]


def test_block_comments_are_not_ended_from_within() -> None:
    shown = shown_as((("a.css", "a { } /* x */ b { }\n"),), LANGUAGES.spec("css"))
    assert shown == "/* a.css\na { } /* x * / b { }\n*/\n\n"
    assert shown_as((("a.html", "<!-- x -->\n"),), LANGUAGES.spec("html")).count("-->") == 1


@pytest.mark.parametrize("language", [spec.id for spec in LANGUAGES.specs])
def test_nothing_is_left_outside_of_the_comments(language: str) -> None:
    spec = LANGUAGES.spec(language)
    shown = shown_as((("a", "one\ntwo\n"),), spec)
    if spec.line_comment is not None:
        assert all(line.startswith(spec.line_comment) for line in shown.split("\n") if line)
    elif spec.block_comment is not None:
        assert shown.startswith(spec.block_comment[0]) and shown.rstrip().endswith(spec.block_comment[1])
    else:
        assert shown == ""
