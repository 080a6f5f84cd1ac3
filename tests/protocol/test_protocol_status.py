"""What the editor is told of the engine: status notifications, progress, and the log."""

import pytest

PROGRESS = {"window": {"workDoneProgress": True}}


async def engine(client, state, message="", progress=None):
    await client.request("test/status", {"engine": "local", "state": state, "message": message, "progress": progress})


async def test_each_state_is_told_once(client):
    await engine(client, "loading", "Loading tiny.")
    await engine(client, "loading", "Loading tiny.", 0.4)
    await engine(client, "loading", "Loading tiny.", 0.401)
    await engine(client, "ready", "tiny is ready.")
    await engine(client, "busy", "tiny is ready.")
    await engine(client, "busy", "tiny is ready.")
    await engine(client, "ready", "tiny is ready.")
    for _ in range(3):
        await engine(client, "error", "tiny has crashed; it starts again.")
    await engine(client, "ready", "tiny is ready.")
    told = [(each["kind"], each["busy"], each["message"]) for each in client.all("didChangeStatus")]
    assert told == [
        ("Normal", False, ""),
        ("Normal", True, "Loading tiny."),
        ("Normal", True, "Loading tiny (40%)"),
        ("Normal", False, "tiny is ready."),
        ("Normal", True, "tiny is ready."),
        ("Normal", False, "tiny is ready."),
        ("Error", False, "tiny has crashed; it starts again."),
        ("Normal", False, "tiny is ready."),
    ]
    assert client.all("window/showMessage") == []


async def test_no_status_comes_before_the_client_is_ready(connect):
    client = await connect(initialize=False)
    await client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    await engine(client, "error", "There is no model; pull one.")
    assert client.all("didChangeStatus") == []
    client.notify("initialized", {})
    (only,) = await client.received_of("didChangeStatus")
    assert only == {"busy": False, "message": "There is no model; pull one.", "kind": "Error"}


async def test_a_long_load_shows_progress(connect):
    client = await connect(initialize=False)
    client.answers = {"window/workDoneProgress/create": lambda _: None}
    await client.initialize(PROGRESS)
    for _ in range(2):
        begun = len(client.all("$/progress"))
        await engine(client, "loading", "Loading tiny.")
        await client.received_of("$/progress", begun + 1)
        await engine(client, "loading", "Loading tiny.", 0.4)
        await engine(client, "loading", "Loading tiny.", 0.4)
        await engine(client, "ready")
        await engine(client, "busy")
    created = [each["token"] for each in client.all("window/workDoneProgress/create")]
    assert len(set(created)) == 2
    told = [
        (each["token"], each["value"]["kind"], each["value"].get("message"), each["value"].get("percentage"))
        for each in client.all("$/progress")
    ]
    assert told == [
        part
        for token in created
        for part in (
            (token, "begin", "Loading tiny.", None),
            (token, "report", "Loading tiny.", 40),
            (token, "end", None, None),
        )
    ]


@pytest.mark.parametrize(
    ("capabilities", "times"), [({}, {}), (PROGRESS, {"progress_after": 60.0})], ids=["unsupported", "short"]
)
async def test_no_progress_is_shown(connect, capabilities, times):
    client = await connect(capabilities=capabilities, times=times)
    await engine(client, "loading", "Loading tiny.")
    await engine(client, "ready")
    await client.request("test/state")
    assert client.all("window/workDoneProgress/create") == client.all("$/progress") == []


async def test_a_client_that_refuses_progress(connect):
    client = await connect(capabilities=PROGRESS)
    await engine(client, "loading", "Loading tiny.")
    await client.received_of("window/workDoneProgress/create")
    await engine(client, "loading", "Loading tiny.", 0.5)
    await engine(client, "ready")
    assert client.all("$/progress") == client.all("window/logMessage") == []


async def test_what_prints_does_not_damage_the_protocol(client):
    await client.request("test/print", {"text": "Content-Length: 7"})
    assert await client.logged("Content-Length: 7")
    assert (await client.request("test/state"))["encoding"] == "utf-16"
