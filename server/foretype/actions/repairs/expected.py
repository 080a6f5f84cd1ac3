"""Which exceptions a try is there for, where all that it does is known to raise only some."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretype.actions.repairs.source import Change, Place, Repair, Source

_OF_CALLS: dict[str, tuple[str, ...]] = {
    "int": ("TypeError", "ValueError"),
    "float": ("TypeError", "ValueError"),
    "ord": ("TypeError",),
    "chr": ("TypeError", "ValueError"),
    "len": ("TypeError",),
    "iter": ("TypeError",),
    "next": ("StopIteration",),
    "open": ("OSError",),
    "getattr": ("AttributeError",),
    "index": ("ValueError",),
    "remove": ("ValueError",),
    "decode": ("UnicodeError",),
    "encode": ("UnicodeError",),
    "loads": ("ValueError",),
    "strptime": ("ValueError",),
    "literal_eval": ("SyntaxError", "ValueError"),
    "import_module": ("ImportError",),
    "__import__": ("ImportError",),
    "read": ("OSError",),
    "readline": ("OSError",),
    "readlines": ("OSError",),
    "write": ("OSError",),
    "flush": ("OSError",),
    "close": ("OSError",),
    "fileno": ("OSError",),
}
_OF_MODULES = {"os": "OSError", "shutil": "OSError", "socket": "OSError", "tempfile": "OSError"}
_HARMLESS = frozenset(
    {"str", "repr", "bool", "isinstance", "issubclass", "print", "append", "get", "strip", "split", "join", "lower",
     "upper", "startswith", "endswith", "format", "list", "dict", "set", "tuple", "items", "keys", "values", "replace"}
)  # fmt: skip


def narrowed(source: Source, place: Place) -> Iterator[Repair]:
    """A handler of everything catches what its try can raise, as far as that is known of all that it calls."""
    handler = source.around(place, ast.ExceptHandler)
    found = source.parents.get(handler) if handler is not None else None
    if handler is None or not isinstance(found, ast.Try) or isinstance(handler.type, ast.Tuple):
        return
    kinds: set[str] = set()
    for statement in found.body:
        raised = _raised(statement)
        if raised is None:
            return
        kinds |= raised
    if not kinds:
        kinds = {"AttributeError"} if any(_has(each, ast.Attribute) for each in found.body) else set()
    if not kinds:
        return
    names = sorted(kinds)
    text = names[0] if len(names) == 1 else f"({', '.join(names)})"
    taken = f"nothing but {', '.join(names)} is to be caught"
    if handler.type is None:
        at = source.start(handler) + len("except")
        yield Repair((Change(at, at, f" {text}"),), taken=taken)
    else:
        yield Repair((Change(source.start(handler.type), source.end(handler.type), text),), taken=taken)


def _raised(statement: ast.stmt) -> set[str] | None:
    """What a statement can raise; None where that isn't known."""
    kinds: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Raise | ast.Await | ast.Yield | ast.YieldFrom | ast.With | ast.AsyncWith | ast.Assert):
            return None
        if isinstance(node, ast.Import | ast.ImportFrom):
            kinds.add("ImportError")
        elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            kinds |= {"IndexError", "KeyError", "TypeError"}
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
            kinds |= {"TypeError", "ZeroDivisionError"}
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            module = _module(node.func)
            if module in _OF_MODULES:
                kinds.add(_OF_MODULES[module])
            elif name in _OF_CALLS:
                kinds.update(_OF_CALLS[name])
            elif name not in _HARMLESS:
                return None
    return kinds


def _module(called: ast.expr) -> str:
    while isinstance(called, ast.Attribute):
        called = called.value
    return called.id if isinstance(called, ast.Name) else ""


def _has(statement: ast.stmt, kind: type[ast.AST]) -> bool:
    return any(isinstance(each, kind) for each in ast.walk(statement))
