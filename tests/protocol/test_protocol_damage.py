"""Messages that are none, or come when they may not: each is answered or logged once, and the session goes on."""

import pytest

URI = "file:///work/a.py"


def framed(body):
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def goes_on(client):
    assert (await client.request("test/state"))["encoding"] == "utf-16"


BODIES = [
    (b"{", -32700),
    (b"\xff\xfe", -32700),
    (b"[" * 100_000, -32700),
    (b"[]", -32600),
    (b"null", -32600),
    (b'{"id": 1, "method": "shutdown"}', -32600),
    (b'{"jsonrpc": "2.0", "id": {}, "method": "shutdown"}', -32600),
]


async def test_bodies_that_are_no_message(client):
    client.send_bytes(b"".join(framed(body) for body, _ in BODIES))
    refused = await client.until(
        lambda: len(found := [each for each in client.received if "error" in each]) == len(BODIES) and found
    )
    assert [each["error"]["code"] for each in refused] == [code for _, code in BODIES]
    assert all("id" in each for each in refused)
    await goes_on(client)
    told = [each["message"] for each in client.all("window/logMessage")]
    assert len(told) == len(BODIES)
    assert client.all("window/showMessage") == []
    await client.logged(told[-1])
    assert len(client.log) == len(BODIES)


async def test_headers_that_are_none(client):
    for junk in (b"hello\r\n\r\n", b"Content-Length: x\r\n\r\n", b"\x00" * 1000, b'{"jsonrpc"'):
        client.send_bytes(junk)
        await goes_on(client)
    assert len(client.all("window/logMessage")) <= 4


async def test_a_nested_key_of_the_protocol_is_only_data(connect):
    client = await connect(initialize=False)
    await client.initialize(
        {"experimental": {"jsonrpc": "2.0", "id": 3, "method": "exit"}}, initializationOptions={"completion": {}}
    )
    await goes_on(client)


async def test_a_client_newer_than_our_library_is_not_turned_away(connect):
    client = await connect(initialize=False)
    answer = await client.initialize(
        {
            "workspace": {"symbol": {"symbolKind": {"valueSet": [1, 99]}}, "workspaceFolders": True},
            "general": {"staleRequestSupport": {"cancel": True}, "positionEncodings": ["utf-99", "utf-32"]},
            "textDocument": {"codeAction": {"tagSupport": {"valueSet": [1, 2]}}},
            "somethingNew": True,
        },
        trace="loud",
        initializationOptions={"completion": {"max_lines": 5}},
    )
    assert answer["capabilities"]["positionEncoding"] == "utf-32"
    assert (await client.request("test/state"))["settings"]["max_lines"] == 5


async def test_an_initialize_that_makes_no_sense_is_refused_and_may_be_sent_again(connect):
    client = await connect(initialize=False)
    for params in (None, [], {"capabilities": {}, "workspaceFolders": 3}):
        with pytest.raises(Exception, match="-32602"):
            await client.request("initialize", params)
    await client.initialize()
    await goes_on(client)


async def test_unknown_methods(client):
    with pytest.raises(Exception, match="-32601"):
        await client.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": {}})
    with pytest.raises(Exception, match="-32601"):
        await client.request("no/such/method")
    client.send({"id": 999, "method": "no/such/method"})
    for method in ("no/such/method", "$/setTrace", "textDocument/didSave", "notebookDocument/didOpen"):
        client.notify(method, {"value": "off"})
    client.notify("$/no/such/method")
    await goes_on(client)
    assert client.all("window/showMessage") == []
    assert not [each for each in client.all("window/logMessage") if each["type"] == 1]


async def test_parameters_that_are_not_as_the_protocol_says(client):
    client.open(URI, "text of the user")
    position = {"line": "x"}
    for params in (None, {}, {"textDocument": {"uri": URI}, "position": position, "context": {"triggerKind": 1}}):
        with pytest.raises(Exception, match=r"-32602 .*inlineCompletion"):
            await client.request("textDocument/inlineCompletion", params)
    client.notify("textDocument/didChange", {"textDocument": {"uri": URI}, "contentChanges": [{"text": "user's"}]})
    assert await client.request("test/text", {"uri": URI}) == "text of the user"
    assert client.all("window/showMessage") == []
    messages = [each["message"] for each in await client.received_of("window/logMessage", 4)]
    assert "user's" not in "".join([*messages, *client.log])


async def test_before_initialize(connect):
    client = await connect(initialize=False)
    client.open(URI, "x")
    client.notify("$/cancelRequest", {"id": 3})
    with pytest.raises(Exception, match="-32002"):
        await client.request("textDocument/inlineCompletion", client.at(URI, 0, 0))
    with pytest.raises(Exception, match="-32002"):
        await client.request("shutdown")
    await client.initialize()
    with pytest.raises(Exception, match="-32600"):
        await client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert [call[0] for call in await client.request("test/calls")] == ["made"]


async def test_answers_to_what_was_never_asked(client):
    client.send({"id": 77, "result": None}, {"id": "x", "error": {"code": 1, "message": "no"}})
    client.send({"id": None, "error": {"code": -32700, "message": "Parse error"}})
    await goes_on(client)
    assert client.all("window/logMessage") == []
    assert not [each for each in client.received if "error" in each]
