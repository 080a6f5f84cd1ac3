"""LSP's types into ours and back, where the protocol tests don't reach."""

import pytest
from lsprotocol import types

from foretype.lsp.convert import SentItem, item_of, negotiated
from foretype.text.positions import Encoding

ITEM = {"insertText": "a😀b", "command": {"command": "foretype.didAccept", "arguments": ["7"]}}


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (None, Encoding.UTF16),
        ([], Encoding.UTF16),
        (["utf-7"], Encoding.UTF16),
        (["utf-7", "utf-32", "utf-8"], Encoding.UTF32),
        ([types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16], Encoding.UTF8),
    ],
)
def test_the_first_encoding_that_both_know(offered, expected):
    general = types.GeneralClientCapabilities(position_encodings=offered)
    assert negotiated(types.ClientCapabilities(general=general)) is expected


def test_a_client_without_general_capabilities_counts_in_utf16():
    assert negotiated(types.ClientCapabilities()) is Encoding.UTF16


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"item": ITEM}, SentItem("7", None)),
        ({"item": ITEM, "acceptedLength": 3}, SentItem("7", 2)),
        ({"item": ITEM, "acceptedLength": 99}, SentItem("7", 3)),
        ({"item": ITEM, "acceptedLength": "3"}, SentItem("7", None)),
        ({"item": {**ITEM, "insertText": {"kind": "snippet"}}, "acceptedLength": 3}, SentItem("7", None)),
        ({"item": {"insertText": "", "command": {"command": "other", "arguments": ["7"]}}}, None),
        ({"item": {"insertText": "", "command": {"command": "foretype.didAccept", "arguments": []}}}, None),
        ({"item": {"insertText": "", "command": {"command": "foretype.didAccept"}}}, None),
        ({"item": []}, None),
        ([], None),
        (None, None),
    ],
)
def test_items_that_clients_send_back(params, expected):
    assert item_of(params) == expected
