"""When prompts come to show context: in idle time, seldom, and never so that an answer waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

import msgspec
import pytest

from foretype.complete import contexts
from foretype.complete.pipeline import Completer
from foretype.complete.results import CompletionRequest
from foretype.config.schema import Completion, Settings
from foretype.context.related import Piece, Tier
from foretype.engines.base import (
    Chunk,
    EngineInfo,
    Explored,
    ExploreRequest,
    Finish,
    FinishReason,
    GenerateRequest,
    Speeds,
    Usage,
)
from foretype.prompt.families import find
from foretype.prompt.fim import Control, Prompt
from foretype.prompt.hole import Chat, Input, laid_out
from foretype.syntax.cursor import Syntax
from foretype.text.documents import Snapshot
from foretype.text.edits import split_lines
from foretype.text.positions import Point
from foretype.workspace.client import Related, Workspace

URI, PATH = "file:///w/src/main.py", "/w/src/main.py"
HEAD = "".join(f"name_{n} = {n}\n" for n in range(60))
ADD = Piece(Tier.NEEDED, "/w/src/money.py", (3, 4), "def add(left, right): ...\n")
PAY = Piece(Tier.NEEDED, "/w/src/cards.py", (0, 0), "def pay(card): ...\n")
SIMILAR = Piece(Tier.SIMILAR, "/w/other.py", (0, 1), "alike = 1\n")


def as_prompt(given: Input, family: str) -> Prompt:
    """What a model of the family reads."""
    assert not isinstance(given, Chat)
    return laid_out(given, find(family))


class RecordingEngine:
    """Answers at once with a line that nobody types, and remembers the prompts."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []
        self.warmed: list[Prompt] = []
        self.family = "qwen"
        self.context_tokens = 8192

    async def info(self) -> EngineInfo:
        return EngineInfo("recording", "recording", self.family, self.context_tokens, Speeds(2000, 50, 20))

    async def generate(self, request: GenerateRequest) -> AsyncGenerator[Chunk | Finish, None]:
        self.prompts.append(as_prompt(request.prompt, self.family))
        yield Chunk("§§§§\n", Usage())
        yield Finish(FinishReason.END, Usage())

    async def explore(self, request: ExploreRequest) -> Explored:
        self.prompts.append(as_prompt(request.prompt, self.family))
        return Explored()

    async def warm(self, prompt: Input) -> bool:
        self.warmed.append(as_prompt(prompt, self.family))
        return True

    async def count(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(len(text) // 3 for text in texts)

    async def aclose(self) -> None:
        pass


class TellingWorkspace(Workspace):
    """Relates what the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: tuple[Piece, ...] = (ADD,)
        self.gone: tuple[str, ...] = ()
        self.asked: list[tuple[int, tuple[int, int]]] = []

    async def related(
        self, snapshot: Snapshot, line: int, window: tuple[int, int], known: tuple[str, ...] = ()
    ) -> Related | None:
        self.asked.append((line, window))
        path = snapshot.uri.removeprefix("file://")
        shown = {each.path: each.path.removeprefix("/w/") for each in self.pieces} | {path: path.removeprefix("/w/")}
        return Related(path, "w", shown, self.pieces, self.gone)


@dataclass
class Bench:
    """A completer with its engine and workspace."""

    engine: RecordingEngine = field(default_factory=RecordingEngine)
    workspace: TellingWorkspace = field(default_factory=TellingWorkspace)
    settings: Settings = field(default_factory=Settings)
    version: int = 0

    def __post_init__(self) -> None:
        self.completer = Completer(lambda *_: self.engine, Syntax(), self.settings, self.workspace)

    async def ask(self, text: str, uri: str = URI) -> Prompt:
        """The prompt of a request at ``$0``."""
        before, after = text.split("$0")
        self.version += 1
        lines = split_lines(before)
        snapshot = Snapshot(uri, self.version, "python", tuple(split_lines(before + after)))
        cursor = Point(len(lines) - 1, len(lines[-1]))
        self.completer.changed(snapshot)
        count = len(self.engine.prompts)
        await self.completer.complete(CompletionRequest(snapshot, cursor, explicit=True))
        assert len(self.engine.prompts) == count + 1
        return self.engine.prompts[-1]

    async def idle(self, true: Callable[[], bool] = lambda: True) -> None:
        """Waits until something holds, and idle time has nothing to do."""
        for _ in range(500):
            await asyncio.sleep(0.005)
            (lane,) = self.completer._lanes
            task = lane.warmer._task
            if true() and (task is None or task.done()):
                return
        raise AssertionError("idle time has not come to that")

    async def ready(self) -> None:
        """Waits until another prompt is resident."""
        count = len(self.engine.warmed)
        await self.idle(lambda: len(self.engine.warmed) > count)


@contextlib.asynccontextmanager
async def bench(**options: object) -> AsyncGenerator[Bench, None]:
    made = Bench(**options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.completer.aclose()


def texts(prompt: Prompt) -> str:
    return "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in prompt.pieces)


async def test_a_request_has_no_context_until_idle_time_made_it_resident() -> None:
    async with bench() as b:
        first = await b.ask(HEAD + "total = $0\n")
        assert Control.FILE not in first.pieces
        await b.ready()
        assert b.workspace.asked == [(60, b.workspace.asked[0][1])]
        second = await b.ask(HEAD + "total = a$0\n")
        assert texts(second).startswith(
            "<REPOSITORY>w\n<FILE>src/money.py\ndef add(left, right): ...\n<FILE>src/main.py\n<PREFIX>name_"
        )
        assert texts(second) == texts(b.engine.warmed[-1]) + "a"


async def test_the_heading_stands_before_the_window() -> None:
    async with bench() as b:
        b.workspace.pieces = (
            Piece(Tier.IMPORTS, PATH, (0, 0), "import decimal\n"),
            Piece(Tier.ENCLOSING, PATH, (3, 3), "class Till:\n"),
        )
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        prompt = texts(await b.ask(HEAD + "total = a$0\n"))
        assert prompt.startswith("<PREFIX>import decimal\nclass Till:\nname_")


@pytest.mark.parametrize("family", ["codellama", ""])
async def test_models_that_see_one_file_see_others_as_comments(family: str) -> None:
    async with bench() as b:
        b.engine.family = family
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        prompt = texts(await b.ask(HEAD + "total = a$0\n"))
        assert prompt.removeprefix("<PREFIX>").startswith("# src/money.py\n# def add(left, right): ...\n\nname_")


async def test_typing_only_appends_and_asks_for_nothing_that_is_known() -> None:
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        typed = "add(name_1, name_2)"
        prompts = []
        for end in range(1, len(typed)):
            prompts.append(await b.ask(HEAD + f"total = {typed[:end]}$0\n"))
            await b.idle()
        for earlier, later in itertools.pairwise(prompts):
            assert texts(later).startswith(texts(earlier))
        assert len(b.workspace.asked) == len(b.engine.warmed) == 1


async def test_a_name_that_is_new_near_the_cursor_is_asked_about_but_not_soon_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        await b.ask(HEAD + "total = pay(card)$0\n")
        await b.idle()
        assert len(b.workspace.asked) == 1
        monkeypatch.setattr(contexts, "ASK_EVERY_SECONDS", 0.0)
        b.workspace.pieces = (ADD, PAY)
        before = texts(await b.ask(HEAD + "total = pay(card) $0\n"))
        await b.ready()
        after = texts(await b.ask(HEAD + "total = pay(card) +$0\n"))
        assert "<FILE>src/cards.py\ndef pay(card): ...\n<FILE>src/money.py" in after
        # The anchor has stayed where it was.
        assert after.split("<PREFIX>")[1] == before.split("<PREFIX>")[1] + "+"


async def test_what_is_merely_alike_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "ASK_EVERY_SECONDS", 0.0)
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        b.workspace.pieces = (ADD, SIMILAR)
        await b.ask(HEAD + "total = new_name$0\n")
        await b.idle()
        assert len(b.workspace.asked) == 2
        assert len(b.engine.warmed) == 1


async def test_news_of_other_files_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "ASK_EVERY_SECONDS", 0.0)
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        changed = Piece(Tier.NEEDED, ADD.path, ADD.lines, "def add(left, right, *more): ...\n")
        b.workspace.pieces = (changed,)
        b.completer.changed(Snapshot("file:///w/src/money.py", 2, "python", ("x\n", "")))
        await b.ask(HEAD + "total = a$0\n")
        await b.ready()
        assert changed.text in texts(await b.ask(HEAD + "total = ad$0\n"))


async def test_a_finished_scan_is_reason_to_look_again() -> None:
    async with bench() as b:
        b.workspace.pieces = ()
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        b.workspace.pieces = (ADD,)
        b.workspace.scans += 1
        b.workspace.on_indexed()
        await b.ready()
        assert ADD.text in texts(await b.ask(HEAD + "total = a$0\n"))


async def test_a_jump_keeps_what_is_resident_of_other_files() -> None:
    far = "".join(f"far_{n} = {n}\n" for n in range(3000))
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n" + far)
        await b.ready()
        jumped = texts(await b.ask(HEAD + "total = \n" + far + "end = $0\n"))
        assert jumped.startswith("<REPOSITORY>w\n<FILE>src/money.py\ndef add(left, right): ...\n<FILE>src/main.py\n")
        assert "far_2999" in jumped


async def test_a_jump_after_work_for_another_document_starts_without() -> None:
    far = "".join(f"far_{n} = {n}\n" for n in range(3000))
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n" + far)
        await b.ready()
        await b.ask("other = $0\n", uri="file:///w/src/other.py")
        jumped = await b.ask(HEAD + "total = \n" + far + "end = $0\n")
        assert Control.FILE not in jumped.pieces


async def test_what_is_not_to_be_shown_any_more_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "ASK_EVERY_SECONDS", 0.0)
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        b.workspace.pieces, b.workspace.gone = (PAY,), (ADD.path,)
        await b.ask(HEAD + "total = new_name$0\n")
        await b.ready()
        prompt = texts(await b.ask(HEAD + "total = new_name2$0\n"))
        assert PAY.text in prompt and ADD.text not in prompt


async def test_a_model_with_little_room_is_not_given_too_much() -> None:
    async with bench() as b:
        b.engine.context_tokens = 2048
        b.workspace.pieces = tuple(
            Piece(Tier.NEEDED, f"/w/{n}.py", (0, 0), f"def f{n}({'x' * 300}): ...\n") for n in range(40)
        )
        large = "".join(f"name_{n} = {n} * {n}\n" for n in range(2000))
        await b.ask(large + "total = $0\n" + large)
        await b.ready()
        prompt = texts(await b.ask(large + "total = a$0\n" + large))
        assert "<FILE>" in prompt
        assert len(prompt) // 3 < 2048 - 320


async def test_turned_off_it_is_gone_at_once() -> None:
    async with bench() as b:
        await b.ask(HEAD + "total = $0\n")
        await b.ready()
        completion = msgspec.structs.replace(b.settings.completion, context=False)
        b.completer.apply_settings(msgspec.structs.replace(b.settings, completion=completion))
        assert Control.FILE not in (await b.ask(HEAD + "total = a$0\n")).pieces
        await b.idle()
        assert len(b.workspace.asked) == 1


async def test_without_it_nothing_is_asked() -> None:
    async with bench(settings=Settings(completion=Completion(context=False))) as b:
        await b.ask(HEAD + "total = $0\n")
        await b.idle()
        assert b.workspace.asked == []


async def test_a_workspace_that_cannot_tell_is_no_obstacle() -> None:
    async with bench() as b:
        b.workspace.related = Workspace().related  # type: ignore[method-assign]
        await b.ask(HEAD + "total = $0\n")
        await b.idle()
        assert Control.FILE not in (await b.ask(HEAD + "total = a$0\n")).pieces
