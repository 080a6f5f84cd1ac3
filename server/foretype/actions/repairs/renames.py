"""Repairs that give a local variable another name, everywhere in its function."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator

from foretype.actions.repairs.source import FUNCTIONS, Change, Place, Repair, Source

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_OF_PYTHON_2 = {
    "basestring": "str", "long": "int", "raw_input": "input", "unichr": "chr", "unicode": "str", "xrange": "range",
}  # fmt: skip
_READS_NAMES = frozenset({"locals", "vars", "exec", "eval", "dir"})


def renamed(source: Source, place: Place) -> Iterator[Repair]:
    """A variable whose name is ambiguous, hides a builtin, or is not in lower case."""
    old = source.text[place.start : place.end]
    if not old.isidentifier():
        return
    if old in ("l", "O", "I"):
        wanted = _spoken(source, place, old)
    elif hasattr(builtins, old):
        wanted = (f"{old}_",)
    else:
        wanted = (_snake(old),)
    usable = [each for each in wanted if each.isidentifier() and not keyword.iskeyword(each)]
    node = source.beginning(place, ast.Name)
    if node is None or not usable or node.id != old:
        return
    scope = _scope(source, node)
    if scope is None:
        return
    changes = rename(source, scope, old, source.free(*usable))
    if changes:
        yield Repair(changes)


def _scope(source: Source, node: ast.Name) -> ast.AST | None:
    """The node that holds all uses of a local variable; None where others may know the name."""
    for each in source.up(node):
        if isinstance(each, _COMPREHENSIONS):
            inside = [generator.target for generator in each.generators]
            if any(inner is node for target in inside for inner in ast.walk(target)):
                return each
        if isinstance(each, ast.Lambda | ast.ClassDef):
            return None
        if isinstance(each, FUNCTIONS):
            return each
    top = source.statement(node)
    while not isinstance(source.parents[top], ast.Module):
        top = source.statement(source.parents[top])
    uses = [each for each in ast.walk(source.tree) if isinstance(each, ast.Name) and each.id == node.id]
    within = {id(each) for each in ast.walk(top)}
    return top if all(id(each) in within for each in uses) and "__all__" not in source.names else None


def rename(source: Source, scope: ast.AST, old: str, new: str, body_only: bool = False) -> tuple[Change, ...]:
    """All uses of a name in a node changed; none where it isn't certain that they all are of one local variable."""
    changes = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Global | ast.Nonlocal) and old in node.names:
            return ()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _READS_NAMES:
            return ()
        if (
            isinstance(node, ast.arg)
            and node.arg == old
            and not (body_only and source.parents.get(node) is not None and source.function(node) is scope)
        ):
            return ()
        if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.FunctionDef | ast.ClassDef) and (
            node.name == old and node is not scope
        ):
            return ()
        if isinstance(node, ast.alias) and (node.asname or node.name.split(".")[0]) == old:
            return ()
        if isinstance(node, ast.ClassDef) and node is not scope and _has(node, old):
            return ()
        if isinstance(node, ast.Name) and node.id == old:
            start = source.start(node)
            # Before 3.12, Python's places inside of f-strings may be wrong.
            if re.compile(rf"(?<!\w){old}(?!\w)").match(source.text, start) is None:
                return ()
            changes.append(Change(start, start + len(old), new))
    return tuple(changes)


