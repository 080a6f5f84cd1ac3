"""Documents as the editor tells them, through a real session."""

import pytest

URI = "file:///work/a.py"
# Emoji, a combining mark, every kind of line ending, and characters that str.splitlines takes for one.
TEXT = "é😀 = 1\r\nform\x0cfeed\u2028 and\x85more\n\r\ne\u0301nd 😀"
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def units(text, encoding):
    codec, width = CODECS[encoding]
    return len(text.encode(codec)) // width


def replacing(line, before, old, new, encoding):
    start = units(before, encoding)
    end = start + units(old, encoding)
    points = ({"line": line, "character": start}, {"line": line, "character": end})
    return {"range": dict(zip(("start", "end"), points, strict=True)), "text": new}


async def text_of(client, uri=URI):
    return await client.request("test/text", {"uri": uri})


@pytest.mark.parametrize("encoding", CODECS)
async def test_changes_and_suggestions_in_each_encoding(connect, encoding):
    client = await connect(capabilities={"general": {"positionEncodings": ["utf-7", encoding]}})
    assert client.received[0]["result"]["capabilities"]["positionEncoding"] == encoding
    client.open(URI, TEXT)
    assert await text_of(client) == TEXT
    client.send(
        client.change(
            URI,
            2,
            replacing(0, "é😀 ", "=", "😀==", encoding),
            replacing(1, "form\x0cfeed\u2028", " and", "\n\x0c", encoding),
            replacing(4, "e\u0301nd ", "😀", "", encoding),
        )
    )
    assert await text_of(client) == "é😀 😀== 1\r\nform\x0cfeed\u2028\n\x0c\x85more\n\r\ne\u0301nd "

    before, replaced = "é😀 😀", "=="
    message, answer = client.new_request(
        "textDocument/inlineCompletion", client.at(URI, 0, units(before, encoding), trigger=1)
    )
    client.send(message)
    (asked,) = await client.request("test/asked", {"atLeast": 1})
    assert (asked["before"], asked["version"], asked["explicit"]) == (before, 2, True)
    await client.request("test/answer", {"number": 0, "text": "!=", "replace": len(replaced), "id": "x"})
    (item,) = (await answer)["items"]
    start = units(before, encoding)
    assert item["insertText"] == "!="
    assert item["range"] == {
        "start": {"line": 0, "character": start},
        "end": {"line": 0, "character": start + len(replaced)},
    }
    assert item["command"]["command"] == "foretype.didAccept"
    assert item["command"]["arguments"] == ["x"]


async def test_positions_past_the_end_are_clamped(client):
    client.open(URI, "one\r\ntwo")
    for number, (line, character, expected) in enumerate(
        [(0, 99, [0, 3]), (7, 0, [1, 3]), (1, 4_000_000_000, [1, 3]), (4_000_000_000, 1, [1, 3])]
    ):
        message, _ = client.new_request("textDocument/inlineCompletion", client.at(URI, line, character))
        client.send(message)
        asked = await client.request("test/asked", {"atLeast": number + 1})
        assert asked[-1]["cursor"] == expected
    beyond = {"start": {"line": 0, "character": 99}, "end": {"line": 9, "character": 9}}
    client.send(client.change(URI, 2, {"range": beyond, "text": "!"}))
    assert await text_of(client) == "one!"


async def test_the_selected_item_of_the_popup_is_passed_on(client):
    client.open(URI, "😀.pri()")
    params = client.at(URI, 0, 6)
    chosen = {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 7}}
    params["context"]["selectedCompletionInfo"] = {"range": chosen, "text": "print"}
    message, _ = client.new_request("textDocument/inlineCompletion", params)
    client.send(message)
    (asked,) = await client.request("test/asked", {"atLeast": 1})
    assert (asked["selected"], asked["selectedStart"], asked["selectedEnd"]) == ("print", [0, 2], [0, 6])
    assert asked["before"] == "😀.pri"


async def test_a_document_never_opened_is_one_line_in_the_log_and_no_popup(client):
    for version in range(3):
        client.send(client.change("file:///never.py", version, {"text": "x"}))
        answer = await client.request("textDocument/inlineCompletion", client.at("file:///never.py", 0, 0))
        assert answer == {"items": []}
    client.notify("textDocument/didClose", {"textDocument": {"uri": "file:///never.py"}})
    calls = await client.request("test/calls")
    assert [call[0] for call in calls] == ["made"]
    (message,) = await client.received_of("window/logMessage")
    assert "file:///never.py is not open" in message["message"]
    assert client.all("window/showMessage") == []


async def test_the_life_of_a_document(client):
    client.open(URI, "first", version=3)
    client.send(client.change(URI, 4, {"text": "whole\r\nnew text"}))
    # A client that opens it again, or counts backwards, is believed.
    client.open(URI, "again", version=1)
    client.send(client.change(URI, 8, {"text": "eight"}), client.change(URI, 7, {"text": "seven"}))
    assert await text_of(client) == "seven"
    client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert await client.request("test/calls") == [
        ["made", 12],
        ["opened", URI, 3],
        ["changed", URI, 4],
        ["opened", URI, 1],
        ["changed", URI, 8],
        ["changed", URI, 7],
        ["closed", URI],
    ]
    messages = [each["message"] for each in await client.received_of("window/logMessage", 2)]
    assert "already open" in messages[0]
    assert "version 7" in messages[1]
    assert await client.request("textDocument/inlineCompletion", client.at(URI, 0, 0)) == {"items": []}


async def test_what_fails_behind_a_notification_pops_no_window_and_stops_nothing(client):
    await client.request("test/failDocuments", {"message": "a bug in the pipeline"})
    client.open(URI, "secret text of the user")
    await client.request("test/failDocuments", {"message": None})
    client.send(client.change(URI, 2, {"text": "goes on"}))
    assert await text_of(client) == "goes on"
    (message,) = await client.received_of("window/logMessage")
    assert "a bug in the pipeline" in message["message"]
    assert client.all("window/showMessage") == []
    assert await client.logged("a bug in the pipeline")
    assert not any("secret text" in line for line in client.log)


async def test_a_large_document_arrives_whole(client):
    text = "".join(f"line {number} é😀\n" for number in range(100_000))
    client.open(URI, text)
    client.send(client.change(URI, 2, replacing(50_000, "line ", "50000", "fifty", "utf-16")))
    assert await text_of(client) == text.replace("line 50000 ", "line fifty ")
