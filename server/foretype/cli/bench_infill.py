"""``foretype bench infill``: how often what is suggested is what was there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from foretype.cli.options import config_option, model_option
from foretype.cli.stopping import stoppable
from foretype.config.load import load, with_command_line
from foretype.config.schema import Settings
from foretype.errors import ForetypeError

if TYPE_CHECKING:
    from foretype.bench.infill import Hole
    from foretype.bench.infill_run import Filled
    from foretype.engines.base import EngineStatus

RAW = "plain layout up to the cursor with the suffix if the model knows FIM, no healing, no filters, greedy"
RAW_ENDPOINT = "text before the cursor and after it as the service takes them, no filters, temperature 0"

_path = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("holes_file", type=_path, metavar="HOLES.jsonl")
@config_option
@model_option
@click.option("--endpoint", metavar="NAME", help="A service of your settings in place of the model on this machine.")
@click.option("--json", "json_file", type=_path, metavar="OUT", help="Write all of it.")
@click.option("--html", "html_file", type=_path, metavar="OUT", help="Write a page with plots.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only so many holes, spread over the file.")
def infill(
    holes_file: Path,
    config_file: Path | None,
    model: str | None,
    endpoint: str | None,
    json_file: Path | None,
    html_file: Path | None,
    limit: int | None,
) -> None:
    """Ask where nothing is needed; then fill holes in code, and compare with what was there, and with the raw model.

    HOLES.jsonl has one JSON object a line: id, language, kind (line, tail or block), prefix, middle, suffix.
    Stop it with Ctrl-C, and what was done until then is reported.
    """
    from rich.console import Console

    from foretype.bench import report
    from foretype.bench.infill import load_holes, sample
    from foretype.bench.infill_report import rows

    settings = _routed(with_command_line(load(config_file), {"model": model}).settings, endpoint)
    every = load_holes(holes_file)
    holes = sample(every, limit)
    conditions = _conditions(settings, holes_file, f"{len(holes)} of {len(every)}")
    data = asyncio.run(_measure(settings, holes, conditions))
    console = Console(highlight=False)
    columns, figures = rows(data)
    report.print_table(console, "How often a suggestion is what was there", columns, figures)
    report.print_conditions(console, conditions)
    if json_file:
        _write(json_file, msgspec.json.format(msgspec.json.encode(data), indent=1))
    if html_file:
        from foretype.bench.infill_page import infill_page

        _write(html_file, infill_page(data).encode())


def _routed(settings: Settings, endpoint: str | None) -> Settings:
    """The settings with which an endpoint answers alone. Raises ForetypeError if there is none of that name."""
    from foretype.config.endpoints import Route

    if endpoint is None:
        return settings
    if endpoint not in settings.endpoints:
        known = ", ".join(f"`{name}`" for name in settings.endpoints) or "none"
        raise ForetypeError(f"The settings have no endpoint `{endpoint}`; those they have: {known}.")
    return msgspec.structs.replace(settings, route=Route((endpoint,)))


async def _measure(settings: Settings, holes: list[Hole], conditions: dict[str, object]) -> dict[str, Any]:
    from foretype.app import create_completer, create_endpoint, create_engine, create_gate
    from foretype.bench import quiet
    from foretype.bench.infill_run import fill
    from foretype.bench.infill_score import results
    from foretype.config.endpoints import LOCAL
    from foretype.engines.base import EngineState

    failures: list[str] = []

    def note(status: EngineStatus) -> None:
        if status.state is EngineState.ERROR:
            failures.append(status.message)

    (name,) = settings.route.engines[:1]
    local = name == LOCAL
    engine = create_engine(settings, note) if local else create_endpoint(name, settings, create_gate(settings), note)
    completer = create_completer(settings, note, lambda *_: engine)
    places = quiet.shipped_places()
    asked: list[quiet.Asked] = []
    filled: list[Filled] = []
    try:
        with _progress(len(holes) + len(places)) as tell, stoppable():
            async for silence in quiet.ask(places, completer):
                asked.append(silence)
                tell(silence.id)
            async for one in fill(holes, completer, engine, local):
                filled.append(one)
                tell(one.hole.id)
    except asyncio.CancelledError:
        if not filled:
            raise
        conditions["stopped"] = f"after {len(filled)} of these holes"
        failures.clear()
    finally:
        await completer.aclose()
        await engine.aclose()
    if failures:
        raise ForetypeError(failures[-1])
    return results(filled, asked, conditions)


def _conditions(settings: Settings, holes_file: Path, number: str) -> dict[str, object]:
    from foretype.bench import conditions
    from foretype.config.endpoints import LOCAL

    name = settings.route.engines[0]
    is_local = name == LOCAL
    return {
        **conditions.machine(),
        "foretype": conditions.local_model(settings.model) if is_local else conditions.endpoint(name, settings),
        "holes": f"{number} in {holes_file.name}",
        "pipeline": "explicit request in a document just opened, waited for to its end",
        "raw": RAW if is_local else RAW_ENDPOINT,
        "counted": "line, tail: the first line; block: all; blanks at the ends are ignored",
        "quiet": "automatic requests at the shipped places, where the file needs nothing",
        "intervals": "95 %, bootstrap over holes",
    }


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr where that is a terminal, else a line now and then."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, refresh_per_second=2, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        done = 0

        def tell(name: str) -> None:
            nonlocal done
            done += 1
            if not console.is_terminal and (done % 20 == 0 or done == total):
                click.echo(f"{done} of {total}", err=True)
            bar.update(task, description=name, advance=1)

        yield tell


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise ForetypeError(f"{file} can't be written: {error.strerror}.") from None
