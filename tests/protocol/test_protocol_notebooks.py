"""Notebooks through a real session: which cells a request sees, and where its answer goes."""

import pytest

BOOK = "file:///work/book.ipynb"
PROSE, CODE = 1, 2
CLIENT = {"notebookDocument": {"synchronization": {"dynamicRegistration": False}}}


def uri(name):
    return f"vscode-notebook-cell:/work/book.ipynb#{name}"


def cell(name, kind=CODE):
    return {"kind": kind, "document": uri(name)}


def document(name, text, language="python", version=1):
    return {"uri": uri(name), "languageId": language, "version": version, "text": text}


def open_book(client, *cells):
    """Each cell as its name, its text, and what else is not the default."""
    documents = [document(name, text, more.get("language", "python")) for name, text, more in cells]
    listed = [cell(name, more.get("kind", CODE)) for name, _, more in cells]
    notebook = {"uri": BOOK, "notebookType": "jupyter-notebook", "version": 1, "cells": listed}
    client.notify("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": documents})


def change(client, book=BOOK, **cells):
    params = {"notebookDocument": {"uri": book, "version": 2}, "change": {"cells": cells} if cells else {}}
    client.notify("notebookDocument/didChange", params)


def structure(start, removed, *cells, opened=(), closed=()):
    array = {"start": start, "deleteCount": removed, "cells": list(cells)}
    return {"array": array, "didOpen": list(opened), "didClose": [{"uri": uri(name)} for name in closed]}


def typed(name, version, *changes):
    return {"document": {"uri": uri(name), "version": version}, "changes": list(changes)}


async def seen(client, name, line, character, **more):
    """What the completer is asked about a cell, and the request under way."""
    number = len(await client.request("test/asked", {"atLeast": 0}))
    params = client.at(uri(name), line, character)
    params["context"] |= more
    message, answer = client.new_request("textDocument/inlineCompletion", params)
    client.send(message)
    asked = (await client.request("test/asked", {"atLeast": number + 1}))[number]
    assert asked["uri"] == uri(name)
    return asked, number, answer


async def text_seen(client, name):
    return (await seen(client, name, 0, 0))[0]["text"]


@pytest.fixture
async def book(connect):
    client = await connect(capabilities=CLIENT)
    open_book(
        client,
        ("one", "import os\n\nx = 1", {}),
        ("words", "# A heading", {"kind": PROSE, "language": "markdown"}),
        ("shell", "ls", {"language": "shellscript"}),
        ("empty", "", {}),
        ("two", "y = 2\n", {}),
        ("three", "é😀 = x\nz", {}),
    )
    return client


async def test_it_is_advertised_to_clients_that_have_notebooks(connect, book):
    (selector,) = book.received[0]["result"]["capabilities"]["notebookDocumentSync"]["notebookSelector"]
    assert selector == {"notebook": "*"}
    other = await connect()
    assert "notebookDocumentSync" not in other.received[0]["result"]["capabilities"]


async def test_a_cell_is_completed_below_the_code_before_it_in_its_own_positions(book):
    asked, number, answer = await seen(book, "three", 0, 6)
    assert asked["text"] == "import os\n\nx = 1\ny = 2\né😀 = x\nz"
    assert (asked["cursor"], asked["before"], asked["version"]) == ([4, 5], "é😀 = ", 1)
    await book.request("test/answer", {"number": number, "text": "x + 1", "replace": 1, "id": "5"})
    (item,) = (await answer)["items"]
    assert item["range"] == {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 7}}
    assert item["command"]["arguments"] == ["5"]


async def test_other_requests_and_statements_about_a_cell(book):
    chosen = {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}}, "text": "zip"}
    asked, _, _ = await seen(book, "three", 1, 1, selectedCompletionInfo=chosen)
    assert (asked["selectedStart"], asked["selectedEnd"]) == ([5, 0], [5, 1])

    message, streamed = book.new_request(
        "foretype/inlineCompletion",
        book.at(uri("three"), 1, 1, streamToken="t") | {"position": {"line": 1, "character": 1}},
    )
    book.send(message)
    await book.request("test/asked", {"atLeast": 2})
    await book.request("test/update", {"number": 1, "text": "ip"})
    await book.request("test/answer", {"number": 1, "text": "ip()"})
    assert (await streamed)["version"] == 1
    (update, last) = (params["value"] for params in book.all("$/progress"))
    assert update["items"][0]["range"]["start"] == last["items"][0]["range"]["start"] == {"line": 1, "character": 1}


async def test_the_popup_in_a_cell(connect):
    client = await connect(capabilities=CLIENT, times={"popup": 60.0})
    open_book(client, ("one", "first\nsecond", {}), ("two", "a\nfo", {}))
    message, answer = client.new_request("textDocument/completion", client.at(uri("two"), 1, 2))
    client.send(message)
    await client.request("test/asked", {"atLeast": 1})
    await client.request("test/answer", {"number": 0, "text": "r x in y"})
    (item,) = (await answer)["items"]
    assert item["textEdit"] == {
        "newText": "for x in y",
        "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 2}},
    }


