"""Where an import of the standard library goes, in the order in which import sorters want it."""

from __future__ import annotations

import ast
import sys

from foretype.actions.repairs.source import Change, Source
from foretype.text.edits import body


def with_import(source: Source, line: str) -> Change | None:
    """The change that brings ``line`` (one import of the standard library) in; None if it is there already."""
    wanted = ast.parse(line).body[0]
    top = [each for each in source.tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    if any(_covers(each, wanted) for each in top):
        return None
    if isinstance(wanted, ast.ImportFrom):
        same = (each for each in top if isinstance(each, ast.ImportFrom) and each.module == wanted.module)
        for each in same:
            if each.level == 0 and each.lineno == each.end_lineno and each.names[0].name != "*":
                return _joined(source, each, wanted.names[0].name)
    library = [each for each in _first_block(top) if _is_library(each) and source.is_own_line(each)]
    later = next((each for each in library if _rank(each) > _rank(wanted)), None)
    if later is not None:
        return source.before(later, line)
    if library:
        at = source.line_start((library[-1].end_lineno or library[-1].lineno) + 1)
        return _at(source, at, line)
    others = _first_block(top)
    future = [each for each in others if isinstance(each, ast.ImportFrom) and each.module == "__future__"]
    if future:
        at = source.line_start((future[-1].end_lineno or future[-1].lineno) + 1)
        return _at(source, at, f"{source.ending}{line}")
    if others:
        change = source.before(others[0], line)
        return Change(change.start, change.end, f"{change.text}{source.ending}")
    return _at(source, _after_documentation(source), f"{line}{source.ending}{source.ending}")


def _at(source: Source, at: int, text: str) -> Change:
    lead = "" if not at or source.text[:at].endswith(("\n", "\r")) else source.ending
    return Change(at, at, f"{lead}{text}{source.ending}")


def _joined(source: Source, found: ast.ImportFrom, name: str) -> Change | None:
    """A name put among those that a module is imported for, in their order."""
    later = next((each for each in found.names if _name_rank(each.name) > _name_rank(name)), None)
    if later is not None:
        return Change(source.start(later), source.start(later), f"{name}, ")
    last = source.end(found.names[-1])
    return Change(last, last, f", {name}")


def _covers(known: ast.stmt, wanted: ast.stmt) -> bool:
    if isinstance(known, ast.ImportFrom) and isinstance(wanted, ast.ImportFrom):
        return known.module == wanted.module and any(
            each.name == wanted.names[0].name and each.asname is None for each in known.names
        )
    if isinstance(known, ast.Import) and isinstance(wanted, ast.Import):
        return any(each.name == wanted.names[0].name and each.asname is None for each in known.names)
    return False


def _first_block(top: list[ast.Import | ast.ImportFrom]) -> list[ast.Import | ast.ImportFrom]:
    return [each for each in top if each.col_offset == 0]


def _is_library(node: ast.Import | ast.ImportFrom) -> bool:
    name = node.names[0].name if isinstance(node, ast.Import) else node.module or ""
    relative = isinstance(node, ast.ImportFrom) and node.level > 0
    return not relative and name != "__future__" and name.split(".")[0] in sys.stdlib_module_names


def _rank(node: ast.stmt) -> tuple[int, str]:
    """isort's order: plain imports before those from a module, each by the module's name."""
    if isinstance(node, ast.Import):
        return 0, node.names[0].name.lower()
    return 1, ((node.module or "") if isinstance(node, ast.ImportFrom) else "").lower()


def _name_rank(name: str) -> tuple[int, str]:
    """isort's order of members: constants, classes, functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _after_documentation(source: Source) -> int:
    first = source.tree.body[0] if source.tree.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return source.line_start((first.end_lineno or first.lineno) + 1)
    at = 0
    for line in source.lines:
        if not body(line).startswith("#"):
            break
        at += len(line)
    return at


_MEMBERS = {
    "abc": "ABC abstractmethod",
    "collections": "Counter OrderedDict defaultdict deque namedtuple",
    "collections.abc": "AsyncIterator Awaitable Callable Generator Iterable Iterator Mapping MutableMapping Sequence",
    "contextlib": "ExitStack contextmanager suppress",
    "dataclasses": "dataclass field",
    "datetime": "timedelta timezone",
    "enum": "Enum IntEnum auto",
    "functools": "cache cached_property lru_cache partial reduce wraps",
    "pathlib": "Path PurePath",
    "typing": "Any ClassVar Final Literal NamedTuple NoReturn Optional Protocol TypedDict TypeVar Union cast overload",
}
"""What is imported by its own name, by the module that has it."""


def library_import(name: str) -> str:
    """The line that imports a name from the standard library as it usually is; empty for a name that has none."""
    for module, members in _MEMBERS.items():
        if name in members.split():
            return f"from {module} import {name}"
    return f"import {name}" if name in sys.stdlib_module_names and not name.startswith("_") else ""
