"""What is offered at a range: at once, from syntax and diagnostics alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from foretype.actions import kinds
from foretype.actions.checkers import Finding
from foretype.actions.kinds import Kind
from foretype.actions.plain import plain_actions
from foretype.actions.repairs.rules import has_repair
from foretype.actions.undefined import undefined_name
from foretype.config.actions import Actions as Settings
from foretype.syntax.cursor import Syntax
from foretype.syntax.scopes import Scope, scopes_at
from foretype.syntax.situation import look
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit
from foretype.text.positions import Point

MOST_FIXES = 8
LONGEST_TITLE = 90
CUSTOM = "custom:"
IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A diagnostic that the editor shows: who reported it, its code, its text and its place."""

    source: str
    code: str
    message: str
    start: Point
    end: Point

    @property
    def finding(self) -> Finding:
        """As checkers say it."""
        return Finding(self.start.line, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Asked:
    """What actions are asked for: a range, the diagnostics there, the kinds wanted (none for all)."""

    snapshot: Snapshot
    start: Point
    end: Point
    diagnostics: tuple[Diagnostic, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """An action. ``edits`` are there at once for one that needs no model; else ``data`` says what to resolve.

    ``disabled`` says why it can't be done here. ``diagnostics`` are indices into those asked with.
    """

    title: str
    kind: str
    data: Mapping[str, object] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    disabled: str = ""
    diagnostics: tuple[int, ...] = ()
    needs_model: bool = True


def offers(syntax: Syntax, settings: Settings, asked: Asked, model: str) -> tuple[Offer, ...]:
    """The actions for a range, those without a model first. ``model`` says why none can be asked; empty if one can."""
    wanted = [each for each in _all(syntax, settings, asked, model) if is_wanted(each.kind, asked.only)]
    return tuple(sorted(wanted, key=lambda each: (bool(each.disabled), each.needs_model)))


def is_wanted(kind: str, only: Sequence[str]) -> bool:
    """Whether a kind is one of those wanted or below one of them."""
    return not only or any(kind == each or kind.startswith(f"{each}.") or not each for each in only)


def _all(syntax: Syntax, settings: Settings, asked: Asked, model: str) -> Iterator[Offer]:
    snapshot = asked.snapshot
    tree = syntax.trees.parse(snapshot, asked.start)
    spec = syntax.languages.spec(snapshot.language)
    scopes = scopes_at(look(spec, tree, snapshot.lines, _in_text(snapshot, asked.start)), syntax.queries)
    if tree is not None:
        for plain in plain_actions(tree, snapshot, asked.start, asked.end):
            yield Offer(plain.title, plain.kind, edits=plain.edits, disabled=plain.disabled, needs_model=False)
    yield from _imports(asked)
    for offer in (*_fixes(asked), *_rewrites(settings, asked, scopes)):
        if model and offer.diagnostics and _has_repair(asked, offer.diagnostics):
            yield replace(offer, needs_model=False)
        else:
            yield replace(offer, disabled=offer.disabled or model)


def _has_repair(asked: Asked, numbers: Sequence[int]) -> bool:
    """Whether an offer is about one diagnostic, which may be repaired without a model."""
    found = [asked.diagnostics[number] for number in numbers]
    return len(found) == 1 and has_repair(asked.snapshot.language, found[0].source, found[0].code)


def _in_text(snapshot: Snapshot, place: Point) -> Point:
    """A place in a line's indentation stands for the line's first character: that is where its scope is told."""
    line = snapshot.body(place.line)
    return Point(place.line, max(place.column, len(line) - len(line.lstrip(" \t")))) if line.strip() else place


def _imports(asked: Asked) -> Iterator[Offer]:
    """The import of a name that a diagnostic says is not defined; where from, the workspace's index tells later."""
    for number, diagnostic in enumerate(asked.diagnostics[:MOST_FIXES]):
        name = undefined_name(asked.snapshot.language, diagnostic.message)
        if name:
            data = {"action": IMPORT, "name": name, "diagnostics": [_wire(diagnostic)]}
            yield Offer(f"Import {name}", kinds.QUICKFIX, data, diagnostics=(number,), needs_model=False)


def _fixes(asked: Asked) -> Iterator[Offer]:
    diagnostics = asked.diagnostics[:MOST_FIXES]
    for number, diagnostic in enumerate(diagnostics):
        title = f"Fix: {_short(diagnostic)}"
        yield Offer(title, kinds.QUICKFIX, _data(kinds.FIX, asked, [diagnostic]), diagnostics=(number,))
    if len(asked.diagnostics) > 1:
        title = f"Fix all {len(asked.diagnostics)} problems here"
        every = tuple(range(len(asked.diagnostics)))
        yield Offer(title, kinds.QUICKFIX, _data(kinds.FIX_ALL, asked, asked.diagnostics), diagnostics=every)


def _rewrites(settings: Settings, asked: Asked, scopes: Sequence[Scope]) -> Iterator[Offer]:
    function = next((scope for scope in reversed(scopes) if scope.kind == "function" and scope.name), None)
    language = asked.snapshot.language
    for kind in (kinds.BUG, *kinds.REFACTORINGS):
        if kind.languages and language not in kind.languages:
            continue
        yield _rewrite(kind.id, kind, asked, function)
    for number, custom in enumerate(settings.custom):
        if not custom.languages or language in custom.languages:
            data = _data(f"{CUSTOM}{number}", asked)
            yield Offer(custom.title, custom.kind, data)


def _rewrite(id: str, kind: Kind, asked: Asked, function: Scope | None) -> Offer:
    if function is None:
        reason = "the cursor is in no function that has a name"
        return Offer(kind.title.format(name="a function"), kind.kind, disabled=reason)
    disabled = ""
    if kind.id == "extract-function" and (asked.start == asked.end or not _holds(function, asked)):
        disabled = "select the lines of a function to extract first"
    return Offer(kind.title.format(name=function.name), kind.kind, _data(id, asked), disabled=disabled)


def _holds(scope: Scope, asked: Asked) -> bool:
    """Whether a selection lies in a function's body."""
    return scope.body is not None and scope.body[0] <= asked.start.line and asked.end.line <= scope.body[1]


def _data(id: str, asked: Asked, diagnostics: Iterable[Diagnostic] = ()) -> dict[str, object]:
    return {
        "action": id,
        "start": [asked.start.line, asked.start.column],
        "end": [asked.end.line, asked.end.column],
        "diagnostics": [_wire(each) for each in diagnostics],
    }


def _wire(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "source": diagnostic.source,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "start": [diagnostic.start.line, diagnostic.start.column],
        "end": [diagnostic.end.line, diagnostic.end.column],
    }


def _short(diagnostic: Diagnostic) -> str:
    first = diagnostic.message.strip().split("\n", 1)[0]
    title = f"{first} ({diagnostic.code})" if diagnostic.code else first
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 3] + "..."
