"""The composition root: the one file that knows every class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.actions.run import Actions
    from foretype.complete.pipeline import Completer
    from foretype.config.load import Resolved
    from foretype.config.schema import Settings
    from foretype.engines.base import Engine, StatusListener
    from foretype.engines.remote.preview import Preview
    from foretype.trust.egress import Gate
    from foretype.workspace.client import Workspace

EngineMaker = Callable[["Settings", "StatusListener"], "Engine"]


def create_engine(settings: Settings, on_status: StatusListener) -> Engine:
    """The engine on this machine; it looks for its model when it is first used."""
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


def create_gate(settings: Settings) -> Gate:
    """What everything that leaves the machine passes; nothing is read yet."""
    from platformdirs import user_cache_path

    from foretype.lsp.uris import to_path
    from foretype.trust.egress import Gate
    from foretype.trust.egress_log import EgressLog, log_file
    from foretype.trust.paths import PathPolicy
    from foretype.trust.secrets import Redactor

    redactor = Redactor(user_cache_path("foretype", appauthor=False) / "secrets")
    gate = Gate(PathPolicy(to_path), redactor, EgressLog(log_file()))
    gate.apply(settings.privacy)
    return gate


def create_endpoint(name: str, settings: Settings, gate: Gate, on_status: StatusListener) -> Engine:
    """The engine of a configured endpoint; nothing is opened before it is used."""
    from platformdirs import user_state_path

    from foretype.engines.remote.day_file import DayFile
    from foretype.engines.remote.engine import RemoteEngine
    from foretype.engines.remote.keys import Key
    from foretype.engines.remote.limits import Meter

    endpoint = settings.endpoints[name]
    counts = DayFile(user_state_path("foretype", appauthor=False) / "endpoints", name)
    return RemoteEngine(name, endpoint, gate, Key(name, endpoint), on_status, Meter(name, endpoint, counts))


def create_preview(settings: Settings, name: str) -> tuple[Completer, Preview, Workspace]:
    """A pipeline whose one engine stands for an endpoint and asks nobody; that engine; and the workspace it sees."""
    from foretype.complete.pipeline import Completer
    from foretype.engines.remote.preview import Preview
    from foretype.engines.remote.protocols import Peer
    from foretype.lsp.uris import to_path
    from foretype.syntax.cursor import Syntax
    from foretype.workspace.client import Workspace

    gate, workspace = create_gate(settings), Workspace(to_path)
    preview = Preview(Peer(name, settings.endpoints[name]), gate)
    return Completer(lambda name, settings: preview, Syntax(), settings, workspace, gate), preview, workspace


def create_completer(
    settings: Settings,
    on_status: StatusListener,
    make_engine: EngineMaker = create_engine,
    with_workspace: bool = False,
    gate: Gate | None = None,
) -> Completer:
    """The pipeline with the engines of its route; nothing is loaded or connected yet.

    ``with_workspace`` if it is to be told of files. ``make_engine`` makes the engine on this machine. ``gate`` is
    what endpoints are reached through; one is made where it isn't given.
    """
    from foretype.complete.pipeline import Completer
    from foretype.config.endpoints import LOCAL
    from foretype.lsp.uris import to_path
    from foretype.syntax.cursor import Syntax
    from foretype.workspace.client import Workspace

    passed = gate or create_gate(settings)

    def make(name: str, settings: Settings) -> Engine:
        if name == LOCAL:
            return make_engine(settings, on_status)
        return create_endpoint(name, settings, passed, on_status)

    workspace = Workspace(to_path) if with_workspace else None
    return Completer(make, Syntax(), settings, workspace, passed)


def create_actions(completer: Completer) -> Actions:
    """Code actions with the engines and the workspace of a pipeline."""
    from foretype.actions.run import Actions

    return Actions(completer.engines_for, completer.workspace)


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
        make_actions=create_actions,
    )
    return serve(parts, tcp_port=tcp_port, log_file=log_file)
