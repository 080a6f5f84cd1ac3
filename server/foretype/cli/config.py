"""``foretype config``: the settings in force, as TOML, each with where it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from foretype.cli.options import config_option
from foretype.config.keys import keys
from foretype.config.load import Resolved, load


@click.command()
@config_option
@click.option("--describe", is_flag=True, help="Say what each setting does.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def config(config_file: Path | None, describe: bool, as_json: bool) -> None:
    """Show the settings in force and where each comes from.

    The output is TOML: a file to begin with. In an editor, its initializationOptions go over your file, and what the
    workspace says may narrow both.
    """
    resolved = load(config_file)
    click.echo(_as_json(resolved) if as_json else _as_toml(resolved, describe))


def values(resolved: Resolved) -> dict[str, object]:
    """Every setting's value by its dotted name."""
    found: dict[str, object] = {}
    for name in keys():
        value: object = resolved.settings
        for part in name.split("."):
            value = getattr(value, part)
        found[name] = value
    return found


def _as_json(resolved: Resolved) -> str:
    settings = {
        name: {"value": value, "from": resolved.origins[name].value} for name, value in values(resolved).items()
    }
    return json.dumps(
        {"file": str(resolved.file), "file_exists": resolved.file.exists(), "settings": settings}, indent=2
    )


def _as_toml(resolved: Resolved, describe: bool) -> str:
    lines = [f"# {resolved.file}" + ("" if resolved.file.exists() else " (not there yet)")]
    table = ""
    # Settings without a table come first: in TOML they can't follow one.
    for name, value in sorted(values(resolved).items(), key=lambda item: "." in item[0]):
        parent, _, key = name.rpartition(".")
        if parent != table:
            table = parent
            lines += ["", f"[{table}]"]
        if describe:
            lines += ["", f"# {keys()[name].description}"]
        lines.append(f"{f'{key} = {json.dumps(value, ensure_ascii=False)}':<40} # {resolved.origins[name].value}")
    return "\n".join(lines)
