"""``foretype bench``: what a typist gets to see, and what the server itself costs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from foretype.cli.bench_fix import fix
from foretype.cli.bench_infill import infill
from foretype.cli.bench_load import load as load_command
from foretype.cli.options import config_option, model_option
from foretype.config.load import load, with_command_line
from foretype.errors import ForetypeError

if TYPE_CHECKING:
    from foretype.bench.play import Sight
    from foretype.bench.trace import Trace
    from foretype.bench.typing_bench import Bench, Typed

_KEYS = 25
_path = click.Path(path_type=Path, dir_okay=False)
_json_option = click.option("--json", "json_file", type=_path, metavar="OUT", help="Write all of it.")


@dataclass(frozen=True, slots=True)
class How:
    """The typing benchmark's options that change what is measured."""

    seed: int
    standard: bool
    cold: bool
    limit: int | None


class Usage(ForetypeError):
    """Options that don't go together, or a peer that isn't known."""


@click.group()
def bench() -> None:
    """Measure, on this machine, under conditions that are reported with the figures."""


bench.add_command(fix)
bench.add_command(infill)
bench.add_command(load_command)


@bench.command()
@click.argument("regions", nargs=-1, required=True, metavar="FILE:FIRST-LAST ...")
@config_option
@model_option
@click.option("--peer", metavar="llama-server=URL", help="Type everything with this peer as well, in turn.")
@_json_option
@click.option("--html", "html_file", type=_path, metavar="OUT", help="Write a page with plots.")
@click.option("--seed", default=1, show_default=True, help="Another seed gives another typist.")
@click.option("--limit-keys", type=click.IntRange(min=1), metavar="N", help="At most so many keys of each trace.")
@click.option("--standard", is_flag=True, help="Ask with LSP's own request, whose answers don't grow.")
@click.option("--cold", is_flag=True, help="Begin to type at once, before anything of the file was read.")
def typing(
    regions: tuple[str, ...],
    config_file: Path | None,
    model: str | None,
    peer: str | None,
    json_file: Path | None,
    html_file: Path | None,
    seed: int,
    limit_keys: int | None,
    standard: bool,
    cold: bool,
) -> None:
    """Delete lines of a file, type them again at a human pace, and report what was on screen.

    The files themselves aren't touched. Leave the machine alone meanwhile: it is real time that is measured.
    """
    from rich.console import Console

    from foretype.bench import report, typing_bench

    chosen = with_command_line(load(config_file), {"model": model}).settings.model
    traces = typing_bench.make_traces([typing_bench.parse_region(region) for region in regions], seed)
    _check_folders(json_file, html_file)
    how = How(seed, standard, cold, limit_keys)
    conditions = _typing_conditions(how)
    config = ["--config", str(config_file.absolute())] if config_file else []
    typed = asyncio.run(_type(traces, [chosen, *config], peer, how, conditions))
    engines = typing_bench.results(typed)
    compared = typing_bench.compared(engines)
    data = {
        "benchmark": "typing",
        "conditions": conditions,
        "engines": engines,
        "compared": compared,
        "keys": typing_bench.keys(typed),
    }
    _write(json_file, data)
    console = Console(highlight=False)
    report.print_table(console, "What a typist got", list(engines), report.typing_rows(engines))
    for peer_name, ratios in compared.items():
        if ratios["share_of_keys"] is not None:
            console.print(f"Keys with a suggestion in time: {ratios['share_of_keys']:.1f} times those of {peer_name}.")
    report.print_conditions(console, conditions)
    if html_file:
        from foretype.bench.page import typing_page

        html_file.write_text(typing_page(data), encoding="utf-8")


