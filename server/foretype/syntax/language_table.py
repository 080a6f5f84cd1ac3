"""All languages Foretype knows."""

from __future__ import annotations

from foretype.syntax.brace_languages import BRACE_LANGUAGES
from foretype.syntax.languages import LanguageSpec
from foretype.syntax.other_languages import OTHER_LANGUAGES

SPECS: tuple[LanguageSpec, ...] = (*BRACE_LANGUAGES, *OTHER_LANGUAGES)
