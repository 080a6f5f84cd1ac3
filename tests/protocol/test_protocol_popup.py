"""Suggestions in the completion pop-up, for editors without inline completion."""

import pytest

URI = "file:///work/a.py"
METHOD = "textDocument/completion"
INLINE = {"textDocument": {"inlineCompletion": {}}}
MARKDOWN = {"textDocument": {"completion": {"completionItem": {"documentationFormat": ["markdown"]}}}}
DYNAMIC = {"textDocument": {"inlineCompletion": {}, "completion": {"dynamicRegistration": True}}}
# A test decides when the completer answers; these two say that the pop-up waits for it, or doesn't.
PATIENT, IMPATIENT = {"popup": 60.0}, {"popup": 0.0}
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
NOTHING_YET = {"isIncomplete": True, "items": []}


@pytest.fixture
async def patient(connect):
    return await connect(times=PATIENT)


def popup(**settings):
    return {"initializationOptions": {"completion": settings}}


async def asked(client, number):
    return (await client.request("test/asked", {"atLeast": number + 1}))[number]


async def start(client, line, character, number=0):
    message, answer = client.new_request(METHOD, client.at(URI, line, character, 1))
    client.send(message)
    await asked(client, number)
    return message, answer


async def complete(client, line, character, number=0, **answer):
    _, items = await start(client, line, character, number)
    await client.request("test/answer", {"number": number, **answer})
    return await items


def advertised(client):
    return "completionProvider" in client.received[0]["result"]["capabilities"]


@pytest.mark.parametrize(
    ("capabilities", "settings", "expected"),
    [
        ({}, {}, True),
        ({"textDocument": {}}, {"popup": "auto"}, True),
        (INLINE, {}, False),
        ({"experimental": {"foretype": {"inlineCompletion": {}}}}, {}, False),
        ({"experimental": {"foretype": {"inlineCompletion": False}}}, {}, True),
        ({"experimental": {"other": []}}, {}, True),
        (INLINE, {"popup": "always"}, True),
        ({}, {"popup": "never"}, False),
    ],
)
async def test_who_is_offered_it(connect, capabilities, settings, expected):
    client = await connect(initialize=False)
    await client.initialize(capabilities, **popup(**settings))
    assert advertised(client) is expected
    assert client.received[0]["result"]["capabilities"]["inlineCompletionProvider"] is not None
    client.open(URI, "x")
    if not expected:
        # Whoever asks all the same is told that nothing will come.
        assert await client.request(METHOD, client.at(URI, 0, 1)) == {"isIncomplete": False, "items": []}