@bench.command()
@_json_option
@click.option("--rounds", default=12, show_default=True, type=click.IntRange(min=1), help="Rounds of 25 keys each.")
def edge(json_file: Path | None, rounds: int) -> None:
    """Measure the server's own work for each key: everything but the model.

    A change and a request, answered by an engine that knows its text by heart, in a file of 100 KB and one of 2 MB,
    as a ratio to a JSON-RPC server that only echoes. The parse is told apart.
    """
    from rich.console import Console

    from foretype.bench import conditions, report
    from foretype.bench import edge as edge_bench

    _check_folders(json_file)
    told = {
        **conditions.machine(),
        "rounds": f"{rounds} of {_KEYS} keys for each subject, in turn, after one to warm up",
    }
    serve = [sys.executable, "-m", "foretype", "bench", "edge-server"]
    measured = asyncio.run(edge_bench.run(serve, rounds, _KEYS, lambda _: None))
    console = Console(highlight=False)
    report.print_table(console, "The server's own work for one key", list(measured["files"]), edge_bench.rows(measured))
    console.print(
        f"The echo takes {measured['echo']['p50_ms']:.2f} ms (p50), {measured['echo']['p95_ms']:.2f} ms (p95)."
    )
    report.print_conditions(console, told)
    _write(json_file, {"benchmark": "edge", "conditions": told, **measured})


@bench.command("edge-server", hidden=True)
def edge_server() -> None:
    """The server that `edge` measures: as `serve`, with a scripted engine and default settings."""
    from foretype.app import run_server
    from foretype.bench.scripted import ScriptedEngine
    from foretype.config.load import defaults

    sys.exit(run_server(defaults(), make_engine=lambda settings, on_status: ScriptedEngine(on_status)))


async def _type(
    traces: list[Trace], serve: list[str], peer: str | None, how: How, told: dict[str, object]
) -> list[Typed]:
    from foretype.bench import conditions, typing_bench
    from foretype.bench.editor import serve_command
    from foretype.bench.llama_server import LlamaServer
    from foretype.bench.ours import ForetypeSession
    from foretype.bench.peer import LlamaVimSession

    engines: dict[str, Bench] = {
        "foretype": ForetypeSession(serve_command(*serve), stream=not how.standard, warm=not how.cold)
    }
    told["foretype"] = conditions.local_model(serve[0])
    server = None
    if peer:
        kind, _, url = peer.partition("=")
        if kind != "llama-server" or not url:
            raise Usage(f"{peer!r} names no peer that is known; write --peer llama-server=http://127.0.0.1:8012.")
        server = LlamaServer(url)
        policy = {"policy": "llama.vim a1c8e6e (2026-01-31), its defaults"}
        told["llama-server"] = {**policy, **conditions.llama_server(await server.props(), url)}
        engines["llama-server"] = LlamaVimSession(server, how.seed, warm=not how.cold)
    with _progress(sum(len(trace.keys[: how.limit]) for trace in traces) * len(engines)) as tell:
        try:
            return await typing_bench.run(traces, engines, Path.cwd(), how.limit, tell)
        finally:
            if server:
                await server.aclose()


def _typing_conditions(how: How) -> dict[str, object]:
    from foretype.bench import cadence, conditions

    return {
        **conditions.machine(),
        "seed": how.seed,
        "cadence": cadence.DESCRIPTION,
        "start": "cold: model loaded, file not read" if how.cold else "warm: model loaded, file open for a few seconds",
        "request": "textDocument/inlineCompletion" if how.standard else "foretype/inlineCompletion, streamed",
        "keys": f"at most {how.limit} of each trace" if how.limit else "all",
        "counted": "keys in code; shown: 4 visible characters or the rest of the line; in time: before the next key",
    }


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str, Trace, Sight | None], None]]:
    """A bar on stderr where that is a terminal, else a line for each trace."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    # Seldom, so that drawing takes nothing from what is measured.
    with Progress(console=console, transient=True, refresh_per_second=1, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)

        def tell(engine: str, trace: Trace, sight: Sight | None) -> None:
            name = f"{engine}: {Path(trace.name).name}"
            if sight is None and not console.is_terminal:
                click.echo(f"{name}, {len(trace.keys)} keys", err=True)
            bar.update(task, description=name, advance=0 if sight is None else 1)

        yield tell


def _check_folders(*files: Path | None) -> None:
    """Better before a measurement than after it."""
    for file in files:
        if file is not None and not file.absolute().parent.is_dir():
            raise Usage(f"{file} can't be written: there is no folder {file.absolute().parent}.")


def _write(file: Path | None, data: object) -> None:
    if file is None:
        return
    try:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(data), indent=1))
    except OSError as error:
        raise Usage(f"{file} can't be written: {error.strerror}.") from None
