"""The bench's editor and demo against a server process of a few lines."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from foretype.bench import stage
from foretype.bench.buffer import Buffer
from foretype.bench.demo import play
from foretype.bench.editor import Answer, Editor
from foretype.bench.jsonrpc import RequestFailed, ServerGone
from foretype.bench.scenes import Scene, SceneError, demo_folder, load_scenes
from foretype.text.positions import Point

SERVER = Path(__file__).with_name("bench_server.py")
TARGET = "def double(number):\n\treturn number * 2  # 😀 twice\n"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    target = tmp_path / "target.py"
    target.write_bytes(TARGET.encode())
    return [sys.executable, str(SERVER), str(target)]


@pytest.fixture
async def editor(command: list[str], tmp_path: Path) -> AsyncIterator[Editor]:
    started = await Editor.start(command, tmp_path)
    yield started
    await started.aclose()


async def ask(editor: Editor, buffer: Buffer, *, stream: bool) -> list[Answer]:
    heard: list[Answer] = []
    await editor.complete(buffer, heard.append, stream=stream).done
    return heard


async def test_a_streamed_answer_comes_in_parts_and_the_standard_one_at_once(editor: Editor) -> None:
    buffer = Buffer("file:///a.py", "python", "def dou\n")
    buffer.move(Point(0, 7))
    await editor.open(buffer)
    parts = await ask(editor, buffer, stream=True)
    assert [(a.items[0].text, a.done) for a in parts] == [("ble(", False), ("ble(number):", True)]
    assert [a.items[0].text for a in await ask(editor, buffer, stream=False)] == ["ble(number):"]
    assert parts[0].items[0].start == Point(0, 7)


async def test_the_server_follows_every_change_of_the_buffer(editor: Editor) -> None:
    buffer = Buffer("file:///a.py", "python", "😀\n\n")
    buffer.move(Point(0, 1))
    await editor.open(buffer)
    for char in "\ndef d":
        editor.change(buffer, buffer.replace(buffer.offset(buffer.cursor), 0, char))
    assert [a.items[0].text for a in await ask(editor, buffer, stream=False)] == ["ouble(number):"]
    assert buffer.text == "😀\ndef d\n\n"


async def test_an_answer_for_text_that_has_changed_is_dropped(editor: Editor) -> None:
    buffer = Buffer("file:///a.py", "python", "def\n")
    buffer.move(Point(0, 3))
    await editor.open(buffer)
    heard: list[Answer] = []
    asked = editor.complete(buffer, heard.append)
    editor.change(buffer, buffer.replace(3, 0, "!"))
    assert editor.cancel(asked)
    assert (await asked.done).items == ()
    assert not heard
    assert not editor.cancel(asked)


async def test_commands_statuses_and_what_editors_tell(editor: Editor) -> None:
    buffer = Buffer("file:///a.py", "python", "def\n")
    buffer.move(Point(0, 3))
    await editor.open(buffer)
    item = (await ask(editor, buffer, stream=False))[0].items[0]
    editor.shown(item)
    editor.accepted(item)
    heard = await editor.execute("heard")
    assert "textDocument/didShowCompletion" in heard
    assert heard.count("workspace/executeCommand") == 2
    assert editor.status.kind == "Normal"
    ledger = await editor.last_ledger(buffer.uri)
    assert ledger is not None
    assert ledger["ledger"]["decode_tokens"] == 5


async def test_a_server_that_refuses_or_dies_is_an_error_in_one_sentence(editor: Editor) -> None:
    with pytest.raises(RequestFailed, match="no such method"):
        await editor.connection.request("unheard-of").answer
    editor.process.kill()
    with pytest.raises(ServerGone):
        await editor.execute("heard")
    with pytest.raises(ServerGone, match="reason at the end"):
        await Editor.start([sys.executable, "-c", "import sys; sys.exit('reason at the end')"])


async def test_the_demo_shows_ghost_text_in_place(command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    text = "import math\n\ndef double(number):\n\n\nprint(double(2))\n"
    path.write_text(text)
    record = Console(record=True, width=80, file=(tmp_path / "log").open("w"), force_terminal=False)
    scene = Scene(path, text, text.index(":\n") + 1, ("\n\tret",))
    (outcome,) = await play(command, tmp_path, [scene], record)
    shown = record.export_text()
    assert outcome.suggested
    assert "  4     ret«urn number * 2  # 😀 twice»" in shown
    assert "on screen" in shown
    assert "  1 import math" in shown


def test_the_picture_needs_nothing_from_the_network() -> None:
    console = stage.console_for(record=True)
    console.print(stage.draw(stage.Picture("a.go", "go", ["a\n", "\tb c\n", ""], Point(1, 3), None, "note"), False))
    picture = stage.svg(console, "title")
    assert "note" in picture
    assert "cdn" not in picture
    assert "font-face" not in picture


def test_the_shipped_scenes_fit_their_files() -> None:
    scenes = load_scenes(demo_folder())
    assert {scene.path.suffix for scene in scenes} == {".py", ".ts", ".go"}
    assert all(scene.text[scene.cursor] == "\n" for scene in scenes)


def test_a_scene_that_does_not_fit_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "scenes.toml").write_text('[[scene]]\nfile = "a.py"\nafter = "y"\ntypes = ["z"]\n')
    with pytest.raises(SceneError, match=r"a\.py has no line 'y'"):
        load_scenes(tmp_path)
