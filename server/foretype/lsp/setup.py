"""What a client needs to set Foretype up: the models there are, fetching one, and the doctor, as commands.

``foretype.models`` lists the models with what each needs and how fast it would be here. ``foretype.pullModel`` takes
``{"name", "acceptLicence", "progressToken"}``; progress comes as work-done progress under that token, and cancelling
the request ends the download. ``foretype.doctor`` measures this machine with the model in force.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from foretype.child.program import run_command
from foretype.config.endpoints import LOCAL
from foretype.config.schema import Settings
from foretype.errors import ForetypeError
from foretype.models.background import pull_in_background
from foretype.models.expect import copying_speed, expected_speed
from foretype.models.partial import Progress
from foretype.models.registry import Model, find, is_path, registry
from foretype.models.store import Store

if TYPE_CHECKING:
    from foretype.lsp.server import ForetypeServer

MODELS = "foretype.models"
PULL_MODEL = "foretype.pullModel"
DOCTOR = "foretype.doctor"
REQUEST_FAILED = -32803

logger = logging.getLogger(__name__)


def listed(settings: Settings, store: Store, copying: float) -> dict[str, object]:
    """The answer to ``foretype.models``; ``copying`` is this machine's speed in bytes a second."""
    chosen = settings.model
    return {
        "models": [_described(model, store, chosen, copying) for model in registry().values()],
        "chosen": chosen,
        "missing": LOCAL in settings.route.engines and not _here(chosen, store),
    }


def _described(model: Model, store: Store, chosen: str, copying: float) -> dict[str, object]:
    return {
        "name": model.name,
        "title": model.title,
        "sizeMb": model.size_mb,
        "memoryMb": model.memory_mb,
        "licence": model.licence,
        "licenceUrl": model.licence_url,
        "permissive": model.permissive,
        "note": model.note,
        "here": store.here(model),
        "chosen": model.name == chosen,
        "expectedSpeed": round(expected_speed(copying, model.size_mb), 1),
    }


def _here(name: str, store: Store) -> bool:
    try:
        store.locate(name)
    except ForetypeError:
        return False
    return True


class _Bar:
    """Work-done progress under a token that the client chose; silent without one."""

    def __init__(self, server: ForetypeServer, token: object, title: str) -> None:
        self._server = server
        self._token = token if isinstance(token, (int, str)) else None
        self._send(types.WorkDoneProgressBegin(title=title, percentage=0, cancellable=True))

    def report(self, progress: Progress) -> None:
        """Tell how far it is."""
        done, total = progress.done // 1_000_000, (progress.total or 0) // 1_000_000
        amount = f"{done:,} MB" + (f" of {total:,} MB" if total else "")
        # The title says already that it is a download.
        message = amount if progress.step == "downloading" else f"{progress.step}, {amount}"
        percentage = min(100, 100 * progress.done // progress.total) if progress.total else None
        self._send(types.WorkDoneProgressReport(message=message, percentage=percentage))

    def end(self) -> None:
        """Nothing more will be told."""
        self._send(types.WorkDoneProgressEnd())

    def _send(self, value: object) -> None:
        if self._token is not None:
            self._server.progress(self._token, value)


def register(server: ForetypeServer) -> None:
    """Offer the commands."""

    @server.command(MODELS)
    async def models(*arguments: object) -> dict[str, object]:
        copying = await asyncio.to_thread(copying_speed)
        return listed(server.configuration.resolved.settings, Store(), copying)

    @server.command(PULL_MODEL)
    async def pull_model(*arguments: object) -> dict[str, object]:
        given = arguments[0] if arguments else None
        if isinstance(given, Mapping) and isinstance(name := given.get("name"), str):
            return await _pull(server, name, given)
        raise JsonRpcInvalidParams(f"{PULL_MODEL} takes one object with a name.")

    @server.command(DOCTOR)
    async def doctor(*arguments: object) -> dict[str, object]:
        settings = server.configuration.resolved.settings
        file = server.configuration.resolved.file
        config = ["--config", str(file)] if file.exists() else []
        printed = await run_command("doctor", "--json", "--model", settings.model, *config)
        try:
            found: dict[str, object] = json.loads(printed.output)
        except ValueError:
            told = printed.errors.strip().splitlines()
            message = told[-1] if told else f"The doctor ended with exit code {printed.code}."
            raise JsonRpcException(message=message, code=REQUEST_FAILED) from None
        return found


async def _pull(server: ForetypeServer, name: str, given: Mapping[str, Any]) -> dict[str, object]:
    try:
        if is_path(name):
            raise JsonRpcInvalidParams(f"{name} is a file of your own; only models that have a name are pulled.")
        model = find(name)
        if not model.permissive and given.get("acceptLicence") is not True:
            raise JsonRpcInvalidParams(f"{name} has a licence to accept first: {model.licence_url}")
        bar = _Bar(server, given.get("progressToken"), f"Downloading {name}")
        try:
            return {"path": str(await pull_in_background(name, bar.report))}
        finally:
            bar.end()
    except ForetypeError as error:
        logger.warning("%s", error)
        raise JsonRpcException(message=str(error), code=REQUEST_FAILED) from error
