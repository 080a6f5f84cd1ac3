"""Which rule of which checker has a repair that needs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from foretype.actions.repairs import (
    blocks,
    expected,
    handlers,
    lines,
    long_lines,
    percent,
    renames,
    type_notation,
    values,
)
from foretype.actions.repairs.source import Place, Repair, Source

Maker = Callable[[Source, Place], Iterator[Repair]]

CHECKERS = frozenset({"ruff", "flake8", "pyflakes", "pycodestyle"})
"""Those that call the rules by these codes."""

RULES: Mapping[str, tuple[Maker, ...]] = {
    "A001": (renames.renamed,),
    "ARG001": (values.dropped_argument,),
    "ARG002": (values.dropped_argument,),
    "ARG003": (values.dropped_argument,),
    "ARG004": (values.dropped_argument,),
    "B008": (values.default_made_inside,),
    "B015": (values.kept_value,),
    "B018": (values.kept_value,),
    "B023": (values.bound_in_loop,),
    "B904": (handlers.caused,),
    "BLE001": (blocks.suppressed, handlers.chained, expected.narrowed),
    "E501": (long_lines.wrapped,),
    "E701": (lines.apart,),
    "E702": (lines.apart,),
    "E721": (values.identical_types,),
    "E722": (blocks.suppressed, handlers.named_bare, expected.narrowed),
    "E741": (renames.renamed,),
    "F401": (values.exported,),
    "F405": (renames.starred,),
    "F821": (renames.misspelled,),
    "G201": (type_notation.logged_exception,),
    "N806": (renames.renamed,),
    "PERF401": (lines.extended,),
    "PERF402": (lines.extended,),
    "PLC0206": (lines.with_items,),
    "PLR1704": (renames.own_argument,),
    "PLR2004": (values.named_constant,),
    "PLW0602": (values.no_global,),
    "PLW0642": (renames.another_self,),
    "PLW1641": (values.no_hash,),
    "PLW2901": (renames.another_loop_variable,),
    "PYI063": (type_notation.positional_only,),
    "RUF012": (values.class_variable,),
    "S101": (handlers.plain_assert,),
    "S110": (blocks.suppressed,),
    "SIM102": (blocks.joined_ifs,),
    "SIM103": (handlers.returned_condition,),
    "SIM105": (blocks.suppressed,),
    "SIM115": (blocks.closed_file,),
    "SIM117": (blocks.joined_withs,),
    "TRY004": (handlers.type_error,),
    "TRY300": (handlers.returned_after,),
    "UP007": (type_notation.united,),
    "UP031": (percent.formatted,),
    "UP035": (type_notation.built_in_alias,),
    "UP045": (type_notation.united,),
}


FORMATTED = frozenset({"E501"})
"""Rules that a formatter may know how to content."""


def has_repair(language: str, source: str, code: str) -> bool:
    """Whether there may be a repair for a finding."""
    return language == "python" and source.lower() in CHECKERS and code in RULES


def repairs(text: Source, code: str, place: Place) -> Iterator[Repair]:
    """The repairs for a finding with a code, the most faithful first."""
    for make in RULES.get(code, ()):
        yield from make(text, place)
