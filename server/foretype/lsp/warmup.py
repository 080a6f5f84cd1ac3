"""Work done in the moment after ``initialize`` so that no key pays for it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from lsprotocol import types

_DOCUMENT = {"uri": "file:///warm-up", "version": 1}
_POINT = {"line": 0, "character": 0}
_RANGE = {"start": _POINT, "end": _POINT}
# What is typed with: each type's first use compiles its conversion, which takes milliseconds.
_EXAMPLES = (
    (types.DidOpenTextDocumentParams, {"textDocument": {**_DOCUMENT, "languageId": "", "text": ""}}),
    (types.DidChangeTextDocumentParams, {"textDocument": _DOCUMENT, "contentChanges": [{"range": _RANGE, "text": ""}]}),
    (
        types.InlineCompletionParams,
        {
            "textDocument": _DOCUMENT,
            "position": _POINT,
            "context": {"triggerKind": 2, "selectedCompletionInfo": {"range": _RANGE, "text": ""}},
        },
    ),
    (types.CancelParams, {"id": 1}),
)


async def warm_up(structure: Callable[[Any, type[Any]], Any]) -> None:
    """Compile the conversions of what every key sends, and take what is loaded out of later garbage collections."""
    for type_, example in _EXAMPLES:
        structure(example, type_)
    gc.collect()
    # A full collection over the imported modules takes some 30 ms, and they are never garbage.
    gc.freeze()
