"""Settings from their layers: defaults, the user's file, initializationOptions, the command line, the editor's answers.

Each layer goes over those before it. The last, what ``workspace/configuration`` and ``didChangeConfiguration`` bring,
may hold what a workspace's files say: it changes only what the schema lets a workspace change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from types import MappingProxyType

import msgspec

from foretype.config.endpoints import Endpoint
from foretype.config.keys import Key, SettingsError, build, flatten, keys
from foretype.config.mistakes import shown
from foretype.config.references import broken_reference
from foretype.config.schema import Settings, Workspace

_EDITOR = "the editor's settings"


class Layer(Enum):
    """Where a value can come from, the weakest first."""

    DEFAULT = "default"
    FILE = "file"
    INITIALIZATION = "initializationOptions"
    COMMAND_LINE = "command line"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings in force, and where each comes from.

    ``origins`` has every setting's dotted name. ``file`` is the user's file, whether or not it exists. ``trusted`` is
    what the editor said of the workspace; it is no setting. ``ignored`` names what the workspace asked for and may
    not have. ``warning`` is one sentence for the user, of that or of a file that can't be used; empty when there is
    nothing new to say. ``layers`` hold what each layer says, checked, by dotted name.
    """

    settings: Settings
    origins: Mapping[str, Layer]
    file: Path
    trusted: bool = False
    ignored: tuple[str, ...] = ()
    warning: str = ""
    layers: Mapping[Layer, Mapping[str, object]] = field(default_factory=dict)

    @property
    def refusal(self) -> str:
        """One sentence on what the workspace asked for and may not have; empty if there is nothing of that."""
        return _warning(self.ignored) if self.ignored else ""


def user_file() -> Path:
    """Where the user's own file lies: ``foretype.toml`` in the platform's configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("foretype", appauthor=False) / "foretype.toml"


def load(file: Path | None = None) -> Resolved:
    """Defaults under the user's file, or under ``file`` in place of it. Raises `SettingsError`.

    The user's own file may be absent; ``file`` has to exist.
    """
    path = (file or user_file()).absolute()
    if file is None and not path.exists():
        return defaults(path)
    return _resolve(defaults(path), Layer.FILE, _values(path))


def reread(resolved: Resolved) -> Resolved:
    """The same layers over what the user's file says now; one that is gone says nothing. Raises `SettingsError`."""
    try:
        is_there = resolved.file.exists()
    except OSError as error:
        raise SettingsError(f"The settings file {resolved.file} can't be read: {error.strerror}.") from None
    values = _values(resolved.file) if is_there else {}
    return replace(_resolve(resolved, Layer.FILE, values), warning="")


def defaults(file: Path | None = None, warning: str = "") -> Resolved:
    """Nothing but the defaults: what is left in force when the user's file can't be used."""
    origins = MappingProxyType(dict.fromkeys(keys(), Layer.DEFAULT))
    return Resolved(Settings(), origins, file or user_file(), warning=warning)


def with_initialization_options(resolved: Resolved, options: object) -> Resolved:
    """Under what the editor was started with: settings, and ``trusted``. Raises `SettingsError`."""
    where = Layer.INITIALIZATION.value
    given = dict(_table({} if options == [] else options, where))  # Lua writes an empty table as []
    trusted = given.pop("trusted", None)
    if trusted is not None and not isinstance(trusted, bool):
        raise SettingsError(f"trusted is {shown(trusted)} in {where}, but has to be true or false.")
    return replace(_resolve(resolved, Layer.INITIALIZATION, flatten(given, where)), trusted=bool(trusted))


def with_command_line(resolved: Resolved, values: Mapping[str, object]) -> Resolved:
    """Under options of the command line, by dotted name; ``None`` means not given. Raises `SettingsError`."""
    return _resolve(resolved, Layer.COMMAND_LINE, flatten(values, "the command line"))


def with_workspace(resolved: Resolved, values: object) -> Resolved:
    """Under the editor's answer to ``workspace/configuration``, or ``didChangeConfiguration``'s settings.

    Replaces what the editor said before. A value that a workspace may not set is ignored, with a warning unless it
    was warned of before or only says what holds anyway. Raises `SettingsError`.
    """
    given = _table(values, _EDITOR)
    if set(given) == {"foretype"}:
        given = _table(given["foretype"], _EDITOR)
    return _resolve(resolved, Layer.WORKSPACE, flatten(given, _EDITOR))


