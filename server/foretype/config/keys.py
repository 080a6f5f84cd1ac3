"""The schema's settings as a flat list of dotted keys, and the check of one value with a sentence for the user."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, cast, get_args, get_origin

import msgspec

from foretype.config.mistakes import sentence, shown
from foretype.config.schema import Settings, Workspace
from foretype.errors import ForetypeError


class SettingsError(ForetypeError):
    """A setting that can't be: the sentence names the key, where it stands, what is wrong and what is allowed."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: its dotted name, annotated type, default, description, and what a workspace may do with it."""

    name: str
    type: Any
    default: object
    description: str
    workspace: Workspace
    relative_to_file: bool = False


@cache
def keys() -> Mapping[str, Key]:
    """All settings by dotted name, in the schema's order."""
    return {key.name: key for key in _keys(Settings(), "", Workspace.NOTHING)}


@cache
def tables() -> Mapping[str, tuple[str, ...]]:
    """The tables that hold settings, by dotted name, each with the names in it; the root is the empty name."""
    found: dict[str, tuple[str, ...]] = {}
    for name in keys():
        parts = name.split(".")
        for depth in range(len(parts)):
            table = ".".join(parts[:depth])
            if parts[depth] not in found.get(table, ()):
                found[table] = (*found.get(table, ()), parts[depth])
    return found


def check(key: Key, value: object, where: str) -> object:
    """``value`` as the schema's type; raises `SettingsError`. ``where`` says where it stands, for the sentence."""
    try:
        return msgspec.convert(value, key.type)
    except msgspec.ValidationError:
        raise SettingsError(sentence(key.name, key.type, value, where)) from None


def flatten(values: Mapping[str, object], where: str) -> dict[str, object]:
    """The checked settings of a nested table, by dotted name; ``None`` means not set. Raises `SettingsError`."""
    return dict(_flatten(values, "", where))


def build(values: Mapping[str, object]) -> Settings:
    """Settings from a checked value for every dotted name."""
    return cast(Settings, _build(Settings(), "", values))


def _keys(struct: msgspec.Struct, prefix: str, inherited: Workspace) -> list[Key]:
    found: list[Key] = []
    for field in msgspec.structs.fields(type(struct)):
        meta = _meta(field.type)
        extra = (meta.extra if meta else None) or {}
        workspace = extra.get("workspace", inherited)
        name, value = prefix + field.name, getattr(struct, field.name)
        if isinstance(value, msgspec.Struct):
            found += _keys(value, f"{name}.", workspace)
            continue
        description = (meta.description if meta else None) or ""
        found.append(Key(name, field.type, value, description, workspace, extra.get("relative_to_file", False)))
    return found


def _meta(type_: Any) -> msgspec.Meta | None:
    if get_origin(type_) is not Annotated:
        return None
    return next((part for part in get_args(type_)[1:] if isinstance(part, msgspec.Meta)), None)


def _flatten(values: Mapping[str, object], prefix: str, where: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in values.items():
        path = f"{prefix}{name}"
        if value is None:
            continue
        if path in keys():
            found.append((path, check(keys()[path], value, where)))
        elif path not in tables() or not path:
            raise SettingsError(f"{path or shown(path)} in {where} is not a setting{_hint(path)}")
        elif not isinstance(value, Mapping):
            names = ", ".join(tables()[path])
            raise SettingsError(f"{path} is {shown(value)} in {where}, but has to be a table with any of {names}.")
        else:
            found += _flatten(value, f"{path}.", where)
    return found


def _hint(path: str) -> str:
    close = difflib.get_close_matches(path, keys(), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else "; `foretype config` lists them all."


def _build(struct: msgspec.Struct, prefix: str, values: Mapping[str, object]) -> msgspec.Struct:
    fields: dict[str, object] = {}
    for name in struct.__struct_fields__:
        default = getattr(struct, name)
        is_table = isinstance(default, msgspec.Struct)
        fields[name] = _build(default, f"{prefix}{name}.", values) if is_table else values[prefix + name]
    return type(struct)(**fields)