@pytest.mark.parametrize("encoding", CODECS)
async def test_an_item_replaces_the_word_in_the_clients_units_and_comes_last(connect, encoding):
    client = await connect(times=PATIENT, capabilities={"general": {"positionEncodings": [encoding]}})
    before, word, after = "é😀 = tö", "tö", ")"
    codec, width = CODECS[encoding]
    units = [len(text.encode(codec)) // width for text in (before, word)]
    client.open(URI, f"first\n{before}{after}")
    answer = await complete(client, 1, units[0], text="tal(1)", replace=1, id="7")
    assert answer["isIncomplete"]
    (item,) = answer["items"]
    assert item["label"] == item["filterText"] == "tötal(1)"
    assert item["detail"] == item["labelDetails"]["description"] == "Foretype"
    assert item["sortText"] > "zz"
    assert item["preselect"] is False
    assert item["textEdit"] == {
        "newText": "tötal(1)",
        "range": {
            "start": {"line": 1, "character": units[0] - units[1]},
            "end": {"line": 1, "character": units[0] + 1},
        },
    }
    assert item["insertTextFormat"] == 1
    assert item["insertTextMode"] == 1
    assert not {"additionalTextEdits", "insertText", "commitCharacters"} & set(item)
    assert item["command"] == {"title": "Suggestion accepted", "command": "foretype.didAccept", "arguments": ["7"]}
    request = await asked(client, 0)
    assert (request["before"], request["explicit"]) == (before, False)


async def test_several_lines_and_what_a_label_cannot_show(patient):
    patient.open(URI, "def f():")
    text = "\n    return [\n" + "        1,\n" * 3 + "    ]"
    (item,) = (await complete(patient, 0, 8, text=text))["items"]
    assert item["textEdit"]["newText"] == text
    assert item["textEdit"]["range"]["start"] == item["textEdit"]["range"]["end"] == {"line": 0, "character": 8}
    assert item["label"] == item["filterText"] == "return ["
    assert item["documentation"] == text.lstrip("\n")
    long, longer = (await complete(patient, 0, 8, number=1, text=["x" * 60, "y" * 61]))["items"]
    assert long["label"] == "x" * 60
    assert longer["label"] == "y" * 59 + "…"
    assert longer["filterText"] == "y" * 61
    assert long["sortText"] < longer["sortText"]


async def test_a_suggestion_that_begins_before_the_word(patient):
    patient.open(URI, "a.bc")
    (item,) = (await complete(patient, 0, 4, text=".bcd", back=3))["items"]
    assert item["textEdit"]["newText"] == ".bcd"
    assert item["textEdit"]["range"]["start"] == {"line": 0, "character": 1}


async def test_documentation_in_markdown_where_the_client_shows_it(connect):
    client = await connect(times=PATIENT, capabilities=MARKDOWN)
    client.open(URI, "x = ")
    (item,) = (await complete(client, 0, 4, text='"```"'))["items"]
    assert item["documentation"] == {"kind": "markdown", "value": '````python\n"```"\n````'}


async def test_what_is_there_in_time_is_answered_and_what_comes_later_is_not_lost(connect):
    client = await connect(times=IMPATIENT)
    client.open(URI, "x = ")
    assert await client.request(METHOD, client.at(URI, 0, 4)) == NOTHING_YET
    late = await asked(client, 0)
    assert not late["answered"]
    assert not late["cancelled"]
    await client.request("test/answer", {"number": 0, "text": "1"})
    told = await client.request("workspace/executeCommand", {"command": "foretype.lastLedger", "arguments": [URI]})
    assert told["rejected"] is None


async def test_a_part_that_is_there_in_time_is_answered(connect):
    client = await connect(times=IMPATIENT)
    client.open(URI, "x = ")
    await client.request("test/updateAtOnce", {"texts": ["one", "one + two"]})
    answer = await client.request(METHOD, client.at(URI, 0, 4))
    assert answer["isIncomplete"]
    assert [item["label"] for item in answer["items"]] == ["one + two"]


async def test_no_suggestion_a_failure_and_another_text_are_empty(patient):
    patient.open(URI, "x = ")
    assert await complete(patient, 0, 4, number=0, text="") == NOTHING_YET
    for number, expected in ((1, True), (2, False)):
        _, answer = await start(patient, 0, 4, number)
        await patient.request("test/fail", {"number": number, "expected": expected, "message": "no engine"})
        assert await answer == NOTHING_YET
    _, answer = await start(patient, 0, 4, 3)
    patient.send(patient.change(URI, 2, {"text": "y = "}))
    await patient.request("test/answer", {"number": 3, "text": "1"})
    assert await answer == NOTHING_YET
    assert await patient.request(METHOD, patient.at("file:///never.py", 0, 0)) == NOTHING_YET
    assert patient.all("window/showMessage") == []


async def test_a_newer_request_and_a_cancelled_one(patient):
    patient.open(URI, "x = ")
    _, older = await start(patient, 0, 4, 0)
    message, newer = await start(patient, 0, 4, 1)
    assert await older == NOTHING_YET
    patient.notify("$/cancelRequest", {"id": message["id"]})
    with pytest.raises(Exception, match="-32800"):
        await newer
    assert (await asked(patient, 1))["cancelled"]


async def test_switched_on_and_off_while_it_runs(connect):
    client = await connect(capabilities=DYNAMIC)
    client.answers = {"client/registerCapability": lambda _: None, "client/unregisterCapability": lambda _: None}
    assert not advertised(client)
    for value in ("always", "always", "never"):
        client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"popup": value}}})
    (on,) = await client.received_of("client/registerCapability")
    (off,) = await client.received_of("client/unregisterCapability")
    assert on["registrations"][0]["method"] == METHOD
    assert "." in on["registrations"][0]["registerOptions"]["triggerCharacters"]
    assert off["unregisterations"][0]["id"] == on["registrations"][0]["id"]


async def test_an_editor_that_must_be_started_anew_is_told_so(connect):
    client = await connect(capabilities=INLINE)
    client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"popup": "always"}}})
    assert await client.logged("start it anew")
    assert client.all("client/registerCapability") == []


async def test_an_editor_that_refuses_goes_on(connect):
    client = await connect(capabilities=DYNAMIC)
    client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"popup": "always"}}})
    assert await client.logged("did not take up completion.popup")
    assert client.all("window/showMessage") == []


async def test_switched_off_where_it_was_offered(connect):
    client = await connect(times=IMPATIENT)
    client.open(URI, "x = ")
    client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"popup": "never"}}})
    assert await client.request(METHOD, client.at(URI, 0, 4)) == {"isIncomplete": False, "items": []}
    client.notify("workspace/didChangeConfiguration", {"settings": {}})
    assert await client.request(METHOD, client.at(URI, 0, 4)) == NOTHING_YET


async def test_it_ends_no_request_for_inline_completion(connect):
    client = await connect(initialize=False, times=PATIENT)
    await client.initialize(INLINE, **popup(popup="always"))
    client.open(URI, "x = ")
    inline, shown = client.new_request("textDocument/inlineCompletion", client.at(URI, 0, 4))
    listed, answer = client.new_request(METHOD, client.at(URI, 0, 4, 1))
    client.send(inline, listed)
    assert len(await client.request("test/asked", {"atLeast": 1})) == 1
    await client.request("test/answer", {"number": 0, "text": "1"})
    assert [item["insertText"] for item in (await shown)["items"]] == ["1"]
    await asked(client, 1)
    await client.request("test/answer", {"number": 1, "text": "1"})
    assert [item["label"] for item in (await answer)["items"]] == ["1"]


async def test_it_waits_for_inline_completion_no_longer_than_for_anything(connect):
    client = await connect(initialize=False, times=IMPATIENT)
    await client.initialize(INLINE, **popup(popup="always"))
    client.open(URI, "x = ")
    inline, shown = client.new_request("textDocument/inlineCompletion", client.at(URI, 0, 4))
    client.send(inline)
    await asked(client, 0)
    assert await client.request(METHOD, client.at(URI, 0, 4)) == NOTHING_YET
    await client.request("test/answer", {"number": 0, "text": "1"})
    assert len((await shown)["items"]) == 1
    assert len(await client.request("test/asked", {"atLeast": 1})) == 1
