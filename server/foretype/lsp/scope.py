"""Where the editor works: its workspace folders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import unquote

from lsprotocol import types

from foretype.lsp.uris import from_path, to_path


@dataclass(frozen=True, slots=True)
class Folder:
    """A workspace folder; ``path`` is None when it doesn't lie in this machine's file system."""

    uri: str
    name: str
    path: PurePath | None


def folders_of(params: types.InitializeParams) -> tuple[Folder, ...]:
    """The folders that the client began with, also where it knows only LSP's older ways to say so."""
    if params.workspace_folders:
        return tuple(_folder(each) for each in params.workspace_folders)
    if params.root_uri:
        name = unquote(params.root_uri.rstrip("/").rpartition("/")[2])
        return (_folder(types.WorkspaceFolder(params.root_uri, name)),)
    if params.root_path and (path := Path(params.root_path)).is_absolute():
        return (_folder(types.WorkspaceFolder(from_path(path), path.name)),)
    return ()


def after(folders: Iterable[Folder], event: types.WorkspaceFoldersChangeEvent) -> tuple[Folder, ...]:
    """The folders after a change of them."""
    gone = {folder.uri for folder in (*event.removed, *event.added)}
    return (*(folder for folder in folders if folder.uri not in gone), *map(_folder, event.added))


def _folder(folder: types.WorkspaceFolder) -> Folder:
    return Folder(folder.uri, folder.name, to_path(folder.uri))
