"""Models from the Hugging Face hub: its metadata and its files, resumed where a pull was interrupted."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import foretype
from foretype.models.errors import PullError
from foretype.models.partial import Partial, Progress, ProgressListener
from foretype.models.registry import HubSource

_TRIES = 5
_WAIT_SECONDS = 1.0
_OTHER_WAYS = "set HF_ENDPOINT to a mirror, or name another source with `--source FILE`"


@dataclass(frozen=True, slots=True)
class Published:
    """What the hub says of a file: its SHA-256, and its size in bytes."""

    sha256: str
    size: int


def published(source: HubSource) -> Published:
    """The hub's metadata of a file. Raises `PullError`."""
    hub = _hub()
    try:
        found = hub.get_hf_file_metadata(_url(hub, source), headers=_headers(hub), endpoint=_endpoint(hub))
    except _errors(hub) as error:
        raise _explained(error, source, hub) from None
    # The entity tag of a large file is its SHA-256: https://huggingface.co/docs/hub/storage-backends
    if not (found.etag and re.fullmatch("[0-9a-f]{64}", found.etag) and found.size):
        raise PullError(f"The hub gives no SHA-256 for {source.file} in {source.repository}, so it can't be checked.")
    return Published(found.etag, found.size)


def fetch(source: HubSource, sink: Partial, size: int, progress: ProgressListener) -> None:
    """Write the file of ``size`` bytes to ``sink``, from where that ends.

    A broken connection is tried again while bytes keep arriving, and a few times when none do.
    Raises `PullError`; what arrived until then stays in ``sink``.
    """
    hub = _hub()
    failures = 0
    while sink.size < size:
        before = sink.size
        try:
            _stream(hub, source, sink, size, progress)
            if sink.size == before:
                raise ConnectionError("the connection was closed early")
        except _errors(hub) as error:
            failures = 1 if sink.size > before else failures + 1
            if failures >= _TRIES or not _passing(error):
                raise _explained(error, source, hub) from None
            time.sleep(_WAIT_SECONDS * 2 ** (failures - 1))


def _stream(hub: ModuleType, source: HubSource, sink: Partial, size: int, progress: ProgressListener) -> None:
    headers = _headers(hub) | {"Accept-Encoding": "identity", "Range": f"bytes={sink.size}-"}
    with hub.utils.get_session().stream(
        "GET", _url(hub, source), headers=headers, follow_redirects=True, timeout=30
    ) as response:
        if response.status_code >= 400:
            response.read()
        hub.utils.hf_raise_for_status(response)
        if not _continues(response, sink.size):
            sink.restart()
        for chunk in response.iter_bytes():
            sink.write(chunk)
            progress(Progress("downloading", sink.size, size))


def _continues(response: Any, size: int) -> bool:
    """Whether the answer begins where we asked; a server may ignore a range and send everything."""
    begin = f"bytes {size}-"
    return bool(response.status_code == 206 and response.headers.get("Content-Range", "").startswith(begin))


def _hub() -> ModuleType:
    # Takes effect when huggingface_hub is imported.
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import huggingface_hub.utils

    return huggingface_hub


def _url(hub: ModuleType, source: HubSource) -> str:
    url: str = hub.hf_hub_url(source.repository, source.file, revision=source.revision, endpoint=_endpoint(hub))
    return url


def _endpoint(hub: ModuleType) -> str:
    # Read now; huggingface_hub reads it when it is imported.
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or str(hub.constants.ENDPOINT)


def _headers(hub: ModuleType) -> dict[str, str]:
    headers: dict[str, str] = hub.utils.build_hf_headers(library_name="foretype", library_version=foretype.__version__)
    return headers


def _errors(hub: ModuleType) -> tuple[type[Exception], ...]:
    """What the hub's client raises; its transport errors are the HTTP library's, which has changed between versions."""
    from huggingface_hub.errors import HfHubHTTPError

    transport = next(base for base in HfHubHTTPError.__mro__ if base.__name__ == "HTTPError")
    return (transport, OSError, ValueError)


def _passing(error: Exception) -> bool:
    """Whether trying again may help."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    status = _status(error)
    return not isinstance(error, (OfflineModeIsEnabled, ValueError)) and (
        status is None or status in (408, 429) or status >= 500
    )


def _status(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    return None if response is None else int(response.status_code)


def _explained(error: Exception, source: HubSource, hub: ModuleType) -> PullError:
    from huggingface_hub.errors import OfflineModeIsEnabled

    where, status = _endpoint(hub), _status(error)
    if isinstance(error, OfflineModeIsEnabled):
        return PullError(
            "HF_HUB_OFFLINE is set, so the hub is not asked: unset it, or name a source with `--source FILE`."
        )
    if status in (401, 403):
        return PullError(
            f"{where} refuses {source.repository}: it is private, or its terms have to be accepted there first; "
            "then log in with `hf auth login`."
        )
    if status == 404:
        return PullError(f"{where} has no file {source.file} in {source.repository}; {_OTHER_WAYS}.")
    if status is not None:
        return PullError(f"{where} answered with status {status}; try again later, {_OTHER_WAYS}.")
    reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return PullError(f"{where} can't be reached ({reason}): check the network and HTTPS_PROXY, {_OTHER_WAYS}.")
