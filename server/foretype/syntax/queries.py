"""The queries under ``grammars/``: found, joined with what they inherit, checked and compiled on first use."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

    from foretype.syntax.languages import Languages

logger = logging.getLogger(__name__)

VOCABULARY = MappingProxyType(
    {
        "scopes": frozenset({"scope.function", "scope.class", "scope.block", "name", "body"}),
        "definitions": frozenset({"signature", "definition.type", "definition.value", "name"}),
        "references": frozenset({"reference.call", "reference.type"}),
        "imports": frozenset({"import", "import.source", "import.name"}),
        "text": frozenset({"comment", "string", "docstring", "interpolation"}),
        "embedded": frozenset({"embedded", "embedded.language"}),
    }
)
"""The captures each kind of query may use; ``grammars/README.md`` says what they mean."""

_INHERITS = re.compile(r"\A;+\s*inherits:\s*([\w,\s-]+?)\s*(?:\n|\Z)")


class QueryVocabularyError(ValueError):
    """A query uses a capture, inherits a language or has a name that the vocabulary does not know."""


def grammars_folder() -> Path:
    """Where the query folders lie: in the installed package, or at the top of a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "grammars"
    return installed if installed.is_dir() else package.parent.parent / "grammars"


class Queries:
    """The compiled queries of all languages used so far. Not thread-safe."""

    def __init__(self, languages: Languages, folder: Path | None = None) -> None:
        self._languages = languages
        self._folder = folder or grammars_folder()
        self._compiled: dict[tuple[str, str], tree_sitter.Query | None] = {}

    def get(self, language: str, kind: str) -> tree_sitter.Query | None:
        """The query of one kind (a key of ``VOCABULARY``), or None if the language has none or it does not compile.

        A query that does not compile (a grammar wheel of another version) is reported once, in the log.
        """
        key = (language, kind)
        if key not in self._compiled:
            try:
                self._compiled[key] = self.compile(language, kind)
            except ValueError as error:
                logger.warning("The %s query of %s is left out: %s", kind, language, error)
                self._compiled[key] = None
        return self._compiled[key]

    def compile(self, language: str, kind: str) -> tree_sitter.Query | None:
        """Compiles a query; None when there is no such file or no grammar.

        Raises ``QueryVocabularyError`` for a capture outside the vocabulary and ``tree_sitter.QueryError`` for a
        query that the grammar does not accept (both are ``ValueError``).
        """
        import tree_sitter

        source = self.source(language, kind)
        grammar = self._languages.grammar(language)
        if source is None or grammar is None:
            return None
        query: tree_sitter.Query = tree_sitter.Query(grammar, source)
        allowed = VOCABULARY[kind]
        for index in range(query.capture_count):
            name = query.capture_name(index)
            if name not in allowed and not name.startswith("_"):
                raise QueryVocabularyError(
                    f"@{name} in grammars/{language}/{kind}.scm is not in the vocabulary; "
                    f"use one of {', '.join(sorted(allowed))}, or a name that begins with _ for predicates"
                )
        return query

    def source(self, language: str, kind: str) -> str | None:
        """A query's text with what it inherits before it, or None when no such file exists."""
        return self._source(language, kind, ())

    def _source(self, language: str, kind: str, heirs: tuple[str, ...]) -> str | None:
        if kind not in VOCABULARY:
            raise QueryVocabularyError(f"{kind}.scm is not a kind of query; use one of {', '.join(sorted(VOCABULARY))}")
        if language in heirs:
            raise QueryVocabularyError(f"{' -> '.join((*heirs, language))}: {kind}.scm inherits from itself")
        path = self._folder / language / f"{kind}.scm"
        if not path.is_file():
            return None
        text = path.read_text(encoding="utf-8")
        inherited = _INHERITS.match(text)
        if inherited is None:
            return text
        parts = []
        for parent in (name.strip() for name in inherited.group(1).split(",")):
            part = self._source(parent, kind, (*heirs, language))
            if part is None:
                raise QueryVocabularyError(f"grammars/{language}/{kind}.scm inherits {parent}, which has no {kind}.scm")
            parts.append(part)
        return "\n".join((*parts, text))
