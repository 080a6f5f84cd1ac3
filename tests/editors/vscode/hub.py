"""A hub on loopback that has one file, and gives it slowly until it is told to hurry."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CHUNK = 1 << 20


class Hub(ThreadingHTTPServer):
    """``path`` is the file's address on the hub, ``begun`` the places from which it was asked for."""

    daemon_threads = True

    def __init__(self, path: str, file: Path, sha256: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.path, self.file, self.sha256 = path, file, sha256
        self.hurry = threading.Event()
        self.begun: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers as the Hugging Face hub does for a large file."""

    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._begin()

    def do_GET(self) -> None:
        start = self._begin()
        if start is None:
            return
        self.server.begun.append(start)
        with self.server.file.open("rb") as file, contextlib.suppress(ConnectionError):
            file.seek(start)
            while piece := file.read(CHUNK):
                self.wfile.write(piece)
                self.server.hurry.wait(0.25)

    def _begin(self) -> int | None:
        size = self.server.file.stat().st_size
        if self.path != self.server.path:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("ETag", f'"{self.server.sha256}"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("Content-Length", str(size - start))
        self.end_headers()
        return start

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def hub(path: str, file: Path, sha256: str) -> Iterator[Hub]:
    """Serves the file while it is entered."""
    with Hub(path, file, sha256) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.hurry.set()
        server.shutdown()
