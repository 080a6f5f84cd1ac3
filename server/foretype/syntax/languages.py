"""What a language is to Foretype, and the grammars loaded so far."""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

logger = logging.getLogger(__name__)


class Bodies(Enum):
    """How a language delimits the body of a function, loop or class."""

    INDENTATION = "indentation"
    BRACES = "braces"
    KEYWORDS = "keywords"
    NONE = "none"


class Semicolons(Enum):
    """Whether a simple statement ends with a semicolon."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Quote:
    """One way to write a string.

    ``open`` is a regular expression, ``close`` literal text. With ``closed_only`` an opening quote without its
    closing one on the line is no string (Rust's lifetimes, apostrophes). ``interpolation`` holds the literal text
    that opens code inside the string; ``}`` or ``)`` closes it.
    """

    open: str
    close: str
    multiline: bool = False
    escapes: bool = True
    closed_only: bool = False
    interpolation: str | None = None


DOUBLE = Quote('"', '"')
SINGLE = Quote("'", "'")
TRIPLE = Quote('"""', '"""', multiline=True)
CHARACTER = Quote("'", "'", closed_only=True)


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """The facts about one language that no grammar tells.

    ``header`` matches a stripped statement that announces a body (``if x``, ``def f()``), whether or not the body's
    opener is there yet; ``opens`` matches a line after which an indented body follows although no brace says so.
    ``soft_finishers`` are characters that finish a statement at a line's end unless it is a header, ``words`` whole
    words that do. With ``leading_dots`` a line that begins with one continues the line above. ``region_bytes`` is what
    a full parse manages in about 2-3 ms.
    """

    id: str
    module: str
    function: str = "language"
    aliases: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    line_comment: str | None = None
    line_comment_pattern: str | None = None
    block_comment: tuple[str, str] | None = None
    quotes: tuple[Quote, ...] = (DOUBLE, SINGLE)
    skip_pattern: str | None = None
    bodies: Bodies = Bodies.BRACES
    semicolons: Semicolons = Semicolons.REQUIRED
    header: str | None = None
    opens: str | None = None
    closing_words: str | None = None
    soft_finishers: str = ""
    words: frozenset[str] = field(default_factory=frozenset)
    leading_dots: bool = True
    types_need_semicolon: bool = False
    completes_strings: bool = False
    tags: bool = False
    region_bytes: int = 20_000


PLAIN = LanguageSpec(
    id="",
    module="",
    line_comment_pattern=r"(?:^|(?<=\s))(?://|#|--)(?=\s)",
    quotes=(DOUBLE, CHARACTER),
    semicolons=Semicolons.OPTIONAL,
    header=(
        r"(?:\}\s*)?(?:\w+\s+)?(?:if|else|elif|for|foreach|while|do|switch|match|case|try|catch|finally|class|struct|enum"
        r"|interface|trait|impl|module|namespace|fn|fun|func|function|def|sub|proc)\b"
    ),
)
"""What is assumed of a language that is not in the table."""


class Languages:
    """The registry of languages; imports a grammar wheel when it is first asked for and keeps it.

    A wheel that is missing or too new or old for the tree-sitter library is reported once, by one line in the log,
    and its language then has no grammar. Not thread-safe.
    """

    def __init__(self, specs: Iterable[LanguageSpec] | None = None) -> None:
        if specs is None:
            from foretype.syntax.language_table import SPECS

            specs = SPECS
        self.specs = tuple(specs)
        self._by_name = {name: spec for spec in self.specs for name in (spec.id, *spec.aliases)}
        self._by_extension = {extension: spec for spec in self.specs for extension in spec.extensions}
        self._by_filename = {name: spec for spec in self.specs for name in spec.filenames}
        self._grammars: dict[str, tree_sitter.Language | None] = {}

    def find(self, language: str) -> LanguageSpec | None:
        """The language with this LSP language id, alias or folder name."""
        return self._by_name.get(language) or self._by_name.get(language.lower())

    def spec(self, language: str) -> LanguageSpec:
        """Like ``find``, but always something to work with: plain text's rules for a language not in the table."""
        return self.find(language) or PLAIN

    def language_of_path(self, path: str) -> str | None:
        """The language id that a file's name tells, or None. Takes ``/`` and ``\\`` as separators."""
        name = PurePosixPath(path.replace("\\", "/")).name
        spec = self._by_filename.get(name)
        if spec is None:
            suffixes = re.findall(r"\.[^.]+", name.lower())
            candidates = ("".join(suffixes[i:]) for i in range(len(suffixes)))
            spec = next((self._by_extension[s] for s in candidates if s in self._by_extension), None)
        return spec.id if spec else None

    def grammar(self, language: str) -> tree_sitter.Language | None:
        """The tree-sitter grammar of a language, or None when there is none or it cannot be loaded."""
        spec = self.find(language)
        if spec is None:
            return None
        if spec.id not in self._grammars:
            self._grammars[spec.id] = _load(spec)
        return self._grammars[spec.id]


def _load(spec: LanguageSpec) -> tree_sitter.Language | None:
    import tree_sitter

    try:
        module = importlib.import_module(spec.module)
        return tree_sitter.Language(getattr(module, spec.function)())
    except (ImportError, AttributeError, ValueError, OSError) as error:
        logger.warning("No grammar for %s, it completes by lines: %s", spec.id, error)
        return None
