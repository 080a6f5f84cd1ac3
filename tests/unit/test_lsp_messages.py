"""What of a message is acceptable in each phase of a session."""

import pytest

from foretype.lsp.messages import Ignored, Notification, Phase, Refusal, Request, Response, kind

R = {"jsonrpc": "2.0"}


@pytest.mark.parametrize(
    ("message", "phase", "expected"),
    [
        (R | {"id": 1, "method": "m"}, Phase.RUNNING, Request(1, "m")),
        (R | {"id": "a", "method": "m", "params": []}, Phase.RUNNING, Request("a", "m")),
        (R | {"method": "m"}, Phase.RUNNING, Notification("m")),
        (R | {"id": 1, "result": None}, Phase.RUNNING, Response(1, False)),
        (R | {"id": 1, "error": {}}, Phase.RUNNING, Response(1, True)),
        (R | {"id": 1, "error": None, "result": 3}, Phase.RUNNING, Response(1, False)),
        (R | {"id": 1, "method": "initialize"}, Phase.NEW, Request(1, "initialize")),
        (R | {"method": "m"}, Phase.NEW, Ignored("m")),
        (R | {"method": "m"}, Phase.SHUT_DOWN, Ignored("m")),
        (R | {"method": "exit"}, Phase.NEW, Notification("exit")),
        (R | {"method": "exit"}, Phase.SHUT_DOWN, Notification("exit")),
        (R | {"id": None, "error": {"code": 1, "message": ""}}, Phase.RUNNING, Ignored("a response")),
    ],
)
def test_acceptable(message, phase, expected):
    assert kind(message, phase) == expected


@pytest.mark.parametrize(
    ("message", "phase", "id_", "code"),
    [
        ([R | {"id": 1, "method": "m"}], Phase.RUNNING, None, -32600),
        (3, Phase.RUNNING, None, -32600),
        ({"id": 1, "method": "m"}, Phase.RUNNING, 1, -32600),
        (R | {"id": 1}, Phase.RUNNING, 1, -32600),
        (R | {"id": 1, "method": 3}, Phase.RUNNING, 1, -32600),
        (R | {"id": None, "method": "m"}, Phase.RUNNING, None, -32600),
        (R | {"id": 1.5, "method": "m"}, Phase.RUNNING, None, -32600),
        (R | {"id": True, "method": "m"}, Phase.RUNNING, None, -32600),
        (R | {"id": 1, "method": "m"}, Phase.NEW, 1, -32002),
        (R | {"id": 1, "method": "shutdown"}, Phase.NEW, 1, -32002),
        (R | {"id": 1, "method": "initialize"}, Phase.RUNNING, 1, -32600),
        (R | {"id": 1, "method": "m"}, Phase.SHUT_DOWN, 1, -32600),
    ],
)
def test_refused(message, phase, id_, code):
    refusal = kind(message, phase)
    assert isinstance(refusal, Refusal)
    assert (refusal.id, refusal.code) == (id_, code)
    assert refusal.reason.endswith(".")
