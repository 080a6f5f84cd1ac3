"""Which files of the workspace define a name that a document wants to import."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from foretype.context.index import SymbolIndex
from foretype.context.outline import related_languages
from foretype.syntax.languages import Languages

MOST_FILES = 8


def defining(index: SymbolIndex, path: str, language: str, name: str) -> tuple[tuple[str, str], ...]:
    """The files as (path, Go's module path or empty), in the order of their paths; in Go, those of a package."""
    spec = Languages().find(language)
    group = related_languages(spec.id if spec else language)
    if language == "go":
        folders = dict.fromkeys(posixpath.dirname(each) for each in index.in_folder(name) if each.endswith(".go"))
        packages = ((folder, _go_package(folder)) for folder in folders)
        return tuple((folder, package) for folder, package in packages if package)[:MOST_FILES]
    found = dict.fromkeys(
        each
        for each, symbol in index.named(name)
        if symbol.container is None and each != path and index.outlines[each].language in group
    )
    return tuple((each, "") for each in found)[:MOST_FILES]


def _go_package(folder: str) -> str:
    """The path that imports a folder's package, by the nearest go.mod above it."""
    here = Path(folder)
    for above in (here, *here.parents):
        try:
            text = (above / "go.mod").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        module = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
        inside = here.relative_to(above).as_posix()
        return posixpath.normpath(posixpath.join(module.group(1), inside)) if module else ""
    return ""
