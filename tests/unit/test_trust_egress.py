"""The gate and its transport on a real server: what passes, what is refused before a byte is sent, and the log."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import h11
import httpx2
import pytest
import trustme

from foretype.errors import ForetypeError
from foretype.lsp.uris import from_path, to_path
from foretype.prompt.hole import Chat, Hole, Turn
from foretype.trust import egress_log
from foretype.trust.egress import CLEARANCE, Cleared, Gate, Recipient, Refused, without_query
from foretype.trust.egress_log import EgressLog
from foretype.trust.paths import PathPolicy
from foretype.trust.secrets import Redactor
from foretype.workspace.client import Folder

PASSWORD = 'password = "hunter2-horse"\n'


@dataclass
class Server:
    """A server that takes whatever comes; ``answer`` is its status and the headers that go with it."""

    url: str = ""
    connections: int = 0
    bodies: list[bytes] = field(default_factory=list)
    targets: list[bytes] = field(default_factory=list)
    answer: tuple[int, dict[str, str]] = (200, {})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        http, body = h11.Connection(h11.SERVER), b""
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Request):
                self.targets.append(event.target)
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                self.bodies.append(body)
                status, headers = self.answer
                answer = h11.Response(status_code=status, headers=[*headers.items(), ("content-length", "0")])
                writer.write((http.send(answer) or b"") + (http.send(h11.EndOfMessage()) or b""))
                http.start_next_cycle()
                body = b""
            else:
                break
        writer.close()


@asynccontextmanager
async def serving(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if context else 'http'}://{host}:{port}/v1"
    try:
        yield server
    finally:
        listening.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / ".git").mkdir()
    (root / ".gitignore").write_text("scratch.py\n")
    return root


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "egress.jsonl"


@pytest.fixture
def gate(root: Path, log_file: Path, redactor: Redactor) -> Gate:
    policy = PathPolicy(to_path, ["private/"])
    policy.set_folders([Folder(root, "shop")])
    return Gate(policy, redactor, EgressLog(log_file))


def hole(root: Path, name: str = "till.py", **parts: object) -> Hole:
    whole = Hole(PASSWORD, "\n", "total = ", uri=from_path(root / name), path=name, line=2, language="python")
    return replace(whole, **parts)  # type: ignore[arg-type]


def entries(log_file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log_file.read_text().splitlines()] if log_file.exists() else []


def assert_private(*files: Path) -> None:
    assert os.name == "nt" or {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_what_is_cleared_is_sent_redacted_and_logged(gate: Gate, root: Path, log_file: Path) -> None:
    async with serving() as server:
        recipient = Recipient("fast", server.url)
        cleared = gate.clear(hole(root), recipient)
        assert isinstance(cleared.given, Hole)
        url = f"{server.url}/completions?key=abc"
        async with gate.client(recipient) as client:
            sent = json.dumps({"prompt": cleared.given.prefix}).encode()
            headers = {"authorization": "Bearer the-key"}
            await client.post(url, content=sent, headers=headers, extensions={CLEARANCE: cleared})
        assert server.bodies == [sent]
        assert b"hunter2" not in sent and b"FORETYPE_REDACTED_" in sent
    asked, answered = entries(log_file)
    assert asked | {"time": "", "process": 0} == {
        "time": "",
        "process": 0,
        "number": 1,
        "recipient": "fast",
        "method": "POST",
        "url": url.split("?")[0],
        "bytes": len(sent),
        "sha256": hashlib.sha256(sent).hexdigest(),
        "purpose": "completion till.py:2",
        "redactions": 1,
    }
    assert (answered["number"], answered["status"]) == (1, 200)
    assert "the-key" not in repr((asked, answered)) and "abc" not in repr((asked, answered))
    assert_private(log_file)


async def test_nothing_is_sent_without_a_clearance_or_elsewhere(gate: Gate, root: Path, redactor: Redactor) -> None:
    async with serving() as server, serving() as other:
        recipient = Recipient("fast", server.url)
        cleared = gate.clear(hole(root), recipient)
        foreign = Gate(gate.policy, redactor, EgressLog(root / "other.jsonl")).clear(hole(root), recipient)
        forged = Cleared(None, recipient, "forged")
        elsewhere = gate.probe(Recipient("other", other.url))
        async with gate.client(recipient) as client:
            for clearance, url in (
                (None, server.url),
                ("yes", server.url),
                (forged, server.url),
                (foreign, server.url),
                (elsewhere, server.url),
                (cleared, other.url),
                (elsewhere, other.url),
                (cleared, server.url.replace("http:", "https:")),
                (cleared, server.url.replace("127.0.0.1", "localhost")),
            ):
                with pytest.raises(Refused, match="Nothing was sent"):
                    await client.post(url, content=b"x", extensions={CLEARANCE: clearance})
        assert server.connections == other.connections == 0


async def test_redirects_lead_nowhere_else(gate: Gate, root: Path) -> None:
    async with serving() as server, serving() as other:
        recipient = Recipient("fast", server.url)
        server.answer = (307, {"location": other.url})
        extensions = {CLEARANCE: gate.clear(hole(root), recipient)}
        async with gate.client(recipient) as client:
            answer = await client.post(server.url, content=b"x", extensions=extensions)
            assert answer.status_code == 307
            with pytest.raises(Refused, match="fast is at"):
                await client.post(server.url, content=b"x", extensions=extensions, follow_redirects=True)
        assert other.connections == 0


async def test_offline_refuses_all_also_what_was_cleared_before(gate: Gate, root: Path) -> None:
    async with serving() as server:
        recipient = Recipient("fast", server.url)
        cleared = gate.clear(hole(root), recipient)
        gate.offline = True
        with pytest.raises(Refused, match=r"privacy\.offline is set, so nothing is sent to fast\."):
            gate.clear(hole(root), recipient)
        with pytest.raises(Refused, match="offline"):
            gate.probe(recipient)
        with pytest.raises(Refused, match="offline"):
            gate.passing(cleared, b"frame")
        async with gate.client(recipient) as client:
            with pytest.raises(Refused, match="offline"):
                await client.post(server.url, content=b"x", extensions={CLEARANCE: cleared})
        assert server.connections == 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("scratch.py", ".gitignore keeps scratch.py on this machine, so it isn't sent to fast."),
        ("private/x.py", "privacy.local_only keeps x.py on this machine, so it isn't sent to fast."),
        (".env", ".env looks like a file of secrets, which stay on this machine, so it isn't sent to fast."),
    ],
)
def test_a_document_that_stays_here_is_refused(gate: Gate, root: Path, name: str, reason: str) -> None:
    for given in (hole(root, name), Chat((Turn("user", "x"),), uri=from_path(root / name))):
        with pytest.raises(Refused) as caught:
            gate.clear(given, Recipient("fast", "http://127.0.0.1:9"))
        assert str(caught.value) == reason


@pytest.mark.parametrize("where", ["files", "comments"])
def test_files_that_stay_here_are_left_out_and_the_others_redacted(gate: Gate, root: Path, where: str) -> None:
    files = (("a.py", PASSWORD), ("private/b.py", "b = 1\n"), ("scratch.py", "c = 1\n"), ("d.py", "d = 1\n"))
    cleared = gate.clear(hole(root, **{where: files}), Recipient("fast", "http://127.0.0.1:9"))
    given = cleared.given
    assert isinstance(given, Hole) and not given.comments
    shown = "".join(text for _, text in given.files) + given.prefix
    assert "b = 1" not in shown and "c = 1" not in shown and "hunter2" not in shown
    assert "d = 1\n" in shown and cleared.redactions == 2
    assert cleared.left_out == (
        "private/b.py was left out: privacy.local_only keeps b.py on this machine.",
        "scratch.py was left out: .gitignore keeps scratch.py on this machine.",
    )
    assert set(cleared.placeholders.values()) == {"password"}


def test_conversations_are_redacted_too(gate: Gate, root: Path) -> None:
    chat = Chat((Turn("system", "Fix it."), Turn("user", PASSWORD)), "```\n" + PASSWORD, from_path(root / "till.py"))
    cleared = gate.clear(chat, Recipient("fast", "http://127.0.0.1:9"))
    assert isinstance(cleared.given, Chat)
    assert "hunter2" not in repr(cleared.given) and cleared.redactions == 2
    assert cleared.given.turns[0] == chat.turns[0]
    assert cleared.purpose == "chat about till.py"


async def test_messages_on_a_websocket_pass_the_gate(gate: Gate, root: Path, log_file: Path) -> None:
    recipient = Recipient("fast", "https://127.0.0.1:9/v1")
    gate.passing(gate.clear(hole(root), recipient), b"frame", url="wss://127.0.0.1:9/v1/responses?x=1")
    (entry,) = entries(log_file)
    assert (entry["method"], entry["url"], entry["bytes"]) == ("WEBSOCKET", "wss://127.0.0.1:9/v1/responses", 5)


def test_the_text_is_logged_only_when_asked(gate: Gate, log_file: Path) -> None:
    log = EgressLog(log_file)
    log.sent("fast", "POST", "http://x", b"body text", "probe", 0)
    log.with_text = True
    log.sent("fast", "POST", "http://x", "body té\udcff".encode("utf-8", "surrogatepass"), "probe", 0)
    first, second = entries(log_file)
    assert "text" not in first
    assert str(second["text"]).startswith("body té")


def test_the_log_is_rotated_and_stays_private(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress_log, "LARGEST_LOG", 2000)
    log = EgressLog(log_file)
    for _ in range(60):
        log.sent("fast", "POST", "http://x", b"x", "probe", 0)
    files = sorted(log_file.parent.iterdir())
    assert len(files) == egress_log.LOGS_KEPT + 1
    assert all(file.stat().st_size <= 2000 for file in files)
    assert_private(*files)


async def test_a_log_that_cannot_be_written_costs_nothing_and_is_told_once(
    root: Path, tmp_path: Path, redactor: Redactor, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    gate = Gate(PathPolicy(to_path), redactor, EgressLog(tmp_path / "file" / "egress.jsonl"))
    async with serving() as server:
        recipient = Recipient("fast", server.url)
        with caplog.at_level(logging.WARNING):
            async with gate.client(recipient) as client:
                for _ in range(3):
                    extensions = {CLEARANCE: gate.clear(hole(root), recipient)}
                    await client.post(server.url, content=b"x", extensions=extensions)
        assert len(server.bodies) == 3
    assert [record.message for record in caplog.records if "can't be logged" in record.message] != []
    assert sum("can't be logged" in record.message for record in caplog.records) == 1
    assert capsys.readouterr().err == ""


async def test_a_failed_request_is_logged_as_such(gate: Gate, root: Path, log_file: Path) -> None:
    async with serving() as server:
        url = server.url
    recipient = Recipient("fast", url)
    async with gate.client(recipient) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.post(url, content=b"x", extensions={CLEARANCE: gate.clear(hole(root), recipient)})
    assert entries(log_file)[1]["status"] == "ConnectError"


async def test_certificate_authorities_are_the_system_s_or_the_user_s(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    async with serving(context) as server:
        recipient = Recipient("team", server.url)
        extensions = {CLEARANCE: gate.probe(recipient)}
        async with gate.client(recipient) as client:
            with pytest.raises(httpx2.ConnectError, match="certificate"):
                await client.get(server.url, extensions=extensions)
        async with gate.client(recipient, ca_file=str(ca_file)) as client:
            assert (await client.get(server.url, extensions=extensions)).status_code == 200
        monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
        async with gate.client(recipient) as client:
            assert (await client.get(server.url, extensions=extensions)).status_code == 200
    for wrong, reason in (
        (tmp_path / "none.pem", "No such file"),
        (tmp_path, "ca_file"),
        (__file__, "no certificates"),
    ):
        with pytest.raises(ForetypeError, match=reason):
            gate.client(recipient, ca_file=str(wrong))


async def test_proxies_of_the_environment_and_of_the_endpoint(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    recipient = Recipient("team", "http://team.invalid:8000/v1")
    extensions = {CLEARANCE: gate.probe(recipient)}
    async with serving() as proxy, serving() as direct:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        async with gate.client(recipient) as client:
            await client.get(recipient.url, extensions=extensions)
        assert proxy.targets == [b"http://team.invalid:8000/v1"]
        here = Recipient("here", direct.url)
        async with gate.client(here) as client:
            await client.get(direct.url, extensions={CLEARANCE: gate.probe(here)})
        assert direct.targets == [b"/v1"]
        monkeypatch.setenv("no_proxy", "team.invalid")
        async with gate.client(recipient) as client:
            with pytest.raises(httpx2.ConnectError):
                await client.get(recipient.url, extensions=extensions)
        async with gate.client(recipient, proxy=proxy.url.removesuffix("/v1")) as client:
            await client.get(recipient.url, extensions=extensions)
        assert len(proxy.targets) == 2
    with pytest.raises(ForetypeError, match="The proxy for team can't be used"):
        gate.client(recipient, proxy="gopher://x")


@pytest.mark.parametrize(
    ("url", "logged"),
    [
        ("https://user:key@x.dev:8/v1?key=1#a", "https://x.dev:8/v1"),
        ("http://x.dev", "http://x.dev"),
    ],
)
def test_no_part_of_a_url_that_may_hold_a_key_is_logged(url: str, logged: str) -> None:
    assert without_query(url) == logged
