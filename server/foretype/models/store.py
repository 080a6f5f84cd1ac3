"""Where models lie on this machine: locate, list, verify, remove."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from foretype.models.errors import DamagedModel, ModelError, ModelNotPulled, NotAModel
from foretype.models.partial import ProgressListener, ignore, sha256_of
from foretype.models.registry import Model, find, is_path, registry


@dataclass(frozen=True, slots=True)
class Located:
    """A model on this machine; ``model`` is what the registry knows of it, ``None`` for a file of the user's own."""

    name: str
    path: Path
    model: Model | None


@dataclass(frozen=True, slots=True)
class Verified:
    """A model's SHA-256, and the published one it was compared with; ``None`` when none is known."""

    path: Path
    sha256: str
    published: str | None


class Record(msgspec.Struct, frozen=True):
    """What is written beside a pulled model: its SHA-256 as published when it was pulled, and where it came from."""

    sha256: str
    source: str


def default_folder() -> Path:
    """``FORETYPE_MODELS``, or ``models`` in the platform's folder for a user's data."""
    if chosen := os.environ.get("FORETYPE_MODELS"):
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("foretype", appauthor=False) / "models"


class Store:
    """The folder of pulled models: ``NAME.gguf`` with ``NAME.json`` beside it, and work in progress in ``.pull``."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()
        self.work = self.folder / ".pull"

    def path(self, model: Model) -> Path:
        """Where a named model lies, or would lie."""
        return self.folder / f"{model.name}.gguf"

    def here(self, model: Model) -> bool:
        """Whether a named model is on this machine."""
        return self.path(model).is_file()

    def locate(self, name: str) -> Located:
        """The model of that name, or at that path. Raises `UnknownModel`, `ModelNotPulled` or `NotAModel`."""
        if is_path(name):
            path = Path(name).expanduser().absolute()
            if not path.exists():
                raise ModelNotPulled(f"There is no model file {path}; check the path.")
            return Located(name, _checked(path), None)
        model = find(name)
        if not self.here(model):
            raise ModelNotPulled(
                f"The model {name} is not on this machine; `foretype models pull {name}` fetches it "
                f"({model.size_mb} MB)."
            )
        return Located(name, _checked(self.path(model)), model)

    def published(self, model: Model) -> str | None:
        """The publisher's SHA-256: known, or noted when the model was pulled."""
        return model.sha256 or (record.sha256 if (record := self._record(model)) else None)

    def verify(self, name: str, progress: ProgressListener = ignore) -> Verified:
        """The model's SHA-256 against the publisher's; raises `DamagedModel`, or what `locate` raises.

        A file of the user's own is compared with every published one that is known.
        """
        located = self.locate(name)
        digest = sha256_of(located.path, progress)
        if located.model is None:
            return Verified(located.path, digest, digest if digest in _known() else None)
        published = self.published(located.model)
        if published not in (None, digest):
            raise DamagedModel(
                f"{located.path} has SHA-256 {digest}, the publisher's is {published}: the file is damaged; "
                f"`foretype models pull {name}` fetches it again."
            )
        return Verified(located.path, digest, published)

    def remove(self, name: str) -> Path:
        """Delete a pulled model and what belongs to it; raises `UnknownModel`, `ModelNotPulled` or `ModelError`."""
        if is_path(name):
            raise ModelError(f"{name} is a file of your own; Foretype removes only models that it pulled.")
        model = find(name)
        if not self.here(model):
            raise ModelNotPulled(f"The model {name} is not on this machine, so there is nothing to remove.")
        path = self.path(model)
        try:
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)
        except OSError as error:
            raise ModelError(f"{path} can't be removed: {error.strerror}; end what uses it and try again.") from None
        return path

    def note(self, model: Model, record: Record) -> None:
        """Write what is worth knowing of a model that was pulled."""
        self._note_path(model).write_bytes(msgspec.json.format(msgspec.json.encode(record)))

    def _record(self, model: Model) -> Record | None:
        try:
            return msgspec.json.decode(self._note_path(model).read_bytes(), type=Record)
        except (OSError, msgspec.MsgspecError):
            return None

    def _note_path(self, model: Model) -> Path:
        return self.path(model).with_suffix(".json")


def _known() -> set[str]:
    return {model.sha256 for model in registry().values() if model.sha256}


def _checked(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise NotAModel(f"The model file {path} can't be read: {error.strerror}.") from None
    if magic != b"GGUF":
        raise NotAModel(f"{path} is not a GGUF file; Foretype takes models in llama.cpp's GGUF format.")
    return path
