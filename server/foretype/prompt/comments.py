"""Other files as comments: how a model sees them that was not trained to see several files."""

from __future__ import annotations

from foretype.prompt.layout import Files
from foretype.syntax.languages import LanguageSpec


def as_comments(files: Files, spec: LanguageSpec) -> Files:
    """The files, (path, text) each, with their texts as comments of a language; none if the language has none.

    Of a language with block comments only, what would end the comment early is broken up.
    """
    shown = ((path, _as_comment(path, text, spec)) for path, text in files)
    return tuple((path, comment) for path, comment in shown if comment)


def _as_comment(path: str, text: str, spec: LanguageSpec) -> str:
    lines = [path, *text.rstrip("\n").split("\n")]
    if spec.line_comment is not None:
        return "".join(f"{spec.line_comment} {line}".rstrip() + "\n" for line in lines) + "\n"
    if spec.block_comment is not None:
        opener, closer = spec.block_comment
        inside = "\n".join(lines).replace(closer, f"{closer[:-1]} {closer[-1]}")
        return f"{opener} {inside}\n{closer}\n\n"
    return ""
