"""``foretype demo``: a person types in three languages, and ghost text appears."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foretype.cli.options import config_option, model_option
from foretype.config.schema import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from foretype.models.registry import Model
    from foretype.models.store import Store


@click.command()
@config_option
@model_option
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also draw it into FILE.")
def demo(config_file: Path | None, model: str | None, svg: Path | None) -> None:
    """See real code completed as a person types it.

    Plays typing in the Python, TypeScript and Go files of examples/demo against this installation's own server. The
    embedded model is fetched first if it isn't here.
    """
    from foretype.bench import stage
    from foretype.bench.demo import play
    from foretype.bench.editor import serve_command
    from foretype.bench.scenes import demo_folder, load_scenes

    console = stage.console_for()
    name = model or Settings().model
    title = _title(name, console)
    console.print(f"[b]{title}[/b], on this machine: nothing of your code leaves it.")
    if not console.is_terminal:
        console.print("What stands between « and » is ghost text: suggested, not typed.")
    folder = demo_folder()
    config = ("--config", str(config_file.absolute())) if config_file else ()
    outcomes = asyncio.run(play(serve_command(name, *config), folder, load_scenes(folder), console))
    _where_to_get_better(name, console)
    if svg is not None:
        record = stage.console_for(record=True)
        files = set()
        for outcome in outcomes:
            file = outcome.picture.title.split()[0]
            if outcome.suggested and file not in files:
                files.add(file)
                record.print(stage.draw(outcome.picture, marked=False))
        svg.write_text(stage.svg(record, f"foretype demo · {title}"), encoding="utf-8")
        console.print(f"The picture is in {svg}.")
    if not any(outcome.suggested for outcome in outcomes):
        console.print("Nothing was suggested; `foretype doctor` says what may be wrong.")
        sys.exit(1)


def _title(name: str, console: Console) -> str:
    """What the model is called; fetches it if it isn't here."""
    from foretype.models.registry import find, is_path
    from foretype.models.store import Store

    store = Store()
    if is_path(name):
        return store.locate(name).path.name
    model = find(name)
    if not store.here(model):
        _fetch(model, store, console)
    return model.title


def _fetch(model: Model, store: Store, console: Console) -> None:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from foretype.models import partial
    from foretype.models.errors import ModelError
    from foretype.models.pull import pull

    if not model.permissive:
        raise ModelError(f"{model.name} is not on this machine; `foretype models pull {model.name}` shows its licence.")
    console.print(f"Fetching {model.title}: {model.size_mb} MB, once; licence {model.licence}.")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(progress: partial.Progress) -> None:
            bar.update(task, description=progress.step, completed=progress.done, total=progress.total)

        pull(model, store, progress=show)


def _where_to_get_better(name: str, console: Console) -> None:
    from foretype.models.registry import registry

    names = [model.name for model in registry().values() if model.permissive]
    better = names[names.index(name) + 1 :] if name in names else []
    if better:
        model = registry()[better[0]]
        console.print(
            f"That was {name}. {model.title} ({model.size_mb:,} MB) completes better:\n"
            f"  [b]foretype models pull {model.name}[/b]\n  [b]foretype demo --model {model.name}[/b]",
            soft_wrap=True,
        )
    else:
        console.print(f"That was {name}. All models with a name: [b]foretype models list[/b]", soft_wrap=True)
