"""Repairs of annotations and of what they are imported from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from foretype.actions.repairs.source import Change, Place, Repair, Source

_BUILT_IN = {"List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type"}


def built_in_alias(source: Source, place: Place) -> Iterator[Repair]:
    """A container that typing no longer has to lend: the builtin, under the name that the file uses."""
    found = source.around(place, ast.ImportFrom)
    name = re.search(r"`typing\.(\w+)` is deprecated", place.message)
    builtin = _BUILT_IN.get(name.group(1)) if name is not None else None
    if found is None or name is None or builtin is None or not source.is_own_line(found):
        return
    alias = next((each for each in found.names if each.name == name.group(1)), None)
    if alias is None:
        return
    rest = [each for each in found.names if each is not alias]
    shown = alias.asname or alias.name
    indent, ending = source.blanks(found.lineno), source.ending
    if not rest:
        above = source.lines[found.lineno - 2].strip() if found.lineno > 1 else ""
        lead = f"{ending}{indent}" if above else ""
        yield Repair((Change(source.start(found), source.end(found), f"{lead}{shown} = {builtin}"),))
        return
    at = found.names.index(alias)
    if at + 1 < len(found.names):
        gone = Change(source.start(alias), source.start(found.names[at + 1]), "")
    else:
        gone = Change(source.end(found.names[at - 1]), source.end(alias), "")
    if "#" in source.text[gone.start : gone.end]:
        return
    end = source.line_end(found)
    # Import sorters want a blank line where the imports end.
    yield Repair((gone, Change(end, end, f"{ending}{ending}{indent}{shown} = {builtin}")))


def united(source: Source, place: Place) -> Iterator[Repair]:
    """``Union[A, B]`` and ``Optional[A]`` with a bar."""
    found = source.beginning(place, ast.Subscript)
    if found is None or "\n" in source.segment(found):
        return
    members = list(found.slice.elts) if isinstance(found.slice, ast.Tuple) else [found.slice]
    plain = all(isinstance(each, ast.Name | ast.Attribute | ast.Subscript) for each in members)
    if not plain or any(isinstance(each, ast.Starred) for each in members):
        return
    kind = source.segment(found.value).split(".")[-1]
    written = [source.segment(each) for each in members] + (["None"] if kind == "Optional" else [])
    if kind in ("Union", "Optional") and len(written) > 1:
        change = Change(source.start(found), source.end(found), " | ".join(written))
        yield Repair((change,), taken="its members are types when it runs")


def positional_only(source: Source, place: Place) -> Iterator[Repair]:
    """Parameters that two underscores make positional-only: said with a slash."""
    function = source.function_around(place)
    if function is None or function.args.posonlyargs:
        return
    every = function.args.args
    leading = [each for each in every if each.arg.startswith("__") and not each.arg.endswith("__")]
    if not leading or len(leading) > len(every):
        return
    last = max(every.index(each) for each in leading)
    defaults = dict(zip(every[len(every) - len(function.args.defaults) :], function.args.defaults, strict=True))
    at = source.end(defaults.get(every[last], every[last]))
    yield Repair((Change(at, at, ", /"),), taken="no caller names what two underscores begin")


def logged_exception(source: Source, place: Place) -> Iterator[Repair]:
    """``log.error(..., exc_info=True)`` as ``log.exception(...)``, which is the same."""
    call = source.around(place, ast.Call)
    if call is None or not isinstance(call.func, ast.Attribute) or call.func.attr != "error":
        return
    info = next((each for each in call.keywords if each.arg == "exc_info"), None)
    if info is None or not isinstance(info.value, ast.Constant) or info.value.value is not True or not call.args:
        return
    others = [each for each in (*call.args, *call.keywords) if each is not info]
    before = max((source.end(each) for each in others if source.end(each) <= source.start(info)), default=0)
    end = source.end(call.func)
    yield Repair((Change(end - len("error"), end, "exception"), Change(before, source.end(info), "")))
