"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

from foretype.models.registry import is_path


def model_name(value: str) -> str:
    """A model's name, or the path of a GGUF file, made absolute."""
    return str(Path(value).expanduser().absolute()) if is_path(value) else value


config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings from this TOML file in place of your own.",
)
model_option = click.option(
    "--model", type=model_name, metavar="NAME", help="A name from `foretype models list`, or a .gguf file."
)
