"""The ``foretype`` command: its subcommands are imported when they are called."""

from __future__ import annotations

import importlib
import io
import sys

import click

from foretype import __version__
from foretype.errors import ForetypeError

# Name: where it is, and what it does in a line; so that listing them imports none of them.
COMMANDS = {
    "serve": ("foretype.cli.serve:serve", "Serve an editor over LSP."),
    "complete": ("foretype.cli.complete:complete", "Complete a file at a place and print the suggestion."),
    "explain-request": (
        "foretype.cli.explain:explain_request",
        "Show what an endpoint would be sent, and send nothing.",
    ),
    "models": ("foretype.cli.models:models", "List, pull, verify and remove models."),
    "config": ("foretype.cli.config:config", "Show the settings in force and where each comes from."),
    "demo": ("foretype.cli.demo:demo", "See real code completed as a person types it."),
    "bench": ("foretype.cli.bench:bench", "Measure what a typist gets to see."),
    "doctor": ("foretype.cli.doctor:doctor", "Check this machine: model, speeds, and what to change."),
}


class UserError(click.ClickException):
    """Something the user can put right: a sentence on stderr, no traceback."""

    exit_code = 2


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called, and turns errors meant for the user into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ForetypeError as error:
            raise UserError(str(error)) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="foretype")
def cli() -> None:
    """Foretype: inline suggestions from a local model or your own endpoints, before you have paused."""


def main() -> None:
    """Run the command line; ends the process."""
    for stream in (sys.stdout, sys.stderr):
        # Windows encodes redirected output in a code page that has no place for much of what code holds.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli(prog_name="foretype")
