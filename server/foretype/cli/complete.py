"""``foretype complete``: one suggestion at a place in a file."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foretype.cli.options import config_option, model_option
from foretype.config.load import load, with_command_line
from foretype.config.schema import Settings
from foretype.errors import ForetypeError

if TYPE_CHECKING:
    from foretype.complete.results import CompletionRequest, CompletionResult
    from foretype.engines.base import EngineStatus


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column are 1-based, columns count characters."""

    path: Path
    line: int
    column: int


def parse_place(value: str) -> Place:
    """``FILE:LINE:COLUMN``; the file's name may hold colons, as in ``C:\\x.py:3:4``. Raises `click.BadParameter`."""
    path, *numbers = value.rsplit(":", 2)
    if len(numbers) != 2 or not path or not all(number.isascii() and number.isdigit() for number in numbers):
        raise click.BadParameter(f"{value!r} is no FILE:LINE:COLUMN, such as src/main.py:12:5.")
    line, column = int(numbers[0]), int(numbers[1])
    if not line or not column:
        raise click.BadParameter(f"{value!r}: lines and columns are counted from 1.")
    return Place(Path(path), line, column)


class PlaceError(ForetypeError):
    """A place that is in no file, or past the end of one."""


@click.command()
@click.argument("place", type=parse_place, metavar="FILE:LINE:COLUMN")
@config_option
@model_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: text, rejected, engine, ledger.")
def complete(place: Place, config_file: Path | None, model: str | None, as_json: bool) -> None:
    """Complete FILE at LINE and COLUMN, both counted from 1, and print the suggestion."""
    settings = with_command_line(load(config_file), {"model": model}).settings
    result = asyncio.run(_completed(settings, request_at(place)))
    text = result.suggestions[0].text if result.suggestions else ""
    if as_json:
        ledger = {name: _rounded(value) for name, value in dataclasses.asdict(result.ledger).items()}
        click.echo(json.dumps({"text": text, "rejected": result.rejected, "engine": result.engine, "ledger": ledger}))
    elif text:
        click.echo(text)
    else:
        click.echo(f"No suggestion: {result.rejected}", err=True)


def request_at(place: Place) -> CompletionRequest:
    """The request of a user at that place; raises `PlaceError`."""
    from foretype.complete.results import CompletionRequest
    from foretype.syntax.languages import Languages
    from foretype.text.documents import Snapshot
    from foretype.text.edits import split_lines
    from foretype.text.positions import Point

    path = place.path.absolute()
    language = Languages().language_of_path(str(path)) or "plaintext"
    snapshot = Snapshot(path.as_uri(), 1, language, tuple(split_lines(_read(place.path))))
    if place.line > len(snapshot.lines):
        raise PlaceError(f"{place.path} has {len(snapshot.lines)} lines, so line {place.line} is past its end.")
    width = len(snapshot.body(place.line - 1))
    if place.column > width + 1:
        raise PlaceError(
            f"Line {place.line} of {place.path} has {width} characters, so column {place.column} is past its end "
            f"(its last column is {width + 1})."
        )
    return CompletionRequest(snapshot, Point(place.line - 1, place.column - 1), explicit=True)


async def _completed(settings: Settings, request: CompletionRequest) -> CompletionResult:
    from foretype.app import create_completer
    from foretype.engines.base import EngineState

    failures: list[str] = []

    def note(status: EngineStatus) -> None:
        if status.state is EngineState.ERROR:
            failures.append(status.message)

    completer = create_completer(settings, note)
    try:
        result = await completer.complete(request, on_update=lambda _: None)
    finally:
        await completer.aclose()
    if failures and not result.suggestions:
        raise ForetypeError(failures[-1])
    return result


def _rounded(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise PlaceError(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise PlaceError(f"{path} is not UTF-8 text.") from None
