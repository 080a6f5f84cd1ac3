"""Repairs of definitions and single values: defaults, class attributes, arguments, constants, comparisons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from foretype.actions.repairs.source import FUNCTIONS, Change, Place, Repair, Source


def kept_value(source: Source, place: Place) -> Iterator[Repair]:
    """An expression whose value nothing uses: said to be so, since to leave it out could change what happens."""
    found = source.beginning(place, ast.Expr)
    if found is not None:
        name = "_" if "_" not in source.names else source.free("_unused", "_ignored")
        at = source.start(found)
        yield Repair((Change(at, at, f"{name} = "),))


def identical_types(source: Source, place: Place) -> Iterator[Repair]:
    """Types compared by identity: ``type(a) is B``."""
    found = source.around(place, ast.Compare)
    if found is None or len(found.ops) != 1 or not isinstance(found.ops[0], ast.Eq | ast.NotEq):
        return
    start, stop = source.end(found.left), source.start(found.comparators[0])
    between = source.text[start:stop]
    word = "is" if isinstance(found.ops[0], ast.Eq) else "is not"
    text = re.sub(r"\s*(==|!=)\s*", f" {word} ", between)
    yield Repair((Change(start, stop, text),), taken="no metaclass compares in a way of its own")


def bound_in_loop(source: Source, place: Place) -> Iterator[Repair]:
    """A function made in a loop keeps the value that the loop's variable has now: as a default."""
    name = source.text[place.start : place.end]
    function = source.function_around(place)
    inner = source.around(place, ast.Lambda)
    found = (
        inner if inner is not None and (function is None or source.start(inner) > source.start(function)) else function
    )
    if found is None or not name.isidentifier() or found.args.kwarg is not None:
        return
    every = [*found.args.posonlyargs, *found.args.args, *found.args.kwonlyargs]
    extra = f"{name}={name}"
    if isinstance(found, ast.Lambda):
        at = source.start(found) + len("lambda")
        colon = (
            source.text.index(":", at) if not every and found.args.vararg is None else _after_last(source, found.args)
        )
        text = f" {extra}" if not every and found.args.vararg is None else f", {extra}"
    else:
        opening = re.compile(r"\(\s*").search(source.text, source.start(found))
        if opening is None:
            return
        empty = not every and found.args.vararg is None
        colon = opening.end() if empty else _after_last(source, found.args)
        text = extra if empty else f", {extra}"
    yield Repair((Change(colon, colon, text),), taken=f"`{name}` keeps its value until the function is called")


def _after_last(source: Source, arguments: ast.arguments) -> int:
    nodes: list[ast.AST] = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    nodes += [each for each in (*arguments.defaults, *arguments.kw_defaults, arguments.vararg) if each is not None]
    return max(source.end(node) for node in nodes)


def default_made_inside(source: Source, place: Place) -> Iterator[Repair]:
    """A default that is computed once, for all calls: computed in each call instead."""
    function = source.function_around(place)
    first = source.first_statement(function) if function is not None else None
    if function is None or first is None:
        return
    for argument, default in _defaults(function.args):
        if source.start(default) <= place.start and place.end <= source.end(default):
            text = source.segment(default)
            if "\n" in text:
                return
            changes = [Change(source.start(default), source.end(default), "None")]
            note = argument.annotation
            if note is not None and "None" not in source.segment(note) and "Optional" not in source.segment(note):
                changes.append(Change(source.end(note), source.end(note), " | None"))
            indent, step = source.blanks(first.lineno), source.unit(first.lineno)
            lines = f"if {argument.arg} is None:{source.ending}{indent}{step}{argument.arg} = {text}"
            yield Repair((*changes, source.before(first, lines)), taken="the default may be made anew for each call")


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    yield from zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield argument, default


def no_global(source: Source, place: Place) -> Iterator[Repair]:
    """A ``global`` for a name that the function only reads says nothing."""
    found = source.around(place, ast.Global)
    name = re.search(r"`(\w+)`", place.message)
    if found is None or name is None or name.group(1) not in found.names or not source.is_own_line(found):
        return
    rest = [each for each in found.names if each != name.group(1)]
    if rest:
        yield Repair((Change(source.start(found), source.end(found), f"global {', '.join(rest)}"),))
    elif len(source.block(found)[0]) > 1:
        yield Repair((Change(source.line_start(found.lineno), source.line_start(found.lineno + 1), ""),))
    else:
        yield Repair((Change(source.start(found), source.end(found), "pass"),))


