"""Repairs of exceptions: their causes, handlers of everything, the kind that is raised."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretype.actions.repairs.source import Change, Place, Repair, Source


def caused(source: Source, place: Place) -> Iterator[Repair]:
    """A raise in a handler says what it comes from."""
    raised = source.beginning(place, ast.Raise)
    if raised is None or raised.exc is None or raised.cause is not None:
        return
    handler = next((each for each in source.up(raised) if isinstance(each, ast.ExceptHandler)), None)
    if handler is None:
        return
    end = source.end(raised)
    if handler.name:
        yield Repair((Change(end, end, f" from {handler.name}"),))
        return
    name = source.free("error", "err")
    if handler.type is None:
        after = source.start(handler) + len("except")
        naming = Change(after, after, f" BaseException as {name}")
    else:
        after = _closed(source, handler.type)
        naming = Change(after, after, f" as {name}")
    yield Repair((naming, Change(end, end, f" from {name}")))


def _closed(source: Source, node: ast.expr) -> int:
    """Where an expression ends, with the parentheses around it."""
    start, end = source.start(node), source.end(node)
    while source.text[:start].rstrip(" \t").endswith("(") and source.text[end:].lstrip(" \t").startswith(")"):
        start = len(source.text[:start].rstrip(" \t")) - 1
        end = source.text.index(")", end) + 1
    return end


def named_bare(source: Source, place: Place) -> Iterator[Repair]:
    """``except:`` says what it catches, which is everything; where that won't do, all but exits and interrupts."""
    handler = source.beginning(place, ast.ExceptHandler)
    if handler is None or handler.type is not None:
        return
    at = source.start(handler) + len("except")
    yield Repair((Change(at, at, " BaseException"),))
    yield Repair((Change(at, at, " Exception"),), taken="exits and interrupts need not be caught there")


def chained(source: Source, place: Place) -> Iterator[Repair]:
    """A handler of everything that raises something else says what that comes from."""
    handler = source.around(place, ast.ExceptHandler)
    raised = handler.body[-1] if handler is not None else None
    if isinstance(raised, ast.Raise):
        at = source.start(raised)
        yield from caused(source, Place(at, at, place.message))


def type_error(source: Source, place: Place) -> Iterator[Repair]:
    """What is raised for a value of a wrong type is a TypeError."""
    raised = source.around(place, ast.Raise)
    kind = raised.exc if raised is not None else None
    if isinstance(kind, ast.Call):
        kind = kind.func
    if isinstance(kind, ast.Name):
        change = Change(source.start(kind), source.end(kind), "TypeError")
        yield Repair((change,), taken=f"no caller relies on {kind.id}")


def returned_after(source: Source, place: Place) -> Iterator[Repair]:
    """A try's last return goes to its else, where nothing that it returns can fail."""
    returned = source.beginning(place, ast.Return)
    found = source.parents.get(returned) if returned is not None else None
    if not isinstance(found, ast.Try) or returned is None or found.orelse or len(found.body) < 2:
        return
    plain = returned.value is None or isinstance(returned.value, ast.Constant | ast.Name)
    if not plain or found.body[-1] is not returned or not source.is_own_line(returned):
        return
    handlers_end = source.line_start((found.handlers[-1].end_lineno or 0) + 1)
    line = source.text[source.line_start(returned.lineno) : source.line_start(returned.lineno + 1)]
    indent = source.blanks(found.lineno)
    gone = Change(source.line_start(returned.lineno), source.line_start(returned.lineno + 1), "")
    yield Repair((gone, Change(handlers_end, handlers_end, f"{indent}else:{source.ending}{line}")))


def returned_condition(source: Source, place: Place) -> Iterator[Repair]:
    """``if c: return True`` and ``return False`` as ``return c``."""
    found = source.beginning(place, ast.If)
    if found is None or len(found.body) != 1 or not source.is_own_line(found):
        return
    if found.orelse:
        other, stop = found.orelse, found
    else:
        block, at = source.block(found)
        other = block[at + 1 : at + 2]
        stop = other[0] if other else found  # type: ignore[assignment]
    values = [_truth(each[0]) if len(each) == 1 else None for each in (found.body, other)]
    if None in values or values[0] == values[1]:
        return
    if not values[0]:
        text = negated(source, found.test)
    else:
        test = source.segment(found.test)
        text = test if _is_boolean(found.test) else f"bool({test})"
    if isinstance(found.test, ast.BoolOp) and "\n" in text and values[0]:
        text = f"({text})"
    text = f"({text})" if "\n" in text and not text.endswith(")") else text
    comments = source.comments(found.lineno, stop.end_lineno or stop.lineno, [found.test])
    above = "".join(f"{comment}{source.ending}{source.blanks(found.lineno)}" for comment in comments)
    yield Repair((Change(source.start(found), source.line_end(stop), f"{above}return {text}"),))


def _truth(statement: ast.stmt) -> bool | None:
    value = statement.value if isinstance(statement, ast.Return) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, bool) else None


def _is_boolean(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp):
        return all(_is_boolean(each) for each in test.values)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name):
        return test.func.id in ("isinstance", "issubclass", "callable", "bool", "any", "all", "hasattr")
    return isinstance(test, ast.Compare) or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not))


def plain_assert(source: Source, place: Place) -> Iterator[Repair]:
    """An assert as an if that raises, so that it holds with ``-O`` too."""
    found = source.beginning(place, ast.Assert)
    if found is None or not source.is_own_line(found):
        return
    message = source.segment(found.msg) if found.msg is not None else ""
    indent = source.blanks(found.lineno)
    step = indent + source.unit(found.lineno)
    raised = f"raise AssertionError({message})" if message else "raise AssertionError"
    opposite = negated(source, found.test)
    if isinstance(found.test, ast.UnaryOp) and isinstance(found.test.op, ast.Not):
        opposite = source.segment(found.test.operand)
    text = f"if {opposite}:{source.ending}{step}{raised}"
    yield Repair((Change(source.start(found), source.end(found), text),))


_OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip


def negated(source: Source, test: ast.expr) -> str:
    """The opposite of a condition, as a truth value; not ``>=`` for ``<``, since of a NaN neither holds."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return f"bool({source.segment(test.operand)})"
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITES:
        left, right = source.segment(test.left), source.segment(test.comparators[0])
        return f"{left} {_OPPOSITES[type(test.ops[0])]} {right}"
    simple = isinstance(test, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return f"not {source.segment(test)}" if simple else f"not ({source.segment(test)})"
