"""The composition root: the one file that knows every class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.complete.pipeline import Completer
    from foretype.config.load import Resolved
    from foretype.config.schema import Settings
    from foretype.engines.base import Engine, StatusListener

EngineMaker = Callable[["Settings", "StatusListener"], "Engine"]


def create_engine(settings: Settings, on_status: StatusListener) -> Engine:
    """The engine that the settings name; it looks for its model when it is first used."""
    from foretype.engines.llama_cpp.client import LlamaCppEngine
    from foretype.engines.llama_cpp.local_model import LocalModel
    from foretype.models.store import Store

    local = settings.local
    model = LocalModel(
        name=settings.model,
        locate=lambda: Store().locate(settings.model).path,
        gpu_layers=-1 if local.gpu_layers == "auto" else local.gpu_layers,
        threads=0 if local.threads == "auto" else local.threads,
        kv_memory_mb=local.kv_memory_mb,
        drafts=local.drafts,
        unload_after=local.unload_after_minutes * 60,
    )
    return LlamaCppEngine(model, on_status)


def create_completer(
    settings: Settings,
    on_status: StatusListener,
    make_engine: EngineMaker = create_engine,
    with_workspace: bool = False,
) -> Completer:
    """The pipeline with its engine; nothing is loaded yet. ``with_workspace`` if it is to be told of files."""
    from foretype.complete.pipeline import Completer
    from foretype.lsp.uris import to_path
    from foretype.syntax.cursor import Syntax
    from foretype.workspace.client import Workspace

    workspace = Workspace(to_path) if with_workspace else None
    return Completer(lambda name, settings: make_engine(settings, on_status), Syntax(), settings, workspace)


def run_server(
    resolved: Resolved,
    tcp_port: int | None = None,
    log_file: Path | None = None,
    make_engine: EngineMaker = create_engine,
) -> int:
    """Serves one editor over stdio (or TCP on loopback) until it leaves; returns the exit code."""
    from foretype.config.load import with_initialization_options
    from foretype.lsp.parts import ServerParts
    from foretype.lsp.serve import serve

    parts = ServerParts(
        make_completer=lambda settings, on_status: create_completer(
            settings, on_status, make_engine, with_workspace=True
        ),
        resolve_settings=lambda options: with_initialization_options(resolved, options),
    )
    return serve(parts, tcp_port=tcp_port, log_file=log_file)
