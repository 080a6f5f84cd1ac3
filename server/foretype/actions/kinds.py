"""The kinds of action, as data: what each is called, where it applies, and what the model is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["function", "class", "lines"]

QUICKFIX, REWRITE, EXTRACT, SOURCE = "quickfix", "refactor.rewrite", "refactor.extract", "source"

FIX, FIX_ALL, FIX_BUG, INSTRUCTION = "fix", "fix-all", "fix-bug", "instruction"


@dataclass(frozen=True, slots=True)
class Kind:
    """An action that a model carries out.

    ``id`` travels in an action's ``data``. ``title`` may name the scope with ``{name}``. ``scope`` is what it works on;
    ``languages`` those it is offered for, none for all. ``task`` is what the model is told.
    """

    id: str
    kind: str
    title: str
    scope: Scope
    task: str
    languages: tuple[str, ...] = ()
    new_file: bool = False


_TYPED = ("python", "javascript", "typescript", "javascriptreact", "typescriptreact", "tsx", "php", "ruby", "lua")
_EXCEPTIONS = (
    "python", "javascript", "typescript", "javascriptreact", "typescriptreact", "tsx", "java", "kotlin", "csharp",
    "cpp", "php", "ruby", "go", "rust", "swift", "scala",
)  # fmt: skip
_ASYNC = ("javascript", "typescript", "javascriptreact", "typescriptreact", "tsx")

BUG = Kind(
    FIX_BUG,
    QUICKFIX,
    "Find and fix a bug in {name}",
    "function",
    "The function has a bug, most often on a single line. Find it and correct it. Change as little as possible, keep "
    "the name, the parameters and the comments.",
)

REFACTORINGS: tuple[Kind, ...] = (
    Kind(
        "simplify",
        REWRITE,
        "Simplify {name}",
        "function",
        "Rewrite the function so that it is shorter and easier to read. It has to behave exactly as before. Keep its "
        "name, parameters and comments.",
    ),
    Kind(
        "types",
        REWRITE,
        "Add types to {name}",
        "function",
        "Add type annotations to the function's parameters and its result. Change nothing else.",
        _TYPED[:5],
    ),
    Kind(
        "docstring",
        REWRITE,
        "Write the documentation of {name}",
        "function",
        "Add documentation to the function in the usual form of the language (in Python a docstring), or bring what is "
        "there up to date. Change nothing else.",
    ),
    Kind(
        "errors",
        REWRITE,
        "Handle errors in {name}",
        "function",
        "Add error handling where the function's operations can fail. Keep what it does otherwise.",
        _EXCEPTIONS,
    ),
    Kind(
        "comprehension",
        REWRITE,
        "Convert loops in {name} to comprehensions",
        "function",
        "Convert loops that build a collection into comprehensions where that is clearer. Change nothing else.",
        ("python",),
    ),
    Kind(
        "async",
        REWRITE,
        "Convert callbacks in {name} to async",
        "function",
        "Convert callbacks and promise chains into async and await. Change nothing else.",
        _ASYNC,
    ),
    Kind(
        "extract-function",
        EXTRACT,
        "Extract the selection in {name} to a function",
        "function",
        "Move the marked lines into a new function with a fitting name, defined right before this one, and call it in "
        "their place. Write both functions.",
    ),
    Kind(
        "tests",
        SOURCE,
        "Write tests for {name}",
        "function",
        "Write tests for the function: the usual case, the borders, and what has to fail. Import what is tested. Write "
        "the whole test file.",
        new_file=True,
    ),
)

REWRITE_WITH = Kind(INSTRUCTION, REWRITE, "Rewrite {name} ...", "function", "")


def kind_of(id: str) -> Kind | None:
    """The kind with this id."""
    return next((kind for kind in (BUG, REWRITE_WITH, *REFACTORINGS) if kind.id == id), None)