def _has(node: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _spoken(source: Source, place: Place, old: str) -> tuple[str, ...]:
    """Names for a variable that is called by one letter, from what it is made of."""
    line = source.text[: place.end].count("\n")
    near = source.lines[min(line, len(source.lines) - 1)]
    if old == "I":
        return ("index", "item")
    if old == "O":
        return ("other", "item")
    if re.search(r"\blen\(|length|size", near):
        return ("length", "size", "item")
    if re.search(r"line|split|file|\bf\b|stream|text", near):
        return ("line", "item", "entry")
    return ("item", "element", "entry")


def _snake(name: str) -> str:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return parted.lower()


def another_self(source: Source, place: Place) -> Iterator[Repair]:
    """A ``self`` or ``cls`` that is assigned to: a variable of its own, which begins as that."""
    node = source.around(place, ast.Name)
    function = source.function(node) if node is not None else None
    if node is None or function is None or source.parents.get(function) is None:
        return
    parameters = [*function.args.posonlyargs, *function.args.args]
    first = source.first_statement(function)
    if not parameters or parameters[0].arg != node.id or first is None:
        return
    if any(isinstance(each, ast.Name) and each.id in ("super", "__class__") for each in ast.walk(function)):
        return
    if any(
        isinstance(each, ast.Assign) and source.segment(each.value) == "None" and _has(each, node.id)
        for each in ast.walk(function)
    ):
        return  # it lets go of an object, which another variable would keep
    new = source.free(*(("kind", "chosen") if node.id == "cls" else ("this", "current")))
    changes: list[Change] = []
    for statement in function.body:
        found = rename(source, statement, node.id, new)
        if not found and _has(statement, node.id):
            return
        changes += found
    yield Repair((source.before(first, f"{new} = {node.id}"), *changes))


def another_loop_variable(source: Source, place: Place) -> Iterator[Repair]:
    """A loop's or a with's variable that its body assigns to: the loop's gets a name of its own."""
    node = source.beginning(place, ast.Name)
    if node is None:
        return
    for holder in source.up(node):
        if isinstance(holder, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            return
        targets: list[ast.expr] = []
        if isinstance(holder, ast.For | ast.AsyncFor):
            targets = [holder.target]
        elif isinstance(holder, ast.With | ast.AsyncWith):
            targets = [item.optional_vars for item in holder.items if item.optional_vars is not None]
        names = [each for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
        same = [each for each in names if each.id == node.id]
        if (
            len(same) == 1
            and same[0] is not node
            and isinstance(holder, ast.For | ast.AsyncFor | ast.With | ast.AsyncWith)
        ):
            yield from _split(source, holder, same[0], node)
            return


def _split(
    source: Source, holder: ast.For | ast.AsyncFor | ast.With | ast.AsyncWith, target: ast.Name, written: ast.Name
) -> Iterator[Repair]:
    first = holder.body[0]
    if not source.is_own_line(first) or first.lineno <= holder.lineno:
        return
    new = source.free(f"raw_{target.id}", f"given_{target.id}")
    renamed_target = Change(source.start(target), source.end(target), new)
    if isinstance(first, ast.Assign) and len(first.targets) == 1 and first.targets[0] is written:
        changes = rename(source, first.value, target.id, new)
        if changes or not _has(first.value, target.id):
            yield Repair((renamed_target, *changes))
            return
    yield Repair((renamed_target, source.before(first, f"{target.id} = {new}")))


def own_argument(source: Source, place: Place) -> Iterator[Repair]:
    """A loop's variable that hides a parameter which is not used after it began."""
    node = source.beginning(place, ast.Name)
    function = source.function(node) if node is not None else None
    if node is None or function is None:
        return
    holder = next((each for each in source.up(node) if isinstance(each, ast.For | ast.AsyncFor | ast.With)), None)
    if holder is None:
        return
    stop = source.end(holder)
    later = (each for each in ast.walk(function) if isinstance(each, ast.Name) and each.id == node.id)
    if any(source.start(each) > stop for each in later):
        return
    new = source.free(f"each_{node.id}", f"this_{node.id}")
    changes = [Change(source.start(node), source.end(node), new)]
    for statement in holder.body:
        found = rename(source, statement, node.id, new)
        if not found and _has(statement, node.id):
            return
        changes += found
    if not any(isinstance(each, ast.For | ast.AsyncFor | ast.While) for each in source.up(holder)):
        yield Repair(tuple(changes))


def misspelled(source: Source, place: Place) -> Iterator[Repair]:
    """An undefined name: of Python 2, a module of the standard library that isn't imported, a type, or misspelled."""
    import difflib
    import sys
    import typing

    name = source.text[place.start : place.end]
    if not name.isidentifier():
        return
    if name in _OF_PYTHON_2:
        taken = f"{name} is Python 2's, which this need not run on"
        yield Repair((Change(place.start, place.end, _OF_PYTHON_2[name]),), taken=taken)
    if name in sys.stdlib_module_names:
        yield Repair((), (f"import {name}",), taken=f"{name} is the standard library's module")
    elif name in typing.__all__:
        yield Repair((), (f"from typing import {name}",), taken=f"{name} is the one of typing")
    if sum(isinstance(each, ast.Name) and each.id == name for each in ast.walk(source.tree)) > 1:
        return  # a slip of the finger is made once
    known = {
        each.id for each in ast.walk(source.tree) if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    }
    known |= {each.name for each in ast.walk(source.tree) if isinstance(each, (*FUNCTIONS, ast.ClassDef))}
    known |= {each.arg for each in ast.walk(source.tree) if isinstance(each, ast.arg)}
    for close in difflib.get_close_matches(name, sorted(known - {name}), 2, 0.8):
        yield Repair((Change(place.start, place.end, close),), taken=f"{name} was meant to be {close}")


def starred(source: Source, place: Place) -> Iterator[Repair]:
    """A name that may come from ``from module import *``: imported by its name as well."""
    found = re.match(r"`(\w+)` may be undefined, or defined from star imports", place.message)
    stars = [each for each in source.tree.body if isinstance(each, ast.ImportFrom) and each.names[0].name == "*"]
    if found is None:
        return
    name = found.group(1)
    if len(stars) == 1 and source.is_own_line(stars[0]):
        module = "." * stars[0].level + (stars[0].module or "")
        taken = f"{name} comes from {module}"
        yield Repair((source.before(stars[0], f"from {module} import {name}"),), taken=taken)
