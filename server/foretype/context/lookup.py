"""Finds where a name that a file uses is defined: through its imports, re-exports too, and in its own package."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from foretype.context.index import STAND_FOR_THEIR_FOLDER, SymbolIndex, stem_of
from foretype.context.outline import Link, Outline, related_languages
from foretype.context.resolve import PACKAGE_IS_FOLDER, resolve
from foretype.syntax.outline import Symbol

DEEPEST = 3
MOST_MODULE_SYMBOLS = 16
_LOOSE = frozenset({"c", "cpp", "bash", "lua", "ruby", "sql", "php", "swift", "csharp", "kotlin", "scala"})
"""Languages in which names come into a file without being named there."""

_TYPE_NAME = re.compile(r"[A-Z]\w*[a-z]\w*")
_LONE_NAME = re.compile(r"[^\W\d]\w{3,}")


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition and its file."""

    path: str
    symbol: Symbol


class Scope:
    """The names that one file can use from other files."""

    def __init__(self, index: SymbolIndex, path: str, outline: Outline) -> None:
        self._index = index
        self._path = path
        self._language = outline.language
        self._bound: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._open: dict[str, None] = {}
        for link in outline.links:
            self._take(link)
        if outline.language in PACKAGE_IS_FOLDER:
            self._open.update(dict.fromkeys(self._same_language(index.beside(path))))

    @property
    def bound(self) -> tuple[str, ...]:
        """The names that imports bind to something in the workspace, in the order of the imports."""
        return tuple(self._bound)

    def find(self, name: str, alone: bool = True, owned: bool = False) -> tuple[Definition, ...]:
        """What a name may be that is used ``alone``, or ``owned`` by something. A module is all that it defines."""
        if name in self._bound and alone:
            original, paths = self._bound[name]
            return self._exported(paths, original, DEEPEST) or self._contents(paths)
        found = self._exported(tuple(self._open), name, 1) if alone else ()
        return found or (self._members(name) if owned else ())

    def _members(self, name: str) -> tuple[Definition, ...]:
        """Members and functions of this name in all files that imports lead to."""
        reachable = dict.fromkeys((*(path for _, paths in self._bound.values() for path in paths), *self._open))
        return tuple(
            Definition(path, symbol)
            for path in reachable
            for symbol in self._symbols(path)
            if symbol.name == name and (symbol.kind == "function" or symbol.container is not None)
        )

    def guess(self, name: str) -> tuple[Definition, ...]:
        """A definition of a name that no import tells of, if there is but one in files of this language.

        Where imports name everything, only the names of types are looked for: others are words more often than not.
        """
        if not (_LONE_NAME if self._language in _LOOSE else _TYPE_NAME).fullmatch(name):
            return ()
        group = related_languages(self._language)
        found = [
            Definition(path, symbol)
            for path, symbol in self._index.named(name)
            if symbol.container is None and path != self._path and self._index.outlines[path].language in group
        ]
        return (found[0],) if len(found) == 1 else ()

    def _take(self, link: Link) -> None:
        paths = resolve(self._index, self._language, self._path, link)
        if not paths:
            return
        for name, original in link.names:
            self._bound[name] = (original, paths)
        if not link.names:
            self._open.update(dict.fromkeys(paths))
            if self._language == "go":
                by_folder: dict[str, list[str]] = {}
                for path in paths:
                    by_folder.setdefault(posixpath.basename(posixpath.dirname(path)), []).append(path)
                self._bound.update({folder: ("", tuple(files)) for folder, files in by_folder.items()})

    def _exported(self, paths: Iterable[str], name: str, depth: int) -> tuple[Definition, ...]:
        """The definitions of a name in files, or where these get it from."""
        files = tuple(paths)
        found = tuple(
            Definition(path, symbol)
            for path in files
            for symbol in self._symbols(path)
            if symbol.name == name and symbol.container is None
        )
        if found or not depth or not name:
            return found
        for path in files:
            outline = self._index.outlines.get(path)
            for link in outline.links if outline else ():
                names = dict(link.names)
                if names and name not in names:
                    continue
                targets = resolve(self._index, self._language, path, link)
                found = self._exported(targets, names.get(name, name), depth - 1)
                if found:
                    return found
            if stem_of(path) in STAND_FOR_THEIR_FOLDER:
                # `export * from "./money"`, which binds nothing.
                found = self._exported(self._same_language(self._index.beside(path)), name, 0)
                if found:
                    return found
        return ()

    def _contents(self, paths: Iterable[str]) -> tuple[Definition, ...]:
        found = [
            Definition(path, symbol)
            for path in paths
            for symbol in self._symbols(path)
            if symbol.container is None and not symbol.name.startswith("_")
        ]
        return tuple(found[:MOST_MODULE_SYMBOLS])

    def _symbols(self, path: str) -> tuple[Symbol, ...]:
        outline = self._index.outlines.get(path)
        return outline.symbols if outline else ()

    def _same_language(self, paths: Iterable[str]) -> list[str]:
        group = related_languages(self._language)
        return [path for path in paths if self._index.outlines[path].language in group]
