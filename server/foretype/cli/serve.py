"""``foretype serve``: the language server."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from foretype.cli.options import config_option, model_option
from foretype.config.keys import SettingsError
from foretype.config.load import Resolved, defaults, load, with_command_line


@click.command()
@config_option
@model_option
@click.option("--stdio", is_flag=True, help="Speak over stdin and stdout; the default.")
@click.option("--tcp", type=click.IntRange(0, 65535), metavar="PORT", help="Listen on 127.0.0.1, for debugging.")
@click.option(
    "--log-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Log to FILE, not stderr."
)
def serve(config_file: Path | None, model: str | None, stdio: bool, tcp: int | None, log_file: Path | None) -> None:
    """Serve an editor over LSP; the editor starts this."""
    if stdio and tcp is not None:
        raise click.UsageError("--stdio and --tcp exclude each other.")
    from foretype.app import run_server

    resolved = with_command_line(_settings(config_file), {"model": model})
    sys.exit(run_server(resolved, tcp_port=tcp, log_file=log_file))


def _settings(config_file: Path | None) -> Resolved:
    """The user's settings; a mistake in them is told in the editor, where it is seen, and ends no session."""
    try:
        return load(config_file)
    except SettingsError as error:
        return defaults(config_file, warning=f"{error} Until then the defaults are in force.")
