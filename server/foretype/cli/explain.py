"""``foretype explain-request``: what an endpoint would be sent for a place in a file, and what it wouldn't."""

from __future__ import annotations

import asyncio
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
    from foretype.engines.remote.preview import Previewed

PREPARING_SECONDS = 10.0
"""For reading the workspace, and choosing what of it is shown."""


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
        previewed = asyncio.run(_previewed(settings, name, request_at(place), place.path))
    except Unsent as unsent:
        click.echo(json.dumps({"sent": False, "why": str(unsent)}) if as_json else f"Nothing would be sent: {unsent}")
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


async def _previewed(settings: Settings, name: str, request: CompletionRequest, path: Path) -> Previewed:
    from foretype.app import create_preview
    from foretype.workspace.client import Folder

    import msgspec

    alone = msgspec.structs.replace(settings, route=Route(engines=(name,)))
    completer, preview = create_preview(alone, name)
    try:
        folder = _folder(path.absolute())
        completer.workspace.set_folders([Folder(folder, folder.name)], watched=False)
        completer.opened(request.snapshot)
        try:
            await asyncio.wait_for(preview.warmed.wait(), PREPARING_SECONDS)
        except asyncio.TimeoutError:
            pass
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


def _folder(path: Path) -> Path:
    """What an editor would have opened: the file's repository, or its folder."""
    return next((folder for folder in path.parents if (folder / ".git").exists()), path.parent)


def _as_text(name: str, settings: Settings, previewed: Previewed, notes: list[str]) -> str:
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
    ]
    return "\n".join(lines)


def _as_json(name: str, previewed: Previewed, notes: list[str]) -> str:
    return json.dumps(
        {
            "sent": False,
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
