"""Which files of the workspace an import may mean: by path, without knowing any build system."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from foretype.context.index import STAND_FOR_THEIR_FOLDER, SymbolIndex, stem_of
from foretype.context.outline import Link, related_languages

MOST_FILES = 12
"""Of one import: packages may have many files."""

PACKAGE_IS_FOLDER = frozenset({"go", "java", "kotlin", "scala", "csharp", "swift", "php"})
"""Languages in which files of one folder see each other's names without importing them."""

_SLACK = {"go": 9, "csharp": 9, "php": 1, "rust": 1, "ruby": 1}
"""How many leading parts of an absolute import may be missing in the path: a module's or a crate's own name."""

_SOURCE_ROOTS = frozenset({"src", "lib", "app", "source", "sources", "python", "packages", "include", "internal"})
_ALIASES = re.compile(r"[@~#]/")
_PATHS = frozenset({"javascript", "typescript", "tsx", "c", "cpp", "ruby", "bash", "css", "html", "go"})


@dataclass(frozen=True, slots=True)
class _Place:
    """What an import's source says: ``folder`` is where a relative one starts, ``parts`` follow from there."""

    folder: str | None
    parts: tuple[str, ...]


def resolve(index: SymbolIndex, language: str, importer: str, link: Link) -> tuple[str, ...]:
    """The files that an import statement may name, the likeliest first; empty for what lies outside the workspace."""
    found: dict[str, None] = {}
    for source in link.sources:
        for places in _places(language, importer, source, link):
            paths = [path for place in places for path in _files(index, language, importer, place)]
            if paths:
                found.update(dict.fromkeys(paths))
                break
    return tuple(found)[:MOST_FILES]


def _places(language: str, importer: str, source: str, link: Link) -> list[list[_Place]]:
    """Where to look; a later list is for when nothing was found by those before it."""
    base = _place(language, importer, source)
    if base is None:
        return []
    if language in _PATHS:
        beside = _Place(posixpath.dirname(importer), base.parts)
        return [[beside], [base]] if base.folder is None and language in ("c", "cpp", "ruby") else [[base]]
    # A name that is imported may be a module itself, and the last part of what it comes from a name.
    modules = [_Place(base.folder, (*base.parts, name)) for _, name in link.names if "." not in name]
    return [[*modules, base], [_Place(base.folder, base.parts[:-1])] if len(base.parts) > 1 else []]


def _place(language: str, importer: str, source: str) -> _Place | None:
    here = posixpath.dirname(importer)
    if language == "rust":
        return _rust_place(importer, source)
    if language in _PATHS or "/" in source:
        parts = [part for part in source.split("/") if part not in ("", ".")]
        relative = source.startswith(".")
        if _ALIASES.match(source):
            parts = parts[1:]
        while parts and parts[0] == "..":
            here, parts = posixpath.dirname(here), parts[1:]
        if parts and language != "go":
            parts[-1] = re.sub(r"\.[a-zA-Z]{1,4}\Z", "", parts[-1])
        return _Place(here if relative else None, tuple(parts)) if parts or relative else None
    dots = len(source) - len(source.lstrip("."))
    parts = [part for part in re.split(r"::|[.\\]", source) if part]
    for _ in range(dots - 1):
        here = posixpath.dirname(here)
    return _Place(here if dots else None, tuple(parts)) if parts or dots else None


def _rust_place(importer: str, source: str) -> _Place:
    parts = tuple(part for part in source.split("::") if part)
    here = posixpath.dirname(importer)
    own = here if stem_of(importer) in STAND_FOR_THEIR_FOLDER else posixpath.join(here, stem_of(importer))
    if parts[:1] == ("crate",):
        return _Place(None, parts[1:])
    if parts[:1] in (("super",), ("self",)):
        while parts[:1] == ("super",):
            own, parts = posixpath.dirname(own), parts[1:]
        return _Place(own, parts[1:] if parts[:1] == ("self",) else parts)
    # `mod store;` names a file below this one's module.
    return _Place(own, parts) if len(parts) == 1 else _Place(None, parts)


def _files(index: SymbolIndex, language: str, importer: str, place: _Place) -> list[str]:
    group = related_languages(language)
    if place.folder is not None:
        return _relative(index, group, posixpath.join(place.folder, *place.parts))
    # In Go a lone part is of the standard library.
    if not place.parts or (language == "go" and len(place.parts) == 1):
        return []
    slack = _SLACK.get(language, 0)
    least = max(1, len(place.parts) - slack)
    found: list[tuple[int, int, str]] = []
    for path in index.of_stem(place.parts[-1]):
        matched, root = _suffix(_module(path, place.parts[-1]), place.parts)
        if path != importer and matched >= least and _is_root(root, importer, matched) and _fits(index, path, group):
            found.append((-matched, -_shared(path, importer), path))
    if not found or language in PACKAGE_IS_FOLDER:
        for path in index.in_folder(place.parts[-1]):
            matched, root = _suffix(posixpath.dirname(path), place.parts)
            enough = matched >= least and (len(place.parts) > 1 or _is_root(root, importer, matched))
            if path != importer and enough and _fits(index, path, group):
                found.append((-matched, -_shared(path, importer), path))
    best = min((entry[0] for entry in found), default=0)
    return [path for matched, _, path in sorted(found) if matched == best]


def _relative(index: SymbolIndex, group: frozenset[str], wanted: str) -> list[str]:
    """The files that a path without extension means: a file of that name, or one that stands for that folder."""
    target = posixpath.normpath(wanted)
    folder, _, stem = target.rpartition("/")
    files = [
        path
        for path in index.of_stem(stem)
        if (posixpath.dirname(path) == folder and stem_of(path) == stem)
        or (posixpath.dirname(path) == target and stem_of(path) in STAND_FOR_THEIR_FOLDER)
    ]
    return [path for path in files if _fits(index, path, group)]


def _fits(index: SymbolIndex, path: str, group: frozenset[str]) -> bool:
    return index.outlines[path].language in group


def _module(path: str, last: str) -> str:
    """The path that an import would spell: without the extension, and for ``a/__init__.py`` the folder's."""
    folder, stem = posixpath.dirname(path), stem_of(path)
    return folder if stem != last and stem in STAND_FOR_THEIR_FOLDER else posixpath.join(folder, stem)


def _suffix(path: str, parts: tuple[str, ...]) -> tuple[int, str]:
    """How many of the last parts a path ends with, and what of the path is before them."""
    matched = 0
    for part in reversed(parts):
        head, _, tail = path.rpartition("/")
        if tail != part:
            break
        path, matched = head, matched + 1
    return matched, path


def _is_root(root: str, importer: str, matched: int) -> bool:
    """Whether modules may be found from a folder: a lone common word must not match any file of that name."""
    return matched > 1 or importer.startswith(root + "/") or posixpath.basename(root) in _SOURCE_ROOTS


def _shared(path: str, other: str) -> int:
    """How many folders two paths have in common."""
    pairs = zip(path.split("/")[:-1], other.split("/")[:-1], strict=False)
    return next(
        (number for number, (left, right) in enumerate(pairs) if left != right), min(path.count("/"), other.count("/"))
    )
