"""What happens when messages meet: cancelled, superseded, stale, in a burst. The test decides when answers come."""

import asyncio

import pytest

URI = "file:///work/a.py"
COMPLETE = "textDocument/inlineCompletion"
CANCELLED = -32800


def cancel(message):
    return {"method": "$/cancelRequest", "params": {"id": message["id"]}}


def insert(client, version, text="x"):
    start = {"line": 0, "character": 0}
    return client.change(URI, version, {"range": {"start": start, "end": start}, "text": text})


@pytest.fixture
async def opened(client):
    client.open(URI, "abc\n")
    return client


async def refusal(answer):
    with pytest.raises(Exception, match="cancel") as caught:
        await asyncio.wait_for(answer, 60)
    return caught.value.code


async def test_a_request_sees_the_version_it_was_sent_at_and_its_late_answer_is_dropped(opened):
    message, answer = opened.new_request(COMPLETE, opened.at(URI, 0, 3))
    opened.send(message, insert(opened, 2), insert(opened, 3))
    (asked,) = await opened.request("test/asked", {"atLeast": 1})
    assert (asked["version"], asked["before"]) == (1, "abc")
    assert await opened.request("test/text", {"uri": URI}) == "xxabc\n"
    await opened.request("test/answer", {"number": 0, "text": "too late"})
    assert await answer == {"items": []}


async def test_an_answer_for_a_document_closed_since_is_dropped(opened):
    message, answer = opened.new_request(COMPLETE, opened.at(URI, 0, 3))
    opened.send(message, {"method": "textDocument/didClose", "params": {"textDocument": {"uri": URI}}})
    await opened.request("test/answer", {"number": 0, "text": "too late"})
    assert await answer == {"items": []}


async def test_a_request_cancelled_before_it_starts_never_starts(opened):
    message, answer = opened.new_request(COMPLETE, opened.at(URI, 0, 3))
    opened.send(message, insert(opened, 2), cancel(message))
    assert await refusal(answer) == CANCELLED
    assert await opened.request("test/asked", {"atLeast": 0}) == []
    assert await opened.request("test/text", {"uri": URI}) == "xabc\n"


async def test_requests_cancelled_while_the_server_is_busy_never_start(opened, tmp_path):
    release = tmp_path / "release"
    opened.notify("test/block", {"until": str(release)})
    requests = [opened.new_request(COMPLETE, opened.at(URI, 0, 3)) for _ in range(5)]
    opened.send(*(message for message, _ in requests), *(cancel(message) for message, _ in requests[:4]))
    await asyncio.sleep(0)
    release.touch()
    assert [await refusal(answer) for _, answer in requests[:4]] == [CANCELLED] * 4
    assert len(await opened.request("test/asked", {"atLeast": 1})) == 1


async def test_a_request_cancelled_under_way_is_answered_at_once(opened):
    message, answer = opened.new_request(COMPLETE, opened.at(URI, 0, 3))
    opened.send(message)
    await opened.request("test/asked", {"atLeast": 1})
    opened.send(cancel(message))
    assert await refusal(answer) == CANCELLED
    (asked,) = await opened.request("test/asked", {"atLeast": 1})
    assert asked["cancelled"]


async def test_a_cancel_after_the_answer_is_nothing(opened):
    message, answer = opened.new_request(COMPLETE, opened.at(URI, 0, 3))
    opened.send(message)
    await opened.request("test/answer", {"number": 0, "text": "d"})
    await answer
    opened.send(cancel(message), cancel({"id": 12345}), cancel({"id": "none"}))
    assert await opened.request("test/text", {"uri": URI}) == "abc\n"
    assert opened.all("window/logMessage") == []
    assert opened.log == []


async def test_a_superseded_request_is_answered_empty(opened):
    first, first_answer = opened.new_request(COMPLETE, opened.at(URI, 0, 3))
    second, second_answer = opened.new_request(COMPLETE, opened.at(URI, 0, 2))
    opened.send(first)
    opened.send(second)
    assert await first_answer == {"items": []}
    await opened.request("test/answer", {"number": 1, "text": "d"})
    assert (await second_answer)["items"][0]["insertText"] == "d"


async def test_a_thousand_changes_and_requests_in_a_burst(opened):
    requests = []
    for version in range(2, 1002):
        message, answer = opened.new_request(COMPLETE, opened.at(URI, 0, version + 2))
        requests.append(answer)
        opened.send(insert(opened, version), message)
    asked = await opened.request("test/asked", {"atLeast": 1000})
    assert [each["version"] for each in asked] == list(range(2, 1002))
    assert [each["before"] for each in asked] == ["x" * (version - 1) + "abc" for version in range(2, 1002)]
    await opened.request("test/answer", {"number": 999, "text": "the one"})
    answers = [await asyncio.wait_for(answer, 60) for answer in requests]
    assert [bool(each["items"]) for each in answers] == [False] * 999 + [True]


@pytest.mark.parametrize("expected", [True, False])
async def test_a_completion_that_fails_is_empty_and_logged(opened, expected):
    message, answer = opened.new_request(COMPLETE, opened.at(URI, 0, 3))
    opened.send(message)
    await opened.request("test/fail", {"number": 0, "message": "The engine is gone.", "expected": expected})
    assert await answer == {"items": []}
    (logged,) = await opened.received_of("window/logMessage")
    assert "\n" not in logged["message"]
    assert await opened.logged("The engine is gone.")
    assert opened.all("window/showMessage") == []


async def test_a_cancelled_command_stops(opened, tmp_path):
    stopped = tmp_path / "stopped"
    message, answer = opened.new_request(
        "workspace/executeCommand", {"command": "test.wait", "arguments": [str(stopped)]}
    )
    opened.send(message)
    await opened.request("test/asked", {"atLeast": 0})
    opened.send(cancel(message))
    assert await refusal(answer) == CANCELLED
    assert stopped.exists()


async def test_commands(opened):
    def command(name, *arguments):
        return opened.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})

    assert await command("foretype.explainLast") == "explained the last"
    assert await command("foretype.explainLast", URI) == f"explained {URI}"
    assert await opened.request("workspace/executeCommand", {"command": "foretype.explainLast"}) is not None
    assert await command("foretype.didAccept", "7") is None
    assert await command("foretype.didAccept") is None
    with pytest.raises(Exception, match="no command"):
        await command("foretype.nonsense")
    item = {"insertText": "a😀b", "command": {"command": "foretype.didAccept", "arguments": ["7"]}}
    opened.notify("textDocument/didShowCompletion", {"item": item})
    opened.notify("textDocument/didPartiallyAcceptCompletion", {"item": item, "acceptedLength": 3})
    opened.notify("textDocument/didShowCompletion", {"item": {"insertText": "not ours"}})
    opened.notify("textDocument/didPartiallyAcceptCompletion", None)
    calls = await opened.request("test/calls")
    assert calls[-3:] == [["accepted", "7"], ["shown", "7"], ["partially_accepted", "7", 2]]
    assert opened.all("window/logMessage") == []
