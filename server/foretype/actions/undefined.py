"""Which name a diagnostic says is not defined, in the words of the checkers."""

from __future__ import annotations

import re

_WORDS: dict[str, tuple[str, ...]] = {
    # ruff and pyflakes, pyright, mypy
    "python": (r"Undefined name `(\w+)`", r"undefined name '(\w+)'", r'"(\w+)" is not defined', r'Name "(\w+)" is not'),
    # tsc, eslint's no-undef
    "javascript": (r"Cannot find name '(\w+)'", r"'(\w+)' is not defined"),
    # gopls: a package that is not imported
    "go": (r"undefined: (\w+)",),
}
_SAME = {
    "typescript": "javascript",
    "javascriptreact": "javascript",
    "typescriptreact": "javascript",
    "tsx": "javascript",
}


def undefined_name(language: str, message: str) -> str:
    """The name, or empty if the diagnostic is about something else."""
    for pattern in _WORDS.get(_SAME.get(language, language), ()):
        if found := re.search(pattern, message):
            return found.group(1)
    return ""
