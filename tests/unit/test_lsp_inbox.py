"""The messages that wait: their order, and requests taken back while they do."""

import asyncio

from foretype.lsp.framing import Malformed
from foretype.lsp.inbox import Inbox, Incoming


def request(id_, method="m"):
    return {"jsonrpc": "2.0", "id": id_, "method": method}


def cancel(id_):
    return {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": id_}}


NOTE = {"jsonrpc": "2.0", "method": "n"}


async def everything(inbox):
    inbox.end()
    found = []
    while (message := await inbox.get()) is not None:
        found.append(message)
    return found


async def test_a_request_taken_back_while_it_waits_is_marked():
    inbox = Inbox()
    inbox.put([request(1), NOTE, request(2), cancel(1)])
    assert await everything(inbox) == [Incoming(request(1), True), Incoming(NOTE), Incoming(request(2))]


async def test_cancelling_what_is_under_way_is_handed_out():
    inbox = Inbox()
    inbox.put([request(1)])
    assert await inbox.get() == Incoming(request(1))
    inbox.put([cancel(1), cancel(7)])
    assert await everything(inbox) == [Incoming(cancel(1)), Incoming(cancel(7))]


async def test_an_id_used_again_is_another_request():
    inbox = Inbox()
    inbox.put([request("a"), cancel("a")])
    assert await inbox.get() == Incoming(request("a"), True)
    inbox.put([request("a")])
    assert await inbox.get() == Incoming(request("a"))


async def test_a_number_and_a_string_are_different_ids():
    inbox = Inbox()
    inbox.put([request(1), cancel("1")])
    assert await everything(inbox) == [Incoming(request(1)), Incoming(cancel("1"))]


async def test_whatever_was_decoded_goes_through():
    odd = [None, 3, [request(1)], {"id": {}}, {"id": 1}, {"method": "$/cancelRequest"}, Malformed("bad", True)]
    inbox = Inbox()
    inbox.put([*odd, {"method": "$/cancelRequest", "params": {"id": []}}])
    found = await everything(inbox)
    assert found[:6] == [Incoming(each) for each in odd[:6]]
    assert found[6] == odd[6]


async def test_the_end_comes_after_what_waits_or_at_once():
    inbox = Inbox()
    inbox.put([NOTE])
    inbox.end()
    assert await inbox.get() == Incoming(NOTE)
    assert await inbox.get() is None
    inbox.put([NOTE])
    inbox.end(at_once=True)
    assert await inbox.get() is None


async def test_getting_waits():
    inbox = Inbox()
    getting = asyncio.ensure_future(inbox.get())
    await asyncio.sleep(0)
    inbox.put([])
    await asyncio.sleep(0)
    assert not getting.done()
    inbox.put([NOTE])
    assert await getting == Incoming(NOTE)
