"""Pulling from a hub that misbehaves: a server on loopback that speaks the hub's protocol for one file."""

from __future__ import annotations

import hashlib
import random
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from foretype.models import hub
from foretype.models.errors import PullError
from foretype.models.partial import Progress
from foretype.models.pull import pull
from foretype.models.registry import HubSource, Model, WheelSource
from foretype.models.store import Store

CONTENT = b"GGUF" + random.Random(1).randbytes(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "/publisher/model-GGUF/resolve/main/model.gguf"


def model(sha256: str | None = SHA256, size_mb: int = 3) -> Model:
    return Model(
        "A model",
        "publisher/model-GGUF",
        "model.gguf",
        size_mb,
        "Apache-2.0",
        True,
        "qwen",
        10,
        "",
        sha256,
        name="tiny",
    )


class Hub(ThreadingHTTPServer):
    """``cuts`` are the sizes at which the next answers break off; ``asked`` are the ranges asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.etag, self.status, self.ranges = CONTENT, SHA256, 200, True
        self.cuts: list[int] = []
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.elsewhere = ""
        self.keys: list[str | None] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("Range", ""))
        self.server.keys.append(self.headers.get("Authorization"))
        if self.server.elsewhere:
            self.send_response(302)
            self.send_header("Location", self.server.elsewhere + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        self.server.agents.add(self.headers["User-Agent"])
        if self.path != FILE or self.server.status != 200:
            self.send_response(404 if self.path != FILE else self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content, total = self.server.content, len(self.server.content)
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if self.server.ranges else None
        start = int(asked[1]) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.send_header("ETag", f'"{self.server.etag}"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        if body:
            end = start + self.server.cuts.pop(0) if self.server.cuts else total
            self.wfile.write(content[start:end])
            self.close_connection = end < total

    def log_message(self, format: str, *args: object) -> None:
        pass


def running() -> Iterator[Hub]:
    with Hub() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


storage = pytest.fixture(running, name="storage")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    for server in running():
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(hub, "_WAIT_SECONDS", 0.0)
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def partial(store: Store) -> Path:
    return store.work / "tiny.partial"


def nothing_left(store: Store) -> bool:
    return {path.name for path in store.folder.rglob("*") if path.is_file()} == {"tiny.lock"}


def test_a_whole_file_with_progress(server: Hub, store: Store) -> None:
    seen: list[Progress] = []
    path = pull(model(), store, progress=seen.append)
    assert path.read_bytes() == CONTENT
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1] == Progress("downloading", len(CONTENT), len(CONTENT))
    assert not partial(store).exists()


def test_what_is_here_and_whole_is_not_fetched_again(server: Hub, store: Store) -> None:
    pull(model(), store)
    server.status = 500
    assert pull(model(), store).read_bytes() == CONTENT
    assert len(server.asked) == 1


def test_what_is_here_and_damaged_is_fetched_again(server: Hub, store: Store) -> None:
    path = pull(model(), store)
    path.write_bytes(CONTENT[:-1] + b"x")
    assert pull(model(), store).read_bytes() == CONTENT


def test_an_unknown_sha256_comes_from_the_hubs_metadata(server: Hub, store: Store) -> None:
    unknown = model(sha256=None)
    pull(unknown, store)
    assert store.published(unknown) == SHA256
    server.status = 500
    pull(unknown, store)


def test_a_cut_connection_is_resumed_where_it_broke(server: Hub, store: Store) -> None:
    server.cuts = [1_000_000, 0, 0, 500_000]
    assert pull(model(), store).read_bytes() == CONTENT
    assert server.asked == [f"bytes={start}-" for start in (0, 1_000_000, 1_000_000, 1_000_000, 1_500_000)]


def test_a_server_that_ignores_ranges_starts_from_the_beginning(server: Hub, store: Store) -> None:
    server.ranges, server.cuts = False, [1_000_000]
    assert pull(model(), store).read_bytes() == CONTENT


def test_a_pull_that_died_is_resumed_by_the_next(server: Hub, store: Store) -> None:
    server.cuts = [1_000_000, *[0] * 10]
    with pytest.raises(PullError, match="can't be reached"):
        pull(model(), store)
    assert partial(store).stat().st_size == 1_000_000
    assert not store.here(model())
    server.cuts, server.asked = [], []
    assert pull(model(), store).read_bytes() == CONTENT
    assert server.asked == ["bytes=1000000-"]


@pytest.mark.parametrize("left", [b"of another file", b"longer" * 1_000_000, CONTENT])
def test_whatever_an_earlier_pull_left_the_result_is_whole(server: Hub, store: Store, left: bytes) -> None:
    store.work.mkdir(parents=True)
    partial(store).write_bytes(left)
    assert pull(model(), store).read_bytes() == CONTENT


def test_wrong_bytes_are_not_kept(server: Hub, store: Store) -> None:
    server.content = CONTENT[:-1] + b"x"
    with pytest.raises(PullError, match="nothing was kept"):
        pull(model(), store)
    assert nothing_left(store)


def test_more_bytes_than_promised_are_not_kept(server: Hub, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "published", lambda source: hub.Published(SHA256, 1_000_000))
    with pytest.raises(PullError, match=r"More than 1 MB arrived|SHA-256"):
        pull(model(), store)
    assert nothing_left(store)


def test_another_file_on_the_hub_is_not_even_fetched(server: Hub, store: Store) -> None:
    server.etag = "0" * 64
    with pytest.raises(PullError, match="another file"):
        pull(model(), store)
    assert not server.asked


def test_a_mirror_in_another_repository_needs_the_publishers_sha256(server: Hub, store: Store) -> None:
    with pytest.raises(PullError, match="has no file other"):
        pull(model(), store, HubSource("publisher/model-GGUF", "other.gguf"))
    with pytest.raises(PullError, match="has no file model"):
        pull(model(None), store, HubSource("mirror/model-GGUF", "model.gguf"))


def test_an_entity_tag_that_is_no_sha256_is_refused(server: Hub, store: Store) -> None:
    server.etag = "abc"
    with pytest.raises(PullError, match="gives no SHA-256"):
        pull(model(sha256=None), store)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(404, "has no file"), (401, "refuses publisher/model-GGUF"), (403, "refuses"), (503, "answered with status 503")],
)
def test_refusals_are_one_sentence(server: Hub, store: Store, status: int, sentence: str) -> None:
    server.status = status
    with pytest.raises(PullError, match=sentence) as caught:
        pull(model(), store)
    assert "\n" not in str(caught.value)
    assert not store.here(model())


def test_no_hub_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(PullError, match=r"http://127\.0\.0\.1:9 can't be reached .*HF_ENDPOINT"):
        pull(model(), store)


def test_a_second_pull_at_the_same_time_says_so(server: Hub, store: Store) -> None:
    store.work.mkdir(parents=True)
    with FileLock(store.work / "tiny.lock"), pytest.raises(PullError, match="Another process is pulling tiny"):
        pull(model(), store)


def test_not_enough_disk_is_said_first(server: Hub, store: Store) -> None:
    wheels = WheelSource(("tiny==1",))
    with pytest.raises(PullError, match=r"tiny needs \d+ MB of disk in .* MB are free"):
        pull(model(size_mb=10**12), store, wheels)
    assert nothing_left(store)


def test_a_folder_that_cannot_be_made(server: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PullError, match="can't be written"):
        pull(model(), Store(tmp_path / "file" / "models"))


def test_the_client_names_itself_and_nothing_else(server: Hub, store: Store) -> None:
    pull(model(), store)
    for agent in server.agents:
        assert re.fullmatch(r"foretype/[\d.]+; hf_hub/[\d.]+; python/[\d.]+", agent)


def test_a_key_stays_with_the_hub_when_the_file_lies_elsewhere(
    server: Hub, storage: Hub, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    server.elsewhere = f"http://127.0.0.1:{storage.server_port}"
    storage.cuts = [1_000_000]
    assert pull(model(), store).read_bytes() == CONTENT
    assert storage.asked == ["bytes=0-", "bytes=1000000-"]
    assert set(server.keys) == {"Bearer hf_secret"}
    assert set(storage.keys) == {None}
