"""``foretype bench load``: how many typists an endpoint serves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
import msgspec

from foretype.cli.options import config_option
from foretype.config.endpoints import Route
from foretype.config.load import load as load_settings
from foretype.errors import ForetypeError

if TYPE_CHECKING:
    from foretype.config.schema import Settings

_path = click.Path(path_type=Path, dir_okay=False)


class NoEndpoint(ForetypeError):
    """There is no endpoint of that name."""


@click.command()
@click.option("--endpoint", required=True, metavar="NAME", help="The endpoint, as your settings name it.")
@click.option("--typists", required=True, type=click.IntRange(1, 512), metavar="N", help="At most so many at once.")
@click.option("--seconds", default=20.0, show_default=True, type=click.FloatRange(min=1.0), help="For each number.")
@config_option
@click.option("--json", "json_file", type=_path, metavar="OUT", help="Write all of it.")
def load(endpoint: str, typists: int, seconds: float, config_file: Path | None, json_file: Path | None) -> None:
    """Let more and more typists (1, 2, 4, ...) type at a human pace with one endpoint, and say how many it serves.

    Each has a pipeline of their own, as in an editor. The text is Python's standard library. What this asks counts
    for the endpoint's limits, and costs what its owner charges.
    """
    from rich.console import Console

    from foretype.bench import load as load_bench
    from foretype.bench import report

    settings = load_settings(config_file).settings
    if endpoint not in settings.endpoints:
        known = ", ".join(settings.endpoints) or "none"
        raise NoEndpoint(f"There is no endpoint {endpoint!r} in your settings (there: {known}); add it, or name one.")
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise ForetypeError(f"{json_file} can't be written: there is no folder {json_file.absolute().parent}.")
    told = _conditions(settings, endpoint, seconds)
    console = Console(highlight=False)
    measured = asyncio.run(_measure(settings, endpoint, typists, seconds))
    columns = [str(each["typists"]) for each in measured]
    report.print_table(console, f"What typists got from {endpoint}", columns, load_bench.rows(measured))
    knee = load_bench.knee(measured)
    if measured[0]["served_share"] == 0.0:
        console.print("Nobody got anything: `foretype doctor` says what is wrong.")
    elif knee is None:
        console.print(f"No knee: {measured[-1]['typists']} typists get at least 90 % of what one gets.")
    else:
        console.print(f"The knee: {knee} typists get less than 90 % of what one gets.")
    if (measured[-1]["late_ms"]["p95"] or 0.0) > load_bench.LATE_MS:
        console.print("This machine could not type so fast: beyond that the figures are its own, not the endpoint's.")
    for reason, count in sorted(measured[-1]["errors"].items(), key=lambda pair: -pair[1])[:3]:
        console.print(f"{count} times: {reason}", markup=False)
    report.print_conditions(console, told)
    if json_file is not None:
        data = {"benchmark": "load", "conditions": told, "knee": knee, "measured": measured}
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(data), indent=1))


async def _measure(settings: Settings, endpoint: str, typists: int, seconds: float) -> list[dict[str, Any]]:
    from foretype.app import create_completer, create_gate
    from foretype.bench import load as load_bench

    alone = msgspec.structs.replace(settings, route=Route((endpoint,)))
    gate = create_gate(alone)
    await asyncio.to_thread(gate.redactor.wait)

    def tell(measured: Mapping[str, Any]) -> None:
        click.echo(f"{measured['typists']} typists: {measured['served_share']:.0%} of keys served", err=True)

    return await load_bench.run(lambda: create_completer(alone, lambda _: None, gate=gate), typists, seconds, tell)


def _conditions(settings: Settings, endpoint: str, seconds: float) -> dict[str, object]:
    from foretype.bench import cadence, conditions

    chosen = settings.endpoints[endpoint]
    host = urlsplit(chosen.url)
    return {
        **conditions.machine(),
        "endpoint": {"kind": chosen.kind, "model": chosen.model, "host": f"{host.scheme}://{host.hostname}"},
        "seconds": f"{seconds:g} for each number of typists",
        "cadence": cadence.DESCRIPTION,
        "text": "30 lines at a time of files of Python's standard library, other ones for each typist",
        "counted": "every key; served: 4 visible characters or the rest of the line before the next key",
        "first text": "from the key to the first text shown, of requests that were not answered from the cache",
    }