async def test_prose_and_other_languages_stand_alone(book):
    assert await text_seen(book, "words") == "# A heading"
    assert await text_seen(book, "shell") == "ls"
    assert await text_seen(book, "one") == "import os\n\nx = 1"


async def test_typing_in_a_cell_changes_what_later_ones_see(book):
    where = {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 5}}
    change(book, textContent=[typed("one", 2, {"range": where, "text": "100"}, {"text": "import re\nx = 3\n"})])
    assert await text_seen(book, "two") == "import re\nx = 3\ny = 2\n"
    asked, number, answer = await seen(book, "three", 1, 1)
    assert asked["cursor"] == [4, 1]
    # The cell itself changes while its request is under way: positions would no longer fit.
    change(book, textContent=[typed("three", 2, {"text": "other"})])
    await book.request("test/answer", {"number": number, "text": "ip"})
    assert await answer == {"items": []}
    assert (await seen(book, "three", 0, 5))[0]["text"] == "import re\nx = 3\ny = 2\nother"


async def test_the_code_above_may_change_while_an_answer_is_under_way(book):
    _, number, answer = await seen(book, "three", 1, 1)
    change(book, textContent=[typed("one", 2, {"text": "a\n" * 9})])
    await book.request("test/answer", {"number": number, "text": "ip"})
    (item,) = (await answer)["items"]
    assert item["range"]["start"] == {"line": 1, "character": 1}


async def test_cells_added_removed_and_moved(book):
    change(book, structure=structure(1, 0, cell("new"), opened=[document("new", "w = 0")]))
    assert await text_seen(book, "two") == "import os\n\nx = 1\nw = 0\ny = 2\n"
    change(book, structure=structure(0, 2, closed=["one", "new"]))
    assert await text_seen(book, "two") == "y = 2\n"
    # The last two change places; one of them is named as closed and opened, as some clients do.
    moved = structure(3, 2, cell("three"), cell("two"), opened=[document("two", "y = 3")], closed=["two"])
    change(book, structure=moved)
    assert await text_seen(book, "two") == "é😀 = x\nz\ny = 3"
    assert await text_seen(book, "three") == "é😀 = x\nz"
    calls = await book.request("test/calls")
    assert ["opened", uri("new"), 1] in calls
    assert [call for call in calls if call[0] == "closed"] == [["closed", uri(name)] for name in ("one", "new", "two")]
    assert await book.request("textDocument/inlineCompletion", book.at(uri("one"), 0, 0)) == {"items": []}


async def test_a_cell_becomes_prose_and_code_again(book):
    change(book, data=[cell("one", PROSE)])
    assert await text_seen(book, "two") == "y = 2\n"
    change(book, data=[cell("one", CODE), cell("never", CODE)])
    assert await text_seen(book, "two") == "import os\n\nx = 1\ny = 2\n"


async def test_closing_forgets_all_cells(book):
    book.notify(
        "notebookDocument/didClose",
        {"notebookDocument": {"uri": BOOK}, "cellTextDocuments": [{"uri": uri("one")}, {"uri": uri("never")}]},
    )
    calls = await book.request("test/calls")
    names = ("one", "words", "shell", "empty", "two", "three")
    assert [call for call in calls if call[0] == "closed"] == [["closed", uri(name)] for name in names]
    assert await book.request("textDocument/inlineCompletion", book.at(uri("two"), 0, 0)) == {"items": []}


async def test_opened_again_it_is_what_was_opened_last(book):
    open_book(book, ("two", "again", {}), ("four", "4", {}))
    assert await text_seen(book, "four") == "again\n4"
    assert await book.request("textDocument/inlineCompletion", book.at(uri("one"), 0, 0)) == {"items": []}


async def test_what_fits_no_notebook_is_one_line_in_the_log(book):
    for _ in range(3):
        change(book, "file:///never.ipynb", structure=structure(0, 9, cell("x")))
    change(book)
    change(book, structure=structure(99, 99, cell("five"), opened=[document("five", "5")]))
    assert (await text_seen(book, "five")).endswith("z\n5")
    change(book, textContent=[typed("unknown", 2, {"text": "x"})])
    messages = [each["message"] for each in await book.received_of("window/logMessage", 2)]
    assert "file:///never.ipynb is not open" in messages[0]
    assert "unknown is not open" in messages[1]
    assert book.all("window/showMessage") == []


async def test_a_cell_whose_text_was_never_sent_is_left_out(book):
    change(book, structure=structure(0, 0, cell("silent")))
    assert await text_seen(book, "two") == "import os\n\nx = 1\ny = 2\n"
    assert book.all("window/logMessage") == []


async def test_a_file_beside_the_notebook_is_not_touched_by_it(book):
    book.open("file:///work/a.py", "alone")
    message, _ = book.new_request("textDocument/inlineCompletion", book.at("file:///work/a.py", 0, 5))
    book.send(message)
    (asked,) = await book.request("test/asked", {"atLeast": 1})
    assert asked["text"] == "alone"