def with_trust(resolved: Resolved, trusted: bool) -> Resolved:
    """The same settings after the user gave or took back trust in the workspace."""
    return replace(resolved, trusted=trusted)


def _resolve(resolved: Resolved, layer: Layer, values: Mapping[str, object]) -> Resolved:
    layers = {**resolved.layers, layer: MappingProxyType(dict(values))}
    merged = {name: key.default for name, key in keys().items()}
    origins = dict.fromkeys(keys(), Layer.DEFAULT)
    for each in (Layer.FILE, Layer.INITIALIZATION, Layer.COMMAND_LINE):
        merged.update(layers.get(each, {}))
        origins.update(dict.fromkeys(layers.get(each, {}), each))
    ignored = []
    for name, value in layers.get(Layer.WORKSPACE, {}).items():
        key = keys()[name]
        narrowed, refused = _narrow(key.workspace, merged[name], value)
        # Some editors return every setting, the unset ones with their defaults: those ask for nothing.
        if refused and value != key.default:
            ignored.append(name)
        if narrowed != merged[name]:
            merged[name], origins[name] = narrowed, Layer.WORKSPACE
    warning = resolved.warning
    if layer is Layer.WORKSPACE:
        warning = _warning(tuple(ignored)) if set(ignored) - set(resolved.ignored) else ""
    settings = build(merged)
    name, mistake = broken_reference(settings)
    if name:
        origin = next(layer for key, layer in origins.items() if name.startswith(key))
        where = str(resolved.file) if origin is Layer.FILE else origin.value
        raise SettingsError(f"{name} in {where} {mistake}")
    return replace(
        resolved,
        settings=settings,
        origins=MappingProxyType(origins),
        ignored=tuple(ignored),
        warning=warning,
        layers=MappingProxyType(layers),
    )


def _values(file: Path) -> dict[str, object]:
    """What a file of the user's says, by dotted name, with its paths made absolute."""
    values = flatten(_read(file), str(file))
    return {name: _anchored(keys()[name], value, file.parent) for name, value in values.items()}


def _narrow(workspace: Workspace, current: object, value: object) -> tuple[object, bool]:
    """What a workspace's value makes of the current one, and whether it asked for what it may not have."""
    if workspace is Workspace.SET:
        return value, False
    if workspace is Workspace.TURN_OFF:
        return current and value, bool(value and not current)
    if workspace is Workspace.TURN_ON:
        return current or value, bool(current and not value)
    if workspace is Workspace.ADD and isinstance(current, tuple) and isinstance(value, tuple):
        return tuple(dict.fromkeys(current + value)), False
    return current, value != current


def _warning(ignored: tuple[str, ...]) -> str:
    names = ", ".join(ignored)
    return (
        f"Ignored from {_EDITOR}, which a workspace can change: {names}. "
        "Set this in your own foretype.toml (`foretype config` says where it lies) or in initializationOptions."
    )


def _anchored(key: Key, value: object, folder: Path) -> object:
    """The value with paths relative to the file it is written in made absolute."""
    if isinstance(value, dict):
        return {
            name: _with_ca_file(each, folder) if isinstance(each, Endpoint) else each for name, each in value.items()
        }
    if not (key.relative_to_file and isinstance(value, str) and value.lower().endswith(".gguf")):
        return value
    return str(folder / Path(value).expanduser())


def _with_ca_file(endpoint: Endpoint, folder: Path) -> Endpoint:
    if not endpoint.ca_file:
        return endpoint
    return msgspec.structs.replace(endpoint, ca_file=str(folder / Path(endpoint.ca_file).expanduser()))


def _table(values: object, where: str) -> Mapping[str, object]:
    if values is None:
        return {}
    if isinstance(values, Mapping):
        return values
    raise SettingsError(f"{where} is {shown(values)}, but has to be a table of settings.")


def _read(path: Path) -> Mapping[str, object]:
    try:
        return _table(msgspec.toml.decode(path.read_text(encoding="utf-8-sig")), str(path))
    except FileNotFoundError:
        raise SettingsError(f"There is no settings file {path}; check the path given with --config.") from None
    except OSError as error:
        raise SettingsError(f"The settings file {path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"The settings file {path} is not UTF-8 text; save it as UTF-8.") from None
    except msgspec.DecodeError as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {str(error).rstrip('.')}.") from None
