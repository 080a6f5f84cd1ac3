"""The one status out of many, sent only when it changes."""

from dataclasses import replace

import pytest

from foretype.complete.ledger import Ledger
from foretype.complete.results import CompletionResult, Suggestion
from foretype.config.endpoints import Route
from foretype.engines.base import EngineState, EngineStatus
from foretype.lsp.status import OFF, Kind, Status, StatusBoard, status_of
from foretype.text.positions import Point

IDLE = EngineStatus("local", EngineState.IDLE)
READY = EngineStatus("local", EngineState.READY, "Ready.")
BUSY = EngineStatus("remote", EngineState.BUSY, "Thinking.")
LOADING = EngineStatus("local", EngineState.LOADING, "Loading the model.", 0.4)
BUSY_LOCAL = EngineStatus("local", EngineState.BUSY, "Thinking.")
DOWN = EngineStatus("fast", EngineState.ERROR, "`fast` can't be reached: check its url.")
FAILED = EngineStatus("local", EngineState.ERROR, "The model is damaged; pull it again.")


@pytest.mark.parametrize(
    ("engines", "problem", "enabled", "expected"),
    [
        ([], "", True, Status(False, "", Kind.NORMAL)),
        ([IDLE], "", True, Status(False, "", Kind.NORMAL)),
        ([READY], "", True, Status(False, "Ready.", Kind.NORMAL)),
        ([READY, BUSY], "", True, Status(True, "Thinking.", Kind.NORMAL)),
        ([BUSY, LOADING], "", True, Status(True, "Loading the model (40%)", Kind.NORMAL)),
        ([FAILED], "wrong", False, Status(False, FAILED.message, Kind.ERROR)),
        ([FAILED, DOWN], "wrong", True, Status(False, FAILED.message, Kind.ERROR)),
        ([READY, DOWN], "max_lines is 0.", True, Status(False, "max_lines is 0.", Kind.WARNING)),
        ([READY, DOWN], "", True, Status(False, f"{DOWN.message} Meanwhile local may answer.", Kind.WARNING)),
        ([DOWN, BUSY_LOCAL], "", True, Status(True, f"{DOWN.message} Meanwhile local may answer.", Kind.WARNING)),
        ([READY], "max_lines is 0.", True, Status(False, "max_lines is 0.", Kind.WARNING)),
        ([LOADING], "max_lines is 0.", True, Status(True, "max_lines is 0.", Kind.WARNING)),
        ([READY], "", False, Status(False, OFF, Kind.INACTIVE)),
    ],
)
def test_the_most_urgent_is_shown(engines, problem, enabled, expected):
    told = status_of(engines, problem, enabled)
    assert replace(told, engines=()) == expected
    assert len(told.engines) == (len(engines) if len(engines) > 1 else 0)


def board(route):
    sent = []
    made = StatusBoard(sent.append)
    made.open()
    made.settings("", True, route)
    return made, sent


def result(engine="", text="x", skipped=(), rejected=None):
    suggestions = (Suggestion("1", text, Point(0, 0), Point(0, 0)),) if text else ()
    return CompletionResult(suggestions, rejected, engine, Ledger(skipped=skipped))


def test_it_tells_who_answered_and_why_another_did_not():
    made, sent = board(Route(("fast", "local")))
    made.engine(READY)
    made.answered(result("fast (m)"))
    assert sent[-1]["message"] == "fast (m) answered last."
    made.answered(result("local (q)", skipped=(("fast", "privacy.local_only keeps a.py on this machine"),)))
    assert (sent[-1]["kind"], sent[-1]["message"]) == (
        "Normal",
        "local (q) answered last; fast skipped: privacy.local_only keeps a.py on this machine.",
    )
    assert list(sent[-1]["engines"]) == [
        {"name": "fast", "state": "skipped", "message": "privacy.local_only keeps a.py on this machine"},
        {"name": "local", "state": "ready", "message": "Ready."},
    ]
    made.engine(EngineStatus("fast", EngineState.ERROR, "`fast` answered 429: it is asked again at 14:05."))
    assert (sent[-1]["kind"], sent[-1]["message"]) == (
        "Warning",
        "`fast` answered 429: it is asked again at 14:05. Meanwhile local may answer.",
    )
    made.engine(EngineStatus("fast", EngineState.READY, "`fast` answers again."))
    assert sent[-1]["kind"] == "Normal"


def test_where_no_engine_may_answer_it_says_so_until_one_may():
    made, sent = board(Route(("fast",)))
    made.answered(result("", "", (("fast", "a.py is listed in .gitignore"),), "a.py is listed in .gitignore"))
    assert (sent[-1]["kind"], sent[-1]["message"]) == (
        "Inactive",
        "Nothing is suggested here: a.py is listed in .gitignore.",
    )
    made.answered(result("fast (m)", "", (), "the line is complete"))
    assert sent[-1]["kind"] == "Normal"


def test_what_the_route_no_longer_names_is_forgotten():
    made, sent = board(Route(("fast",)))
    made.engine(DOWN)
    assert sent[-1]["kind"] == "Error"
    made.settings("", True, Route(("local",)))
    assert sent[-1] == {"busy": False, "message": "", "kind": "Normal"}


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
