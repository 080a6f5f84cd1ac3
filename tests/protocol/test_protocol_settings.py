"""Settings, trust and workspace folders as the editor tells them."""

import asyncio

import pytest

PULL = {"workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}}


async def state(client):
    return await client.request("test/state")


async def lines(client):
    return (await state(client))["settings"]["max_lines"]


async def lines_become(client, expected):
    """The client's answer takes effect some moments after the server has it."""
    while await lines(client) != expected:
        pass


async def status(client, kind):
    return await client.until(lambda: [each for each in client.all("didChangeStatus") if each["kind"] == kind])


async def test_options_of_initialize_and_what_the_client_pushes(connect):
    client = await connect(initialize=False)
    await client.initialize(
        initializationOptions={"completion": {"max_lines": 5}, "model": "mine.gguf", "trusted": True}
    )
    told = await state(client)
    assert told["settings"] == {"model": "mine.gguf", "max_lines": 5}
    assert told["trusted"]
    for settings in ({"foretype": {"completion": {"max_lines": 6}}, "python": {}}, {"completion": {"max_lines": 7}}):
        client.notify("workspace/didChangeConfiguration", {"settings": settings})
    assert await lines(client) == 7
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    assert await lines(client) == 5
    calls = await client.request("test/calls")
    assert calls == [["made", 5], ["settings", 6], ["settings", 7], ["settings", 5]]


async def test_settings_are_asked_for_at_the_start_and_after_changes(connect):
    client = await connect(initialize=False)
    said = [{"completion": {"max_lines": 3}}]
    client.answers = {"workspace/configuration": lambda _: said, "client/registerCapability": lambda _: None}
    await client.initialize(PULL)
    (registration,) = (await client.received_of("client/registerCapability"))[0]["registrations"]
    assert registration["method"] == "workspace/didChangeConfiguration"
    assert registration["registerOptions"] == {"section": "foretype"}
    (asked,) = await client.received_of("workspace/configuration")
    assert asked == {"items": [{"section": "foretype"}]}
    await lines_become(client, 3)
    said[0] = {"completion": {"max_lines": 4}}
    client.notify("workspace/didChangeConfiguration", {"settings": {"ignored": "by clients that can be asked"}})
    await client.received_of("workspace/configuration", 2)
    await lines_become(client, 4)
    said[0] = None
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    await client.received_of("workspace/configuration", 3)
    await lines_become(client, 12)


async def test_a_wrong_setting_is_one_sentence_and_the_last_good_stay(connect):
    client = await connect()
    for wrong in ({"completion": {"max_lines": 0}}, {"no_such_setting": 1}, [1], "text"):
        client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"max_lines": 9}}})
        client.notify("workspace/didChangeConfiguration", {"settings": wrong})
        assert await lines(client) == 9
    (first, *_) = await status(client, "Warning")
    assert "completion.max_lines is 0" in first["message"]
    assert not first["busy"]
    assert "\n" not in first["message"]
    logged = [each["message"] for each in await client.received_of("window/logMessage", 4)]
    assert "no_such_setting" in logged[1]
    assert client.all("window/showMessage") == []
    client.notify("workspace/didChangeConfiguration", {"settings": {}})
    await client.until(lambda: client.all("didChangeStatus")[-1]["kind"] == "Normal")


async def test_what_a_workspace_may_not_set_is_ignored_and_said_once(connect):
    client = await connect()
    before = (await state(client))["settings"]
    for _ in range(2):
        client.notify("workspace/didChangeConfiguration", {"settings": {"model": "evil.gguf"}})
    assert (await state(client))["settings"] == before
    (message,) = await client.received_of("window/logMessage")
    assert "model" in message["message"]
    (warning,) = await status(client, "Warning")
    assert warning["message"].startswith("Ignored from the editor's settings, which a workspace can change: model.")
    client.notify("workspace/didChangeConfiguration", {"settings": {}})
    await client.until(lambda: client.all("didChangeStatus")[-1]["kind"] == "Normal")


@pytest.mark.parametrize("options", [{"completion": {"max_lines": "many"}}, [3], {"trusted": "yes"}])
async def test_wrong_options_of_initialize_do_not_end_the_session(connect, options):
    client = await connect(initialize=False)
    client.answers = {"workspace/configuration": lambda _: [None], "client/registerCapability": lambda _: None}
    await client.initialize(PULL, initializationOptions=options)
    await client.received_of("workspace/configuration")
    told = await state(client)
    assert told["settings"]["max_lines"] == 12
    assert not told["trusted"]
    # It stays wrong, though the editor's settings are good.
    assert [each["kind"] for each in client.all("didChangeStatus")] == ["Warning"]


async def test_a_wrong_file_of_the_user_does_not_end_the_session(connect, tmp_path):
    file = tmp_path / "foretype.toml"
    file.write_text("completion = 3")
    client = await connect(config=str(file))
    assert await lines(client) == 12
    (only,) = await status(client, "Warning")
    assert str(file) in only["message"]