def class_variable(source: Source, place: Place) -> Iterator[Repair]:
    """A mutable attribute of a class, said to be the class's."""
    found = source.statement(source.around(place, ast.expr) or source.tree)
    imports = ("from typing import ClassVar",)
    if isinstance(found, ast.Assign) and len(found.targets) == 1 and isinstance(found.targets[0], ast.Name):
        at = source.end(found.targets[0])
        yield Repair((Change(at, at, ": ClassVar"),), imports)
    elif isinstance(found, ast.AnnAssign):
        note = source.segment(found.annotation)
        yield Repair(
            (Change(source.start(found.annotation), source.end(found.annotation), f"ClassVar[{note}]"),), imports
        )


def named_constant(source: Source, place: Place) -> Iterator[Repair]:
    """A number in a comparison gets a name, at the beginning of its function or before its statement."""
    found = source.beginning(place, ast.Constant, ast.UnaryOp)
    compare = next((each for each in source.up(found) if isinstance(each, ast.Compare)), None) if found else None
    if found is None or compare is None:
        return
    sides = [compare.left, *compare.comparators]
    other = next((side for side in sides if side is not found), None)
    equal = any(isinstance(each, ast.Eq | ast.NotEq) for each in compare.ops)
    names = [
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(other or compare)
        if isinstance(each, ast.Name | ast.Attribute)
        and (each.id if isinstance(each, ast.Name) else each.attr) != "len"
    ]
    about = names[0].strip("_").lower() if names else "value"
    function = source.function(found)
    if function is not None:
        first = source.first_statement(function)
        name = source.free(f"expected_{about}" if equal else f"{about}_limit")
    else:
        first = source.statement(found)
        while not isinstance(source.parents[first], ast.Module | ast.ClassDef):
            first = source.statement(source.parents[first])
        name = source.free((f"EXPECTED_{about}" if equal else f"{about}_LIMIT").upper())
    if first is not None and not any(isinstance(each, ast.Lambda) for each in source.up(found)):
        start, end = source.start(found), source.end(found)
        yield Repair((source.before(first, f"{name} = {source.segment(found)}"), Change(start, end, name)))


def dropped_argument(source: Source, place: Place) -> Iterator[Repair]:
    """An argument that callers pass and the function ignores: dropped where the function begins."""
    name = source.text[place.start : place.end].lstrip("*").split(":")[0].strip()
    function = source.function_around(place)
    first = source.first_statement(function) if function is not None else None
    if first is None or not name.isidentifier():
        return
    yield Repair((source.before(first, f"del {name}"),))


def no_hash(source: Source, place: Place) -> Iterator[Repair]:
    """A class that defines equality alone has no hash; said so."""
    found = source.around(place, ast.ClassDef)
    equal = [each for each in found.body if isinstance(each, FUNCTIONS) and each.name == "__eq__"] if found else []
    if equal and source.is_own_line(equal[-1]):
        last = equal[-1].end_lineno or equal[-1].lineno
        at = source.line_start(last + 1)
        lead = "" if source.text[:at].endswith(("\n", "\r")) else source.ending
        indent = source.blanks(equal[-1].lineno)
        yield Repair((Change(at, at, f"{lead}{source.ending}{indent}__hash__ = None{source.ending}"),))


def exported(source: Source, place: Place) -> Iterator[Repair]:
    """An import that nothing uses here: handed on, where others can see it, else done for what importing does."""
    found = source.around(place, ast.alias)
    statement = source.statement(found) if found is not None else None
    if found is None or statement is None or found.asname is not None:
        return
    local = source.function(statement) is not None
    if "." not in found.name and not local:
        yield Repair((Change(source.end(found), source.end(found), f" as {found.name}"),))
    if isinstance(statement, ast.Import) and len(statement.names) == 1 and local:
        text = f'importlib.import_module("{found.name}")'
        yield Repair((Change(source.start(statement), source.end(statement), text),), ("import importlib",))
