"""``foretype models``: list, pull, path, verify, remove."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from foretype.cli.options import config_option, model_name
from foretype.config.load import load
from foretype.errors import ForetypeError
from foretype.models.errors import ModelError
from foretype.models.partial import Progress, ProgressListener
from foretype.models.registry import Model, find, is_path, registry, source_from
from foretype.models.store import Store


class LicenceRefused(ForetypeError):
    """The user didn't accept a model's licence."""


_name_argument = click.argument("name", required=False, type=model_name)


@click.group()
def models() -> None:
    """List, pull, verify and remove models.

    Without a NAME, pull, path and verify take the model of your settings.
    """


@models.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_models(config_file: Path | None, as_json: bool) -> None:
    """List the models that have a name.

    Sizes and memory are in megabytes. Any other model in llama.cpp's format works by the path of its .gguf file.
    """
    chosen, store = load(config_file).settings.model, Store()
    if as_json:
        click.echo(json.dumps([_described(model, store, chosen) for model in registry().values()], indent=2))
        return
    _print_table(store, chosen)


@models.command()
@_name_argument
@config_option
@click.option("--source", metavar="FILE", help="Take it from where FILE says; `hub` for the publisher's repository.")
@click.option("--yes", is_flag=True, help="Accept the licence without being asked.")
def pull(name: str | None, config_file: Path | None, source: str | None, yes: bool) -> None:
    """Fetch a model and check it against its publisher's SHA-256."""
    from foretype.models.pull import pull as pull_model

    name = name or load(config_file).settings.model
    if is_path(name):
        raise ModelError(f"{name} is a file of your own; pull takes a name from `foretype models list`.")
    model, store = find(name), Store()
    chosen = None if source is None else model.hub if source == "hub" else source_from(Path(source), name)
    if not store.here(model):
        click.echo(f"{model.title}: {model.size_mb:,} MB, licence {model.licence}.")
        _ask(model, yes)
    with _progress() as progress:
        path = pull_model(model, store, chosen, progress)
    click.echo(f"{name} is in {path}")


@models.command()
@_name_argument
@config_option
def path(name: str | None, config_file: Path | None) -> None:
    """Print where a model lies."""
    click.echo(Store().locate(name or load(config_file).settings.model).path)


@models.command()
@_name_argument
@config_option
def verify(name: str | None, config_file: Path | None) -> None:
    """Compare a model's SHA-256 with its publisher's."""
    name = name or load(config_file).settings.model
    with _progress() as progress:
        verified = Store().verify(name, progress)
    if verified.published:
        click.echo(f"{name} is whole: {verified.path} has the publisher's SHA-256 {verified.sha256}")
    else:
        click.echo(f"{verified.path} has SHA-256 {verified.sha256}; no published one is known to compare it with.")


@models.command()
@click.argument("name", type=model_name)
@config_option
def remove(name: str, config_file: Path | None) -> None:
    """Delete a pulled model from this machine."""
    load(config_file)
    click.echo(f"Removed {Store().remove(name)}")


def _described(model: Model, store: Store, chosen: str) -> dict[str, object]:
    return {
        "name": model.name,
        "title": model.title,
        "size_mb": model.size_mb,
        "memory_mb": model.memory_mb,
        "licence": model.licence,
        "permissive": model.permissive,
        "fim": bool(model.family),
        "note": model.note,
        "path": str(store.path(model)) if store.here(model) else None,
        "chosen": model.name == chosen,
    }


def _print_table(store: Store, chosen: str) -> None:
    row = "{:<22}{:>10}{:>11}  {:<15}{:<5}{}".format
    click.echo(click.style(row("name", "size", "memory", "licence", "FIM", "here"), bold=True))
    for model in registry().values():
        name = f"{model.name}{' *' if model.name == chosen else ''}"
        size, memory = f"{model.size_mb:,} MB", f"{model.memory_mb:,} MB"
        fim, here = "yes" if model.family else "no", "yes" if store.here(model) else "no"
        click.echo(row(name, size, memory, model.licence, fim, here))
        click.echo(click.style(f"  {model.title}: {model.note}", dim=True))
    click.echo()
    click.echo("* your settings' choice" if chosen in registry() else f"Your settings' choice is {chosen}")
    click.echo(f"Folder: {store.folder}")


def _ask(model: Model, yes: bool) -> None:
    if model.permissive or yes:
        return
    click.echo(f"This licence is not permissive; read it before you use the model: {model.licence_url}")
    if not sys.stdin.isatty():
        raise LicenceRefused(f"{model.name} was not pulled; `--yes` accepts its licence ({model.licence}).")
    if not click.confirm("Accept it?"):
        raise LicenceRefused(f"{model.name} was not pulled.")


@contextmanager
def _progress() -> Iterator[ProgressListener]:
    """A bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(progress: Progress) -> None:
            bar.update(task, description=progress.step, completed=progress.done, total=progress.total)

        yield show
