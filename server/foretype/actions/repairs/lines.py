"""Repairs of several statements on one line, and of loops that say in several lines what one says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretype.actions.repairs.source import Change, Place, Repair, Source


def apart(source: Source, place: Place) -> Iterator[Repair]:
    """Statements on one line, each on its own: at the colon or the semicolon that the finding is about."""
    mark = source.text[place.start : place.start + 1]
    after = place.start + 1
    while source.text[after : after + 1] in (" ", "\t"):
        after += 1
    statements = (each for each in ast.walk(source.tree) if isinstance(each, ast.stmt))
    statement = next((each for each in statements if source.start(each) == after), None)
    if statement is None or mark not in (":", ";"):
        return
    indent, unit = source.blanks(statement.lineno), source.unit(statement.lineno)
    first = source.block(statement)[0][0]
    gap = source.text[source.line_start(first.lineno) : source.start(first)]
    changes = []
    if gap.strip():  # the block begins on its header's line, and has to leave it as a whole
        indent += unit
        before = len(gap) - len(gap.rstrip())
        changes.append(Change(source.start(first) - before, source.start(first), source.ending + indent))
    if mark == ";":
        start = place.start
        while source.text[start - 1] in " \t":
            start -= 1
        changes.append(Change(start, after, source.ending + indent))
    if changes and "\\" not in gap:
        yield Repair(tuple(changes))


def extended(source: Source, place: Place) -> Iterator[Repair]:
    """A loop that only appends to a list: ``extend``, which appends in the same order."""
    call = source.around(place, ast.Call)
    loop = next((each for each in source.up(call) if isinstance(each, ast.For)), None) if call is not None else None
    if loop is None or call is None or loop.orelse or not isinstance(loop.target, ast.Name | ast.Tuple):
        return
    inner, condition = loop.body, ""
    if len(inner) == 1 and isinstance(inner[0], ast.If) and not inner[0].orelse:
        condition, inner = f" if {source.segment(inner[0].test)}", inner[0].body
    appended = inner[0].value if len(inner) == 1 and isinstance(inner[0], ast.Expr) else None
    if appended is not call or not isinstance(call.func, ast.Attribute) or len(call.args) != 1 or call.keywords:
        return
    kept, item, loops = source.segment(call.func.value), call.args[0], source.segment(loop.iter)
    used = [each for part in (loop.iter, item, *_tests(loop)) for each in ast.walk(part)]
    if any(isinstance(each, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr) for each in used):
        return
    if any(source.segment(each) == kept for each in used if isinstance(each, ast.Name | ast.Attribute)):
        return
    variables = {each.id for each in ast.walk(loop.target) if isinstance(each, ast.Name)}
    if _used_later(source, loop, variables):
        return
    target, text = source.segment(loop.target), source.segment(item)
    inside = loops if not condition and text == target else f"{text} for {target} in {loops}{condition}"
    comments = source.comments(loop.lineno, loop.end_lineno or loop.lineno)
    above = "".join(f"{each}{source.ending}{source.blanks(loop.lineno)}" for each in comments)
    if "\n" not in inside and source.is_own_line(loop):
        yield Repair((Change(source.start(loop), source.line_end(loop), f"{above}{kept}.extend({inside})"),))


def _tests(loop: ast.For) -> list[ast.expr]:
    return [each.test for each in loop.body if isinstance(each, ast.If)]


def _used_later(source: Source, loop: ast.For, variables: set[str]) -> bool:
    scope = source.function(loop) or source.tree
    inside = {id(each) for each in ast.walk(loop)}
    return any(
        isinstance(each, ast.Name) and each.id in variables and id(each) not in inside for each in ast.walk(scope)
    )


def with_items(source: Source, place: Place) -> Iterator[Repair]:
    """A loop over a dictionary's keys that looks each up: over its items."""
    loop = source.around(place, ast.For)
    if loop is None or not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Name):
        return
    key, held = loop.target.id, loop.iter.id
    looked_up = f"{held}[{key}]"
    changes = []
    value = source.free("value", f"{held}_value")
    for node in (each for statement in loop.body for each in ast.walk(statement)):
        if isinstance(node, ast.Name) and node.id == key and not isinstance(node.ctx, ast.Load):
            return
        if isinstance(node, ast.Name) and node.id == held:
            parent = source.parents[node]
            loads = isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Load)
            if not loads or source.segment(parent) != looked_up:
                return
            changes.append(Change(source.start(parent), source.end(parent), value))
    header = Change(source.start(loop.target), source.end(loop.iter), f"{key}, {value} in {held}.items()")
    if changes:
        yield Repair((header, *changes), taken=f"`{held}` is not changed in the loop")
