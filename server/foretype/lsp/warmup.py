"""Work done in the moment after ``initialize`` so that no key pays for it."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.protocol import JsonRPCResponseMessage

if TYPE_CHECKING:
    from foretype.lsp.protocol import EdgeProtocol

_DOCUMENT = {"uri": "file:///warm-up", "version": 1}
_POINT = {"line": 0, "character": 0}
_RANGE = {"start": _POINT, "end": _POINT}
# What is sent while typing: each type's first use compiles its conversion, which takes milliseconds.
_EXAMPLES = (
    (types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": {**_DOCUMENT, "languageId": "", "text": ""}}),
    (types.TEXT_DOCUMENT_DID_CHANGE, {"textDocument": _DOCUMENT, "contentChanges": [{"range": _RANGE, "text": ""}]}),
    (
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        {
            "textDocument": _DOCUMENT,
            "position": _POINT,
            "context": {"triggerKind": 2, "selectedCompletionInfo": {"range": _RANGE, "text": ""}},
        },
    ),
    (types.CANCEL_REQUEST, {"id": 1}),
)


async def warm_up(protocol: EdgeProtocol) -> None:
    """Compile the conversions of what every key sends, and take what is loaded out of later garbage collections."""
    for method, params in _EXAMPLES:
        type_ = types.METHOD_TO_TYPES[method][0]
        protocol.structure({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, type_)
    point = types.Position(0, 0)
    item = types.InlineCompletionItem(
        "", range=types.Range(point, point), command=types.Command("", "", arguments=[""])
    )
    answer = JsonRPCResponseMessage(1, "2.0", types.InlineCompletionList([item]))
    json.dumps(answer, default=protocol.serialize)
    gc.collect()
    # A full collection over the imported modules takes some 30 ms, and they are never garbage.
    gc.freeze()