async def test_a_change_of_the_users_file_is_taken_up_under_what_the_editor_says(connect, tmp_path):
    file = tmp_path / "foretype.toml"
    file.write_text("completion.max_lines = 5")
    client = await connect(config=str(file), times={"file_check": 0.02})
    client.notify("workspace/didChangeConfiguration", {"settings": {"log_level": "debug"}})
    client.notify("foretype/didChangeTrust", {"trusted": True})
    assert await lines(client) == 5
    file.write_text("completion.max_lines = 66")
    await lines_become(client, 66)
    client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"max_lines": 7}}})
    await lines_become(client, 7)
    file.write_text("completion.max_lines = 8")
    assert await client.logged("was read again")
    assert await lines(client) == 7
    client.notify("workspace/didChangeConfiguration", {"settings": {}})
    await lines_become(client, 8)
    file.unlink()
    await lines_become(client, 12)
    assert (await state(client))["trusted"]


async def test_a_change_of_the_users_file_that_is_wrong_is_told_and_the_last_good_stay(connect, tmp_path):
    file = tmp_path / "foretype.toml"
    file.write_text("completion = 3")
    client = await connect(config=str(file), times={"file_check": 0.02})
    await status(client, "Warning")
    file.write_text("completion.max_lines = 5")
    await client.until(lambda: client.all("didChangeStatus")[-1]["kind"] == "Normal")
    assert await lines(client) == 5
    file.write_text("completion.max_lines = 0 # none")
    await client.until(lambda: client.all("didChangeStatus")[-1]["kind"] == "Warning")
    assert str(file) in client.all("didChangeStatus")[-1]["message"]
    assert await lines(client) == 5
    # The editor's settings being good doesn't mend the file.
    client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"max_lines": 6}}})
    await lines_become(client, 6)
    assert client.all("didChangeStatus")[-1]["kind"] == "Warning"


async def test_options_that_name_what_the_file_defines_are_taken_up_once_it_does(connect, tmp_path):
    file = tmp_path / "foretype.toml"
    file.write_text("endpoints.team = 3")
    client = await connect(initialize=False, config=str(file), times={"file_check": 0.02})
    options = {"route": {"engines": ["team"]}, "completion": {"max_lines": 3}, "trusted": True}
    await client.initialize(initializationOptions=options)
    await status(client, "Warning")
    assert await lines(client) == 12
    file.write_text('[endpoints.team]\nkind = "openai-chat"\nurl = "http://127.0.0.1:1/v1"\nmodel = "m"\n')
    await lines_become(client, 3)
    assert (await state(client))["trusted"]
    await client.until(lambda: client.all("didChangeStatus")[-1]["kind"] != "Warning")


async def test_off_is_told(connect):
    client = await connect()
    client.notify("workspace/didChangeConfiguration", {"settings": {"completion": {"enabled": False}}})
    (off,) = await status(client, "Inactive")
    assert "completion.enabled" in off["message"]


@pytest.mark.parametrize("answer", [None, {"not": "a list"}, []])
async def test_a_client_that_answers_oddly_keeps_what_is_in_force(connect, answer):
    client = await connect(initialize=False)
    client.answers = {"workspace/configuration": lambda _: answer}
    await client.initialize(PULL, initializationOptions={"completion": {"max_lines": 5}})
    await client.received_of("workspace/configuration")
    assert await lines(client) == 5
    assert client.all("window/showMessage") == []


async def test_a_client_that_refuses_or_never_answers(connect):
    client = await connect(initialize=False, times={"client_answer": 0.05})
    never = asyncio.Event()
    client._answer = lambda message: never.clear()  # takes the request and says nothing
    await client.initialize(PULL)
    assert await client.logged("did not tell its settings, those in force stay: it did not answer in time")
    assert await lines(client) == 12
    # An answer after all is no surprise.
    (asked,) = [each for each in client.received if each.get("method") == "workspace/configuration"]
    client.send({"id": asked["id"], "result": [{"completion": {"max_lines": 3}}]})
    assert await lines(client) == 12
    assert client.all("window/showMessage") == []


async def test_trust_and_folders(connect):
    client = await connect(initialize=False)
    folders = [{"uri": "file:///work/one", "name": "one"}, {"uri": "vscode-vfs://github/a/b", "name": "b"}]
    await client.initialize(workspaceFolders=folders, rootUri="file:///ignored")
    told = await state(client)
    assert [each[:2] for each in told["folders"]] == [["file:///work/one", "one"], ["vscode-vfs://github/a/b", "b"]]
    assert told["folders"][0][2].endswith("one")
    assert told["folders"][1][2] is None
    assert not told["trusted"]
    change = {"added": [{"uri": "file:///work/two", "name": "two"}], "removed": folders[:1]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": change})
    for trusted, expected in ((True, True), ("no", True), (False, False)):
        client.notify("foretype/didChangeTrust", {"trusted": trusted})
        told = await state(client)
        assert told["trusted"] == expected
    assert [each[1] for each in told["folders"]] == ["b", "two"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"rootUri": "file:///work/some%20one"}, [["file:///work/some%20one", "some one"]]),
        ({"rootPath": "/work/one"}, [["file:///work/one", "one"]]),
        ({"workspaceFolders": None}, []),
    ],
)
async def test_older_ways_to_say_the_folder(connect, params, expected):
    client = await connect(initialize=False)
    await client.initialize(**params)
    assert [each[:2] for each in (await state(client))["folders"]] == expected
