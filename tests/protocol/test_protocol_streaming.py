"""The request whose answer grows: foretype/inlineCompletion."""

import pytest

URI = "file:///work/a.py"
STREAM = "foretype/inlineCompletion"


@pytest.fixture
async def opened(client):
    client.open(URI, "abc\n", version=4)
    return client


def texts(values):
    return [(value["items"][0]["insertText"], value["version"], value["done"]) for value in values]


async def start(client, **more):
    message, answer = client.new_request(STREAM, client.at(URI, 0, 3, **more))
    client.send(message)
    number = len(await client.request("test/asked", {"atLeast": 1})) - 1
    return number, answer, message


def updates(client):
    return [params["value"] for params in client.all("$/progress")]


async def test_updates_extend_each_other_and_the_answer_repeats_the_last(opened):
    number, answer, _ = await start(opened, streamToken="t")
    for text in ("d", "de", "de", "dX", "d", "def"):
        await opened.request("test/update", {"number": number, "text": text})
    await opened.request("test/answer", {"number": number, "text": "defg", "id": "9"})
    final = await answer
    assert texts(updates(opened)) == [("d", 4, False), ("de", 4, False), ("def", 4, False), ("defg", 4, True)]
    assert final == updates(opened)[-1]
    assert {params["token"] for params in opened.all("$/progress")} == {"t"}
    (item,) = final["items"]
    assert item["range"]["start"] == {"line": 0, "character": 3}
    assert item["command"]["arguments"] == ["9"]


async def test_a_last_answer_that_does_not_extend_repeats_what_is_on_screen(opened):
    number, answer, _ = await start(opened, streamToken=1)
    await opened.request("test/update", {"number": number, "text": "one"})
    await opened.request("test/answer", {"number": number, "text": "two"})
    final = await answer
    assert texts([final]) == [("one", 4, True)]
    assert final == updates(opened)[-1]


async def test_an_answer_at_once_is_one_update(opened):
    number, answer, _ = await start(opened, streamToken=0)
    await opened.request("test/answer", {"number": number, "text": "d", "done": False})
    assert texts([await answer]) == texts(updates(opened)) == [("d", 4, False)]


async def test_no_suggestion_is_an_empty_answer_without_updates(opened):
    number, answer, _ = await start(opened, streamToken="t")
    await opened.request("test/answer", {"number": number, "text": ""})
    assert await answer == {"items": [], "version": 4, "done": True}
    assert updates(opened) == []


async def test_a_change_ends_the_stream_empty(opened):
    number, answer, _ = await start(opened, streamToken="t")
    await opened.request("test/update", {"number": number, "text": "d"})
    opened.send(opened.change(URI, 5, {"text": "other"}))
    await opened.request("test/update", {"number": number, "text": "de"})
    await opened.request("test/answer", {"number": number, "text": "def"})
    assert await answer == {"items": [], "version": 4, "done": True}
    assert texts(updates(opened)) == [("d", 4, False)]


async def test_a_newer_request_ends_the_stream_empty(opened):
    _, first, _ = await start(opened, streamToken="t")
    message, _ = opened.new_request("textDocument/inlineCompletion", opened.at(URI, 0, 3))
    opened.send(message)
    assert (await first)["items"] == []


async def test_cancelled_under_way(opened):
    number, answer, message = await start(opened, streamToken="t")
    await opened.request("test/update", {"number": number, "text": "d"})
    opened.notify("$/cancelRequest", {"id": message["id"]})
    with pytest.raises(Exception, match="-32800"):
        await answer


async def test_without_a_token_only_the_answer_comes(opened):
    message, answer = opened.new_request(STREAM, opened.at(URI, 0, 3))
    opened.send(message)
    await opened.request("test/answer", {"number": 0, "text": "d"})
    assert texts([await answer]) == [("d", 4, True)]
    assert updates(opened) == []


async def test_a_request_for_another_version_than_ours_is_empty(opened):
    params = opened.at(URI, 0, 3)
    params["textDocument"]["version"] = 3
    assert await opened.request(STREAM, params) == {"items": [], "version": 4, "done": True}
    params["textDocument"]["version"] = 4
    message, answer = opened.new_request(STREAM, params)
    opened.send(message)
    await opened.request("test/answer", {"number": 0, "text": "d"})
    assert texts([await answer]) == [("d", 4, True)]


async def test_parameters_that_are_not_as_documented(opened):
    for params in (None, [], {}, {"textDocument": {"uri": URI}}, {"textDocument": 3, "position": 4}):
        with pytest.raises(Exception, match="-32602"):
            await opened.request(STREAM, params)
    assert opened.all("window/showMessage") == []
