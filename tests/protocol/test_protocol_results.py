"""What becomes of a completer's results: several suggestions, and what is told of them afterwards."""

import pytest

URI = "file:///work/a.py"
OTHER = "file:///work/b.py"
INVOKED, AUTOMATIC = 1, 2


async def ask(client, method="textDocument/inlineCompletion", uri=URI, trigger=INVOKED, **answer):
    number = len(await client.request("test/asked", {"atLeast": 0}))
    message, asked = client.new_request(method, client.at(uri, 0, 3, trigger))
    client.send(message)
    await client.request("test/asked", {"atLeast": number + 1})
    await client.request("test/answer", {"number": number, **answer})
    return await asked


async def execute(client, command, *arguments):
    return await client.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})


@pytest.mark.parametrize("method", ["textDocument/inlineCompletion", "foretype/inlineCompletion"])
async def test_all_suggestions_are_items_in_order_each_with_its_own_command(client, method):
    client.open(URI, "abc")
    items = (await ask(client, method, text=["d", "ef\ng", "h"], id="i", replace=0))["items"]
    assert [item["insertText"] for item in items] == ["d", "ef\ng", "h"]
    assert [item["command"]["arguments"] for item in items] == [["i"], ["ii"], ["iii"]]
    assert {item["range"]["start"]["character"] for item in items} == {3}
    await execute(client, items[1]["command"]["command"], *items[1]["command"]["arguments"])
    assert (await client.request("test/calls"))[-1] == ["accepted", "ii"]


async def test_an_explicit_request_is_told_from_an_automatic_one(client):
    client.open(URI, "abc")
    for number, (trigger, explicit) in enumerate([(INVOKED, True), (AUTOMATIC, False)]):
        await ask(client, trigger=trigger, text="d")
        assert (await client.request("test/asked", {"atLeast": 1}))[number]["explicit"] is explicit


async def test_the_ledger_of_the_last_request_of_each_document(client):
    client.open(URI, "abc")
    client.open(OTHER, "abc")
    assert await execute(client, "foretype.lastLedger") is None
    assert await execute(client, "foretype.lastLedger", URI) is None
    await ask(client, text="d")
    await ask(client, uri=OTHER, text="")
    told = await execute(client, "foretype.lastLedger", URI)
    assert told["rejected"] is None
    assert told["engine"] == "scripted"
    assert told["explained"] == f"explained {URI}"
    assert told["ledger"]["total_ms"] == 12.5
    assert told["ledger"]["filters"] == ["echo"]
    assert {"prefill_ms", "prefill_tokens", "decode_ms", "decode_tokens"} < set(told["ledger"])
    for arguments in ((OTHER,), (), (None,), ({"uri": URI},)):
        told = await execute(client, "foretype.lastLedger", *arguments)
        assert told["rejected"] == "nothing to add"
    assert await execute(client, "foretype.lastLedger", "file:///never.py") is None
