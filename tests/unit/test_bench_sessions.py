"""Whole traces played against servers of a few lines: Foretype's protocol over stdio, llama-server's over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from foretype.bench import report
from foretype.bench.edge import Times, document
from foretype.bench.edge import results as edge_results
from foretype.bench.edge import rows as edge_rows
from foretype.bench.llama_server import LlamaServer, PeerError
from foretype.bench.ours import ForetypeSession
from foretype.bench.page import typing_page
from foretype.bench.peer import LlamaVimSession
from foretype.bench.play import play
from foretype.bench.resources import Meter
from foretype.bench.trace import Key, Kind, OpenFile, Trace, apply
from foretype.bench.typing import RegionError
from foretype.bench.typing_bench import keys, make_traces, parse_region, results, run

SERVER = Path(__file__).with_name("bench_server.py")
TEXT = "def area(width, height):\n    return width * height\n\n\nprint(area(2, 3))\n"
TYPED = "    return width * height"


def keys_for(text: str, start: int, typed: str, seconds: float = 0.06) -> tuple[Key, ...]:
    """Every character of ``typed`` at an even pace."""
    return tuple(
        Key(0.1 + i * seconds, Kind.TYPE, char, 0, start + i, 0, char, "", start + i + 1, 0, i + 1, "c")
        for i, char in enumerate(typed)
    )


def trace(accepts: tuple[int, ...] = ()) -> Trace:
    start = TEXT.index(TYPED)
    before = TEXT.replace(TYPED, "")
    file = OpenFile("area.py", "python", before, TEXT, start)
    return Trace("area.py:2-2", (file,), (TYPED,), keys_for(before, start, TYPED), accepts)


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    target = tmp_path / "target.py"
    target.write_text(TEXT)
    return [sys.executable, str(SERVER), str(target)]


async def test_typing_with_foretype_is_seen_kept_and_judged(command: list[str], tmp_path: Path) -> None:
    told: list[str] = []
    engines = {"foretype": ForetypeSession(command, warm=False)}
    typed = await run([trace()], engines, tmp_path, None, lambda engine, _, sight: told.append(engine))
    assert len(told) == 1 + len(TYPED)
    figures = results(typed)["foretype"]
    code = figures["code"]
    assert code["keys"] == len(TYPED)
    # Once an answer is there, it is typed along to the end; how soon it is depends on the machine.
    assert code["shown"] >= 5
    assert code["kept"] >= code["shown"] - 2
    assert code["precision"] == 1.0
    assert code["flickers"] == 0
    assert figures["tokens"]["requests"] == len(TYPED)
    assert figures["cpu_seconds"] >= 0
    listed = keys(typed)
    assert [key["char"] for key in listed] == list(TYPED)
    assert listed[-3]["shown"] == "ht"
    assert listed[-3]["right"]
    assert listed[-1]["rest_of_line"] == ""


async def test_the_standard_request_and_a_limit(command: list[str], tmp_path: Path) -> None:
    session = ForetypeSession(command, stream=False, warm=False)
    await session.begin(trace(), tmp_path)
    sights = await play(trace(), session, limit=9)
    work = await session.end()
    assert len(sights) == 9
    assert sights[-1].views[-1].ghost is not None
    assert work.requests == 9
    assert work.generated_tokens is not None
    assert sights[-1].ledger["ledger"]["decode_tokens"] == 5


async def test_a_right_suggestion_is_accepted_once_and_its_keys_are_not_typed(
    command: list[str], tmp_path: Path
) -> None:
    session = ForetypeSession(command, warm=False)
    accepting = trace(accepts=(8,))
    await session.begin(accepting, tmp_path)
    sights = await play(accepting, session)
    text = session.buffers[0].text
    await session.end()
    assert text == TEXT
    assert [sight.key.kind for sight in sights].count(Kind.ACCEPT) == 1
    accepted = next(sight.key for sight in sights if sight.key.kind is Kind.ACCEPT)
    assert accepted.inserted == TYPED[len(sights) - 1 :]
    assert len(sights) >= 9


class FakeLlamaServer:
    """Answers /infill over HTTP with what a function says, and remembers what it was asked."""

    def __init__(self, answer: Callable[[dict[str, Any]], str], seconds: float = 0.0) -> None:
        self._answer, self._seconds = answer, seconds
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
            )
            body = json.loads(await reader.readexactly(length)) if length else {}
            if head.startswith(b"GET"):
                told: dict[str, Any] = {"build_info": "b1", "model_path": "/none.gguf"}
            else:
                self.asked.append(body)
                await asyncio.sleep(self._seconds)
                told = {"content": self._answer(body), "timings/prompt_n": 3, "timings/predicted_n": 7}
            payload = json.dumps(told).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(payload)
            )
            writer.write(payload)
            await writer.drain()


@pytest.fixture
async def fake() -> AsyncIterator[FakeLlamaServer]:
    def answer(body: dict[str, Any]) -> str:
        written = body["prompt"]
        return TYPED[len(written) :] if written and TYPED.startswith(written) else ""

    server = FakeLlamaServer(answer)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await server.serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield server
    listening.close()


async def test_typing_with_the_peer_follows_its_policy(fake: FakeLlamaServer, tmp_path: Path) -> None:
    server = LlamaServer(fake.url)
    assert (await server.props())["build_info"] == "b1"
    assert server.pid() is not None
    session = LlamaVimSession(server, seed=1, warm=False)
    await session.begin(trace(), tmp_path)
    sights = await play(trace(), session)
    work = await session.end()
    await server.aclose()
    assert session.buffers[0].text == TEXT
    first, *_ = fake.asked
    assert first["id_slot"] == 0
    assert first["samplers"] == ["top_k", "top_p", "infill"]
    assert first["t_max_predict_ms"] == 250
    # What follows a shown hint is the request for the state after it was accepted, with more time.
    assert any(body["prompt"] == TYPED and body["t_max_predict_ms"] == 1000 for body in fake.asked)
    ghosts = [sight.views[-1].ghost for sight in sights]
    assert ghosts[-3] is not None
    assert ghosts[-3].text == "ht"
    assert work.generated_tokens == 7 * (len(fake.asked))
    assert sum(sight.flickers for sight in sights) == 0


async def test_a_warm_start_asks_once_before_the_first_key(fake: FakeLlamaServer, tmp_path: Path) -> None:
    server = LlamaServer(fake.url)
    session = LlamaVimSession(server, seed=1)
    await session.begin(trace(), tmp_path)
    asked = len(fake.asked)
    work = await session.end()
    await server.aclose()
    assert asked >= 2
    assert fake.asked[0]["n_predict"] == 0
    assert fake.asked[0]["input_extra"]
    assert work.requests == 0


async def test_a_peer_that_is_not_there_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    server = LlamaServer("http://127.0.0.1:9")
    with pytest.raises(PeerError, match=r"no llama-server at http://127\.0\.0\.1:9"):
        await server.props()
    session = LlamaVimSession(server, seed=1, warm=False)
    await session.begin(trace(), tmp_path)
    await play(trace(), session, limit=2)
    with pytest.raises(PeerError, match="doesn't answer"):
        await session.end()
    await server.aclose()


async def test_reports_of_all_sorts(command: list[str], tmp_path: Path) -> None:
    engines = {name: ForetypeSession(command, warm=False) for name in ("foretype", "other")}
    typed = await run([trace()], engines, tmp_path, 6, lambda *_: None)
    figures = results(typed)
    console = Console(record=True, width=100, file=(tmp_path / "log").open("w"))
    report.print_table(console, "title", list(figures), report.typing_rows(figures))
    report.print_conditions(console, {"seed": 1, "foretype": {"model": "[x]"}})
    text = console.export_text()
    assert "keys with a suggestion in time" in text
    assert "foretype, model: [x]" in text
    page = typing_page({"engines": figures, "keys": keys(typed), "conditions": {"a & b": 1}})
    assert page.count("<svg") == 4
    assert "a &amp; b" in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_regions_are_named_as_on_the_command_line(tmp_path: Path) -> None:
    region = parse_region(f"{tmp_path / 'a.py'}:3-14")
    assert (region.path, region.first, region.last) == (tmp_path / "a.py", 3, 14)
    for wrong in ("a.py", "a.py:3", "a.py:x-4", ":1-2"):
        with pytest.raises(RegionError, match="FILE:FIRST-LAST"):
            parse_region(wrong)
    with pytest.raises(RegionError, match="can't be read"):
        make_traces([region], 1)


def test_two_files_are_visited_from_each_other(tmp_path: Path) -> None:
    body = "".join(f"def function_{i}(argument):\n    return argument + {i}\n\n\n" for i in range(12))
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(body)
    regions = [parse_region(f"{tmp_path / name}:9-30") for name in ("a.py", "b.py")]
    first, second = make_traces(regions, 4)
    assert [Path(file.name).name for file in first.files] == ["a.py", "b.py"]
    assert [Path(file.name).name for file in second.files] == ["b.py", "a.py"]
    texts = [file.text for file in first.files]
    for key in first.keys:
        texts[key.file] = apply(texts[key.file], key)
    assert texts == [body, body]


def test_the_edge_benchmark_tells_the_parse_apart() -> None:
    echo = Times([1.0, 1.0, 1.0], [0.0] * 3, [0.0] * 3)
    measured = edge_results({"echo": echo, "100 KB": Times([6.0, 5.0, 9.0], [2.0, 1.0, 3.0], [0.0, 0.0, 2.0], 3)})
    file = measured["files"]["100 KB"]
    assert (file["p50_ms"], file["ratio_p50"], file["with_syntax_ratio_p50"]) == (4.0, 4.0, 6.0)
    assert file["syntax_p50_ms"] == 2.0
    assert ("requests / with a suggestion", ["3 / 3"]) in edge_rows(measured)
    buffer = document("small", 20_000)
    assert abs(len(buffer.text) - 20_000) < 2_000
    assert buffer.line == "    amount = "


def test_a_meter_reads_what_a_process_used() -> None:
    spent = Meter(None).read()
    assert spent.cpu_seconds is None
    assert spent.wall_seconds >= 0
    own = Meter(os.getpid()).read()
    assert own.cpu_seconds is not None
    assert own.cpu_seconds >= 0
