"""The helper process as the server uses it: real processes, files and crashes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path, PurePath

import psutil
import pytest

from foretype.context.related import Tier
from foretype.lsp.uris import from_path, to_path
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.workspace import client as module
from foretype.workspace.client import Related, Workspace
from foretype.workspace.folders import Folder

CALLER = "from money import add\n\nadd()\n"


@asynccontextmanager
async def workspace(*folders: Path, watched: bool = True) -> AsyncIterator[Workspace]:
    known = Workspace(to_path)
    known.set_folders([Folder(folder, folder.name) for folder in folders], watched)
    try:
        yield known
    finally:
        await known.aclose()


def snapshot(path: Path | str, text: str, language: str = "python") -> Snapshot:
    uri = path if isinstance(path, str) else from_path(PurePath(path))
    return Snapshot(uri, 1, language, tuple(split_lines(text)))


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def scanned(known: Workspace) -> None:
    await until(lambda: known.scans > 0)


async def needed(known: Workspace, document: Snapshot, line: int = 2) -> list[str]:
    found = await known.related(document, line, (0, len(document.lines)))
    return [piece.text for piece in found.pieces if piece.tier is Tier.NEEDED] if found else ["nothing"]


def helper() -> psutil.Process:
    (child,) = (each for each in psutil.Process().children() if "foretype.workspace.helper" in each.cmdline())
    return child


async def test_files_buffers_and_news_of_both(tmp_path: Path) -> None:
    (tmp_path / "money.py").write_text("def add(a): ...\n")
    async with workspace(tmp_path) as known:
        main = snapshot(tmp_path / "main.py", CALLER)
        known.opened(main)
        await scanned(known)
        assert await needed(known, main) == ["def add(a): ...\n"]

        before = known.news(main.uri)
        edited = snapshot(tmp_path / "money.py", "def add(a, b): ...\n")
        known.opened(edited)
        assert known.news(main.uri) > before
        assert await needed(known, main) == ["def add(a, b): ...\n"]

        known.closed(edited.uri)
        assert await needed(known, main) == ["def add(a): ...\n"]

        (tmp_path / "money.py").write_text("def add(c, d): ...\n")
        known.files_changed([edited.uri])
        for _ in range(1000):
            if await needed(known, main) == ["def add(c, d): ...\n"]:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the changed file was not read again")


async def test_it_answers_with_real_paths(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "money.py").write_text("def add(a): ...\n")
    async with workspace(tmp_path) as known:
        await scanned(known)
        main = snapshot(tmp_path / "shop" / "main.py", CALLER)
        found = await known.related(main, 2, (0, 4))
        assert isinstance(found, Related)
        assert found.repository == tmp_path.name
        assert sorted(found.shown.values()) == ["shop/main.py", "shop/money.py"]
        assert found.path in found.shown


async def test_without_folders_open_documents_still_count() -> None:
    async with workspace() as known:
        known.opened(snapshot("untitled:money", "def refund(order, card):\n    return Gateway(card).refund(order)\n"))
        text = "def pay(order, card):\n    gateway = Gateway(card)\n" + "other = thing(here, there)\n" * 4
        known.opened(main := snapshot("untitled:main", text))
        found = await known.related(main, 2, (0, len(main.lines)))
        assert found is not None
        assert [piece.tier for piece in found.pieces] == [Tier.SIMILAR]
        assert found.repository == ""


async def test_a_crash_is_survived_and_open_documents_are_sent_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "money.py").write_text("def add(a): ...\n")
    async with workspace(tmp_path) as known:
        known.opened(snapshot(tmp_path / "money.py", "def add(open_buffer): ...\n"))
        main = snapshot(tmp_path / "main.py", CALLER)
        assert await needed(known, main) == ["def add(open_buffer): ...\n"]
        first = helper()
        waiting = asyncio.create_task(needed(known, main))
        first.kill()
        await waiting
        await until(lambda: "ended unexpectedly" in caplog.text)
        assert await needed(known, main) == ["def add(open_buffer): ...\n"]
        assert helper().pid != first.pid


async def test_crashes_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CRASHES", 1)
    async with workspace(tmp_path) as known:
        main = snapshot(tmp_path / "main.py", CALLER)
        await needed(known, main)
        helper().kill()
        await until(lambda: known._helper is None)
        assert await known.related(main, 2, (0, 4)) is None


async def test_an_unanswered_question_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    async with workspace(tmp_path) as known:
        assert await known.related(snapshot(tmp_path / "main.py", CALLER), 2, (0, 4)) is None


async def test_unused_it_starts_nothing() -> None:
    known = Workspace()
    known.set_folders([Folder(Path.cwd(), "here")], watched=False)
    document = snapshot("untitled:1", CALLER)
    known.opened(document)
    assert await known.related(document, 0, (0, 1)) is None
    known.closed(document.uri)
    await known.aclose()


async def test_text_that_is_not_unicode_is_no_obstacle(tmp_path: Path) -> None:
    async with workspace(tmp_path) as known:
        assert await needed(known, snapshot(tmp_path / "main.py", "x = '\ud800'\n"), 0) == []


async def test_everything_else_on_the_machine_goes_first(tmp_path: Path) -> None:
    async with workspace(tmp_path) as known:
        await scanned(known)
        if sys.platform != "win32":
            assert helper().nice() > psutil.Process().nice()


@pytest.mark.skipif(os.name == "nt", reason="the reader ends otherwise there")
async def test_it_ends_with_the_server(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from foretype.lsp.uris import to_path\n"
        "from foretype.workspace.client import Workspace\nfrom foretype.workspace.folders import Folder\n"
        "async def main():\n"
        "    known = Workspace(to_path)\n"
        f"    known.set_folders([Folder(Path({str(tmp_path)!r}), 'x')], False)\n"
        "    while not known.scans: await asyncio.sleep(0.01)\n"
        "    print(known._helper.pid, flush=True)\n"
        "    os._exit(1)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    pid = int(await process.stdout.readline())
    await process.wait()
    await until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
