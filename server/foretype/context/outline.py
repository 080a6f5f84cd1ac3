"""What one file defines and imports, in the form that the index keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from foretype.syntax.outline import Import, Symbol

MOST_SYMBOLS = 400

WITHOUT_DEFINITIONS = frozenset({"json", "yaml", "toml", "markdown", "html", "css"})
"""Languages whose files define nothing that other files use by name."""

_NAMESPACE = re.compile(r"\s*(?:export\s+|inline\s+|pub(?:\([^)]*\))?\s+|declare\s+)*(?:namespace|module|mod)\b")
_GO_RECEIVER = re.compile(r"\s*func\s*\(\s*(?:\w+\s+)?\*?(\w+)")
_QUALIFIED = re.compile(r"::|[.:]")
_LANGUAGE_GROUPS = (
    frozenset({"javascript", "typescript", "tsx", "javascriptreact", "typescriptreact"}),
    frozenset({"c", "cpp"}),
    frozenset({"java", "kotlin", "scala"}),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An import: its lines, what it imports from, and (bound name, name there) for each name."""

    lines: tuple[int, int]
    sources: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's definitions that others can see, in the order of the text, and its imports.

    Namespaces and modules that only wrap definitions are not among them, nor what is local to a function.
    """

    language: str
    symbols: tuple[Symbol, ...]
    links: tuple[Link, ...]


def outline_of(language: str, lines: Sequence[str], symbols: Sequence[Symbol], imports: Sequence[Import]) -> Outline:
    """The outline of a file, from what syntax found in it; of the first definitions, if there are too many."""
    visible = _visible(language, lines, symbols)
    return Outline(language, tuple(visible[:MOST_SYMBOLS]), tuple(_link(lines, each) for each in imports))


def related_languages(language: str) -> frozenset[str]:
    """The languages whose files can use each other's definitions, this one included."""
    return next((group for group in _LANGUAGE_GROUPS if language in group), frozenset({language}))


def enclosing(symbols: Sequence[Symbol], line: int) -> tuple[Symbol, ...]:
    """The functions and classes that a line lies in, below the line they begin on, the outermost first."""
    return tuple(
        symbol
        for symbol in symbols
        if symbol.kind in ("function", "class") and symbol.lines[0] < line <= symbol.lines[1]
    )


def _visible(language: str, lines: Sequence[str], symbols: Sequence[Symbol]) -> list[Symbol]:
    visible: list[Symbol] = []
    around: list[Symbol] = []
    wrappers: set[str] = set()
    for symbol in symbols:
        while around and symbol.lines[0] > around[-1].lines[1]:
            around.pop()
        local = any(outer.kind == "function" and outer.lines != symbol.lines for outer in around)
        around.append(symbol)
        if local:
            continue
        if symbol.kind == "class" and _NAMESPACE.match(lines[symbol.lines[0]]):
            wrappers.add(symbol.name)
            continue
        visible.append(_plainly_named(language, lines, symbol, wrappers))
    return visible


def _plainly_named(language: str, lines: Sequence[str], symbol: Symbol, wrappers: set[str]) -> Symbol:
    """The symbol without type parameters and qualifiers in its name; what it is a member of is its container."""
    name, container = _bare(symbol.name), symbol.container
    container = None if container is None or container in wrappers else _bare(container)
    if container is None and symbol.kind == "function":
        *qualifiers, name = (part for part in _QUALIFIED.split(name) if part)
        container = qualifiers[-1] if qualifiers else None
        if language == "go" and (receiver := _GO_RECEIVER.match(lines[symbol.lines[0]])):
            container = receiver.group(1)
    return replace(symbol, name=name, container=container)


def _bare(name: str) -> str:
    return name.split("<", 1)[0].strip() or name


def _link(lines: Sequence[str], imported: Import) -> Link:
    first, last = imported.lines
    text = "".join(lines[first : last + 1]) if last - first < 60 else ""
    return Link(imported.lines, imported.sources, tuple((name, _original(text, name)) for name in imported.names))


def _original(text: str, bound: str) -> str:
    """The name that an import binds under another one."""
    found = re.search(rf"\b(\w+)\s*(?:\bas\b|:|=>)\s*{re.escape(bound)}(?!\w)", text)
    return found.group(1) if found else bound
