"""``foretype config``: the settings in force, as TOML, each with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
        name: {"value": _plain(value), "from": resolved.origins[name].value} for name, value in values(resolved).items()
    }
    return json.dumps(
        {"file": str(resolved.file), "file_exists": resolved.file.exists(), "settings": settings}, indent=2
    )


def _as_toml(resolved: Resolved, describe: bool) -> str:
    import tomli_w

    lines = [f"# {resolved.file}" + ("" if resolved.file.exists() else " (not there yet)")]
    shown = {name: _plain(value) for name, value in values(resolved).items()}
    table = ""
    # In TOML nothing of a table can follow the tables in it: settings without a table come first, tables in one last.
    for name in sorted(shown, key=lambda name: "." in name or _is_tables(shown[name])):
        value, origin = shown[name], f"# {resolved.origins[name].value}"
        parent, _, key = name.rpartition(".")
        described = ["", f"# {keys()[name].description}"] if describe else []
        if _is_tables(value):
            nested: dict[str, object] = {name.rpartition(".")[2]: value}
            lines += described or [""]
            lines += [origin, tomli_w.dumps({parent: nested} if parent else nested).strip()]
            continue
        if parent != table:
            table = parent
            lines += ["", f"[{table}]"]
        written = json.dumps(value, ensure_ascii=False)
        lines += [*described, f"{f'{key} = {written}':<40} {origin}"]
    return "\n".join(lines)


def _is_tables(value: object) -> bool:
    """Whether a value is a table that isn't empty, or a list of tables."""
    first = value[0] if isinstance(value, list) and value else value
    return bool(first) and isinstance(first, dict)


def _plain(value: object) -> object:
    """A value as JSON and TOML know it; of a structure only what isn't its default."""
    import msgspec

    if isinstance(value, msgspec.Struct):
        given = {field.name: (getattr(value, field.name), field.default) for field in msgspec.structs.fields(value)}
        return {name: _plain(each) for name, (each, default) in given.items() if each not in (default, {}, ())}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
