"""``foretype explain-request``: what an endpoint would be sent for a place in a file, and what it wouldn't."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foretype.cli.complete import Place, parse_place, request_at
from foretype.cli.options import config_option
from foretype.config.endpoints import LOCAL, Route
from foretype.config.load import load
from foretype.config.schema import Settings
from foretype.errors import ForetypeError

if TYPE_CHECKING:
    from foretype.complete.results import CompletionRequest
    from foretype.engines.remote.preview import Preview, Previewed
    from foretype.workspace.client import Workspace

PREPARING_SECONDS, SETTLED_SECONDS = 15.0, 1.5
"""For reading the workspace and choosing what of it is shown; and how long nothing changes when that is done."""


class Unsent(ForetypeError):
    """Nothing would be sent; the text says why."""


@click.command("explain-request")
@click.argument("place", type=parse_place, metavar="FILE:LINE:COLUMN")
@config_option
@click.option("--endpoint", metavar="NAME", help="This endpoint in place of the first in the route.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_request(place: Place, config_file: Path | None, endpoint: str | None, as_json: bool) -> None:
    """Show what would be sent to an endpoint to complete FILE at LINE and COLUMN, and send nothing.

    That is the request of someone who types there: where it goes, what it says, what was redacted or left out. Keys
    are masked. The model on this machine is sent nothing over any network, so it isn't shown.
    """
    settings = load(config_file).settings
    try:
        name = _endpoint(settings, endpoint)
        previewed = asyncio.run(_previewed(settings, name, request_at(place), _folder(place.path)))
    except Unsent as unsent:
        click.echo(
            json.dumps({"would_be_sent": False, "why": str(unsent)}) if as_json else f"Nothing would be sent: {unsent}"
        )
        return
    notes = [] if name in settings.route.engines else [f"The route does not lead to {name} now (route.engines)."]
    click.echo(_as_json(name, previewed, notes) if as_json else _as_text(name, settings, previewed, notes))


def _endpoint(settings: Settings, wanted: str | None) -> str:
    """The endpoint to explain. Raises `Unsent` where there is none, ForetypeError for a name that no endpoint has."""
    if wanted is not None:
        if wanted not in settings.endpoints:
            names = ", ".join(settings.endpoints) or "none"
            raise ForetypeError(f"There is no endpoint {wanted}; configured are: {names}.")
        return wanted
    if not settings.endpoints:
        raise Unsent("no endpoint is configured.")
    name = next((name for name in settings.route.engines if name != LOCAL), None)
    if name is None:
        raise Unsent("the route leads to no endpoint (route.engines); --endpoint NAME shows what one would be sent.")
    return name


async def _previewed(settings: Settings, name: str, request: CompletionRequest, folder: Path) -> Previewed:
    import msgspec

    from foretype.app import create_preview
    from foretype.workspace.folders import Folder

    alone = msgspec.structs.replace(settings, route=Route(engines=(name,)))
    completer, preview, workspace = create_preview(alone, name)
    try:
        completer.workspace.set_folders([Folder(folder, folder.name)], watched=False)
        completer.prepare(request.snapshot, request.cursor)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_settled(workspace, preview), PREPARING_SECONDS)
        result = await completer.complete(replace(request, explicit=False))
        previewed = await asyncio.to_thread(preview.request)
    except ForetypeError as error:
        raise Unsent(str(error)) from None
    finally:
        await completer.aclose()
    if previewed is None:
        skipped = dict(result.ledger.skipped).get(name, "")
        raise Unsent(f"{skipped or result.rejected}.")
    return previewed


async def _settled(workspace: Workspace, preview: Preview) -> None:
    """Waits until the workspace has been read and idle time has nothing more to prepare."""
    indexed = asyncio.Event()
    first = workspace.on_indexed

    def tell() -> None:
        first()
        indexed.set()

    workspace.on_indexed = tell
    await indexed.wait()
    while True:
        preview.warmed.clear()
        try:
            await asyncio.wait_for(preview.warmed.wait(), SETTLED_SECONDS)
        except asyncio.TimeoutError:
            return


def _folder(file: Path) -> Path:
    """What an editor would have opened: the file's repository, or its folder."""
    path = file.absolute()
    return next((folder for folder in path.parents if (folder / ".git").exists()), path.parent)


def _as_text(name: str, settings: Settings, previewed: Previewed, notes: list[str]) -> str:
    from foretype.trust.egress_log import log_file

    endpoint, cleared = settings.endpoints[name], previewed.cleared
    headers = [f"{header}: {value}" for header, value in previewed.headers.items()]
    redacted = [
        f"{placeholder} is in the place of a secret ({kind})." for placeholder, kind in cleared.placeholders.items()
    ]
    lines = [
        f"# To {name}: {endpoint.kind}{f', {endpoint.model}' if endpoint.model else ''}. Nothing was sent.",
        f"{previewed.method} {previewed.url}",
        *headers,
        "",
        json.dumps(json.loads(previewed.content), indent=2, ensure_ascii=False),
        "",
        f"# {len(previewed.content):,} bytes. " + (" ".join(redacted) or "No secret was found in it."),
        *(f"# {sentence}" for sentence in (*cleared.left_out, *notes)),
        f"# What is sent while you type is noted in {log_file()}.",
    ]
    return "\n".join(lines)


def _as_json(name: str, previewed: Previewed, notes: list[str]) -> str:
    return json.dumps(
        {
            "would_be_sent": True,
            "endpoint": name,
            "method": previewed.method,
            "url": previewed.url,
            "headers": dict(previewed.headers),
            "body": previewed.content.decode(),
            "bytes": len(previewed.content),
            "redacted": dict(previewed.cleared.placeholders),
            "left_out": list(previewed.cleared.left_out),
            "notes": notes,
        },
        ensure_ascii=False,
    )
