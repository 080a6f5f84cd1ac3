"""The one status out of many, sent only when it changes."""

import pytest

from foretype.engines.base import EngineState, EngineStatus
from foretype.lsp.status import OFF, Kind, Status, StatusBoard, status_of

IDLE = EngineStatus("local", EngineState.IDLE)
READY = EngineStatus("local", EngineState.READY, "Ready.")
BUSY = EngineStatus("remote", EngineState.BUSY, "Thinking.")
LOADING = EngineStatus("local", EngineState.LOADING, "Loading the model.", 0.4)
FAILED = EngineStatus("local", EngineState.ERROR, "The model is damaged; pull it again.")


@pytest.mark.parametrize(
    ("engines", "problem", "enabled", "expected"),
    [
        ([], "", True, Status(False, "", Kind.NORMAL)),
        ([IDLE], "", True, Status(False, "", Kind.NORMAL)),
        ([READY], "", True, Status(False, "Ready.", Kind.NORMAL)),
        ([READY, BUSY], "", True, Status(True, "Thinking.", Kind.NORMAL)),
        ([BUSY, LOADING], "", True, Status(True, "Loading the model (40%)", Kind.NORMAL)),
        ([READY, BUSY, FAILED], "wrong", False, Status(False, FAILED.message, Kind.ERROR)),
        ([READY], "max_lines is 0.", True, Status(False, "max_lines is 0.", Kind.WARNING)),
        ([LOADING], "max_lines is 0.", True, Status(True, "max_lines is 0.", Kind.WARNING)),
        ([READY], "", False, Status(False, OFF, Kind.INACTIVE)),
    ],
)
def test_the_most_urgent_is_shown(engines, problem, enabled, expected):
    assert status_of(engines, problem, enabled) == expected


def test_nothing_is_sent_before_the_client_is_ready_and_nothing_twice():
    sent = []
    board = StatusBoard(sent.append)
    board.engine(LOADING)
    board.settings("", True)
    assert sent == []
    board.open()
    assert sent == [{"busy": True, "message": "Loading the model (40%)", "kind": "Normal"}]
    board.engine(LOADING)
    board.settings("", True)
    assert len(sent) == 1
    board.engine(READY)
    assert sent[1:] == [{"busy": False, "message": "Ready.", "kind": "Normal"}]


def test_a_crash_is_one_error_however_often_it_is_reported():
    sent = []
    board = StatusBoard(sent.append)
    board.open()
    for status in (READY, FAILED, FAILED, LOADING, READY):
        board.engine(status)
    assert [each["kind"] for each in sent].count("Error") == 1
    assert sent[-1]["message"] == "Ready."
