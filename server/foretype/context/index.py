"""The symbol index: which files define a name, and which files a module's name may mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from foretype.context.outline import Outline
from foretype.syntax.outline import Symbol

STAND_FOR_THEIR_FOLDER = frozenset({"__init__", "index", "mod", "lib", "init", "main"})
"""Files (without extension) that are imported by their folder's name."""


class SymbolIndex:
    """Outlines by path, and what is looked up in them.

    Paths are absolute, with ``/``. However an index came about, two with the same outlines answer the same.
    ``changes`` grows with each change.
    """

    def __init__(self) -> None:
        self._outlines: dict[str, Outline] = {}
        self._by_name: dict[str, set[str]] = {}
        self._by_stem: dict[str, set[str]] = {}
        self._by_folder: dict[str, set[str]] = {}
        self.symbol_count = 0
        self.changes = 0

    @property
    def outlines(self) -> Mapping[str, Outline]:
        """All outlines by path; a view."""
        return MappingProxyType(self._outlines)

    def put(self, path: str, outline: Outline) -> None:
        """Adds a file, or replaces what was known of it."""
        if self._outlines.get(path) == outline:
            return
        self.remove(path)
        self.changes += 1
        self._outlines[path] = outline
        self.symbol_count += len(outline.symbols)
        for table, key in self._keys(path, outline):
            table.setdefault(key, set()).add(path)

    def remove(self, path: str) -> None:
        """Forgets a file, if it is known."""
        outline = self._outlines.pop(path, None)
        if outline is None:
            return
        self.changes += 1
        self.symbol_count -= len(outline.symbols)
        for table, key in self._keys(path, outline):
            paths = table.get(key)
            if paths is not None:
                paths.discard(path)
                if not paths:
                    del table[key]

    def named(self, name: str) -> tuple[tuple[str, Symbol], ...]:
        """The definitions of a name with their paths, in the order of paths and lines."""
        return tuple(
            (path, symbol)
            for path in sorted(self._by_name.get(name, ()))
            for symbol in self._outlines[path].symbols
            if symbol.name == name
        )

    def of_stem(self, stem: str) -> tuple[str, ...]:
        """The files with this name (without extension), and those that stand for a folder of this name; sorted."""
        return tuple(sorted(self._by_stem.get(stem, ())))

    def in_folder(self, name: str) -> tuple[str, ...]:
        """The files directly in any folder of this name, sorted."""
        return tuple(sorted(self._by_folder.get(name, ())))

    def beside(self, path: str) -> tuple[str, ...]:
        """The other files in a file's own folder, sorted."""
        folder = path.rpartition("/")[0]
        near = self._by_folder.get(folder.rpartition("/")[2], ())
        return tuple(sorted(each for each in near if each != path and each.rpartition("/")[0] == folder))

    def _keys(self, path: str, outline: Outline) -> Iterator[tuple[dict[str, set[str]], str]]:
        for symbol in outline.symbols:
            yield self._by_name, symbol.name
        yield self._by_stem, stem_of(path)
        folder = path.rpartition("/")[0].rpartition("/")[2]
        if stem_of(path) in STAND_FOR_THEIR_FOLDER:
            yield self._by_stem, folder
        yield self._by_folder, folder


def stem_of(path: str) -> str:
    """A file's name without its extension; ``.d.ts`` counts as one."""
    name = path.rpartition("/")[2]
    return name.removesuffix(".d.ts") if name.endswith(".d.ts") else name.rpartition(".")[0] or name
