"""Repairs of blocks: nested conditions and with statements joined, handlers that do nothing, files that stay open."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from foretype.actions.repairs.handlers import returned_condition
from foretype.actions.repairs.source import (
    FUNCTIONS,
    LONGEST_LINE,
    Change,
    Place,
    Repair,
    Source,
    applied,
    difference,
)

_READERS = frozenset({"read", "readlines", "readline", "write", "writelines"})
_CONSUMERS = frozenset({"load", "safe_load", "list", "tuple", "set", "sorted", "sum", "len", "dump", "copyfileobj"})
"""Calls that are done with a file when they return, by the last part of their name."""


def joined_ifs(source: Source, place: Place) -> Iterator[Repair]:
    """``if a: if b: ...`` as ``if a and b: ...``."""
    outer = source.beginning(place, ast.If)
    if outer is None or outer.orelse:
        return
    tests, inner = [outer.test], outer
    while len(inner.body) == 1 and isinstance(inner.body[0], ast.If) and not inner.body[0].orelse:
        inner = inner.body[0]
        tests.append(inner.test)
    if inner is not outer:
        word = source.text[source.start(outer) :].split(None, 1)[0].split("(")[0]
        parts = [_operand(source, test) for test in tests]
        for merged in _merged(source, outer, inner, tests, word, parts, " and "):
            yield merged
            yield from _returned(source, source.start(outer), merged)


def _returned(source: Source, start: int, merged: Repair) -> Iterator[Repair]:
    """A condition that was joined and only says which truth value is returned: returned itself."""
    after = Source(applied(source.text, merged.changes))
    for repair in returned_condition(after, Place(start, start, "")):
        yield Repair((difference(source.text, applied(after.text, repair.changes)),))


def joined_withs(source: Source, place: Place) -> Iterator[Repair]:
    """``with a: with b: ...`` as ``with a, b: ...``."""
    outer = source.beginning(place, ast.With) or source.beginning(place, ast.AsyncWith)
    if outer is None:
        return
    items, inner = list(outer.items), outer
    while len(inner.body) == 1:
        only = inner.body[0]
        if not isinstance(only, ast.With | ast.AsyncWith) or type(only) is not type(outer):
            break
        inner = only
        items += inner.items
    if inner is not outer:
        word = "async with" if isinstance(outer, ast.AsyncWith) else "with"
        headers = [each.context_expr for each in items]
        yield from _merged(source, outer, inner, headers, word, [_item(source, each) for each in items], ", ")


def _merged(
    source: Source,
    outer: ast.If | ast.With | ast.AsyncWith,
    inner: ast.If | ast.With | ast.AsyncWith,
    kept: Sequence[ast.expr],
    word: str,
    parts: list[str],
    between: str,
) -> Iterator[Repair]:
    """``outer`` with the body of ``inner``; comments between what is ``kept`` go to the beginning of the body."""
    indent, ending = source.blanks(outer.lineno), source.ending
    first = inner.body[0]
    if not source.is_own_line(first):
        return
    within = source.blanks(first.lineno)
    step = indent + source.unit(outer.lineno)
    header = f"{word} {between.join(parts)}:"
    if len(indent) + len(header) > LONGEST_LINE or any("\n" in part for part in parts):
        broken = f"{between.strip()} " if between == " and " else ""
        rows = [part if not number else f"{broken}{part}" for number, part in enumerate(parts)]
        tail = "," if between == ", " else ""
        header = ending.join([f"{word} (", *(f"{step}{row}{tail}" for row in rows), f"{indent}):"])
    comments = source.comments(outer.lineno, first.lineno - 1, kept)
    try:
        moved = source.shifted(first.lineno, inner.end_lineno or inner.lineno, within, step)
    except ValueError:
        return
    above = "".join(f"{step}{comment}{ending}" for comment in comments)
    end = source.line_start((inner.end_lineno or inner.lineno) + 1)
    yield Repair((Change(source.start(outer), end, f"{header}{ending}{above}{moved}"),))


def _operand(source: Source, test: ast.expr) -> str:
    text = source.segment(test)
    loose = isinstance(test, ast.IfExp | ast.Lambda | ast.NamedExpr)
    loose = loose or (isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or))
    return f"({text})" if loose else text


def _item(source: Source, item: ast.withitem) -> str:
    text = source.segment(item.context_expr)
    return text if item.optional_vars is None else f"{text} as {source.segment(item.optional_vars)}"


def suppressed(source: Source, place: Place) -> Iterator[Repair]:
    """A try whose handlers do nothing, as ``with contextlib.suppress(...)``, which does the same."""
    found = source.around(place, ast.Try)
    if found is None or found.orelse or found.finalbody:
        return
    kinds = [kind for handler in found.handlers for kind in _kinds(source, handler)]
    silent = all(len(each.body) == 1 and isinstance(each.body[0], ast.Pass) for each in found.handlers)
    own_line = source.is_own_line(found.body[0]) and found.body[0].lineno > found.lineno
    if not silent or not own_line or any(source.start(each) <= place.start < source.end(each) for each in found.body):
        return
    name, imports = contextlib_name(source)
    indent = source.blanks(found.lineno)
    last = found.end_lineno or found.lineno
    comments = source.comments(found.lineno, found.lineno)
    comments += source.comments((found.body[-1].end_lineno or 0) + 1, last)
    above = "".join(f"{comment}{source.ending}{indent}" for comment in comments)
    start, stop = source.start(found), source.line_start(found.lineno + 1)
    after = source.line_start((found.body[-1].end_lineno or 0) + 1)
    end = source.line_start(last + 1)
    header = f"{above}with {name}({', '.join(dict.fromkeys(kinds))}):{source.ending}"
    yield Repair((Change(start, stop, header), Change(after, end, "")), imports)


def _kinds(source: Source, handler: ast.ExceptHandler) -> list[str]:
    if handler.type is None:
        return ["BaseException"]
    if isinstance(handler.type, ast.Tuple):
        return [source.segment(each) for each in handler.type.elts]
    return [source.segment(handler.type)]


def contextlib_name(source: Source) -> tuple[str, tuple[str, ...]]:
    """How this file calls ``contextlib.suppress``, and the import that this needs."""
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "contextlib":
            for alias in node.names:
                if alias.name == "suppress":
                    return alias.asname or "suppress", ()
        if isinstance(node, ast.Import) and any(each.name == "contextlib" and not each.asname for each in node.names):
            return "contextlib.suppress", ()
    return "contextlib.suppress", ("import contextlib",)


def closed_file(source: Source, place: Place) -> Iterator[Repair]:
    """A file opened without ``with``, where it is clear up to where it is used."""
    call = source.around(place, ast.Call)
    if call is None:
        return
    statement = source.statement(call)
    if not source.is_own_line(statement):
        return
    lazily = (*FUNCTIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    for each in source.up(call):
        if each is statement:
            break
        if isinstance(each, lazily):
            return
    if isinstance(statement, ast.Assign) and statement.value is call:
        yield from _named(source, statement)
    elif _is_consumed(source, call, statement):
        yield from _at_once(source, call, statement)


def _named(source: Source, opened: ast.Assign) -> Iterator[Repair]:
    """``f = open(...)`` up to the ``f.close()`` that follows, or up to the end of the block."""
    target = opened.targets[0]
    block, at = source.block(opened)
    if len(opened.targets) != 1 or not isinstance(target, ast.Name):
        return
    name = target.id
    header = f"with {source.segment(opened.value)} as {name}:"
    follows = block[at + 1 :]
    if not follows:
        return
    guard = follows[0]
    if isinstance(guard, ast.Try) and not guard.handlers and not guard.orelse and _closes(guard.finalbody, name):
        if source.is_own_line(guard.body[0]) and guard.body[0].lineno > guard.lineno:
            last = guard.body[-1].end_lineno or guard.lineno
            start, stop = source.start(opened), source.line_start(guard.lineno + 1)
            rest = Change(source.line_start(last + 1), source.line_start((guard.end_lineno or last) + 1), "")
            between = source.text[source.line_start(opened.lineno + 1) : source.line_start(guard.lineno)]
            if opened.end_lineno == opened.lineno and not between.strip():
                yield Repair((Change(start, stop, header + source.ending), rest))
        return
    closing = next((each for each in follows if _closes([each], name)), None)
    used = follows[: follows.index(closing)] if closing is not None else _up_to_last_use(follows, name)
    if (
        not used
        or any(_escapes(source, each, name) for each in used)
        or not all(source.is_own_line(each) for each in used)
    ):
        return
    yield from _wrapped(source, opened, header, used, closing)


def _wrapped(
    source: Source, opened: ast.stmt, header: str, used: list[ast.stmt], closing: ast.stmt | None
) -> Iterator[Repair]:
    indent = source.blanks(opened.lineno)
    step = indent + source.unit(opened.lineno)
    first, last = (opened.end_lineno or opened.lineno) + 1, used[-1].end_lineno or used[-1].lineno
    try:
        moved = source.shifted(first, last, indent, step)
    except ValueError:
        return
    changes = [Change(source.start(opened), source.line_start(last + 1), f"{header}{source.ending}{moved}")]
    if closing is not None:
        stop = source.line_start((closing.end_lineno or closing.lineno) + 1)
        if source.text[source.line_start(last + 1) : source.line_start(closing.lineno)].strip():
            return
        changes[0] = Change(changes[0].start, stop, changes[0].text)
    yield Repair(tuple(changes))


def _closes(statements: list[ast.stmt], name: str) -> bool:
    return len(statements) == 1 and ast.unparse(statements[0]) == f"{name}.close()"


def _up_to_last_use(follows: list[ast.stmt], name: str) -> list[ast.stmt]:
    uses = [number for number, each in enumerate(follows) if _uses(each, name)]
    return follows[: uses[-1] + 1] if uses else []


def _uses(node: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _escapes(source: Source, statement: ast.stmt, name: str) -> bool:
    """Whether a file may be needed after a statement: kept, returned, handed on, opened anew, or closed in places."""
    for node in ast.walk(statement):
        if isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(node, ast.GeneratorExp) and _uses(node, name):
            return True
        if isinstance(node, ast.Attribute) and _is(node.value, name) and node.attr not in ("name", "mode", "encoding"):
            parent = source.parents[node]
            if not (isinstance(parent, ast.Call) and parent.func is node):
                return True
        if isinstance(node, ast.Attribute) and node.attr == "close" and _is(node.value, name):
            return True
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return True
        value = getattr(node, "value", None)
        kept = isinstance(node, ast.Return | ast.Assign | ast.NamedExpr | ast.keyword | ast.Dict) and _is(value, name)
        if kept or (isinstance(node, ast.Tuple | ast.List | ast.Set) and any(_is(each, name) for each in node.elts)):
            return True
        if isinstance(node, ast.Call) and any(_is(each, name) for each in node.args) and not _is_consumer(node):
            return True
    return False


def _is(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_consumer(call: ast.Call) -> bool:
    called = call.func
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) in _CONSUMERS


def _is_consumed(source: Source, call: ast.Call, statement: ast.stmt) -> bool:
    """Whether a file is read or written to the end where it is opened: ``open(x).read()``, ``for line in open(x)``."""
    parent = source.parents[call]
    if isinstance(parent, ast.For) and parent is statement:
        return parent.iter is call
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr | ast.Return):
        return False
    if isinstance(parent, ast.Attribute):
        outer = source.parents[parent]
        return isinstance(outer, ast.Call) and outer.func is parent and parent.attr in _READERS
    return isinstance(parent, ast.Call) and call in parent.args and _is_consumer(parent)


def _at_once(source: Source, call: ast.Call, statement: ast.stmt) -> Iterator[Repair]:
    name = source.free("file", "stream")
    indent = source.blanks(statement.lineno)
    step = indent + source.unit(statement.lineno)
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    try:
        moved = source.shifted(first, last, indent, step)
    except ValueError:
        return
    opened = source.segment(call)
    if moved.count(opened) != 1 or "\n" in opened:
        return
    start, stop = source.line_start(first), source.line_start(last + 1)
    header = f"{indent}with {opened} as {name}:{source.ending}"
    yield Repair((Change(start, stop, header + moved.replace(opened, name)),))
