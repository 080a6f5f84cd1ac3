"""The demo's scenes: a file with a gap in it, where the cursor goes, and what is typed there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct, toml

from foretype.errors import ForetypeError


class SceneError(ForetypeError):
    """A scene doesn't fit its file."""


class _Scene(Struct, frozen=True, forbid_unknown_fields=True):
    file: str
    after: str
    types: tuple[str, ...]


class _Scenes(Struct, frozen=True, forbid_unknown_fields=True):
    scene: tuple[_Scene, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """``pieces`` are typed at offset ``cursor`` of ``text``; the typist waits for what is suggested after each."""

    path: Path
    text: str
    cursor: int
    pieces: tuple[str, ...]


def demo_folder() -> Path:
    """Where the demo's files lie: in the installed package, or among the examples of a checkout."""
    package = Path(__file__).absolute().parent.parent
    installed = package / "demo_files"
    return installed if installed.is_dir() else package.parent.parent / "examples" / "demo"


def load_scenes(folder: Path) -> list[Scene]:
    """The scenes that ``scenes.toml`` lists, in its order. Raises `SceneError`."""
    listed = folder / "scenes.toml"
    try:
        return [_scene(folder, scene) for scene in toml.decode(listed.read_bytes(), type=_Scenes).scene]
    except OSError as error:
        raise SceneError(f"The demo's file {error.filename} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise SceneError(f"{listed} is not a list of scenes: {error}.") from None


def _scene(folder: Path, scene: _Scene) -> Scene:
    path = folder / scene.file
    # Without translation of line ends, on whatever system: offsets count what is there.
    text = path.read_bytes().decode("utf-8")
    begin = text.find(f"\n{scene.after}\n")
    if begin < 0:
        raise SceneError(f"{path} has no line {scene.after!r}.")
    return Scene(path, text, begin + 1 + len(scene.after), scene.types)
