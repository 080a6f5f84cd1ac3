"""``foretype explain-request``: exactly what would be sent, what was taken out, and why nothing would be."""

from __future__ import annotations

import json
from contextlib import aclosing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from endpoints.script import Script
from endpoints.server import serving

from foretype.cli.main import cli
from foretype.config.endpoints import Endpoint, EndpointKind
from foretype.engines.base import GenerateRequest
from foretype.engines.remote.engine import RemoteEngine
from foretype.engines.remote.keys import Key
from foretype.engines.remote.preview import MASK, Preview
from foretype.engines.remote.protocols import Peer
from foretype.lsp.uris import to_path
from foretype.prompt.hole import Hole
from foretype.trust.egress import Gate
from foretype.trust.egress_log import EgressLog
from foretype.trust.paths import PathPolicy
from foretype.trust.secrets import Redactor

SETTINGS = """
[endpoints.fast]
kind = "openai-completions"
url = "http://127.0.0.1:9/v1"
model = "qwen2.5-coder"
key_env = "KEY_OF_THE_TEST"
headers = { X-Team = "the-team" }
[endpoints.other]
kind = "openai-chat"
url = "https://other.invalid/v1"
[route]
engines = ["fast", "local"]
[privacy]
local_only = ["private/"]
"""
TILL = """from money import add
from private.rates import convert

password = "hunter2-horse"


def total(items):
    result = 0
    for item in items:
        result = \N{SPACE}
    return convert(result, "EUR")
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_cache: dict[str, str]) -> Path:
    for name, value in shared_cache.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KEY_OF_THE_TEST", "the-key-of-the-test")
    shop = tmp_path / "shop"
    for name, text in {
        ".git/HEAD": "",
        ".gitignore": "scratch.py\n",
        "money.py": "def add(left, right):\n    return left + right\n",
        "private/rates.py": "def convert(amount, currency):\n    return amount * 2\n",
        "till.py": TILL,
        "scratch.py": TILL,
        "settings.toml": SETTINGS,
    }.items():
        file = shop / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return shop


def explain(shop: Path, place: str, *options: str) -> Result:
    arguments = ["explain-request", str(shop / place), "--config", str(shop / "settings.toml"), *options]
    return CliRunner().invoke(cli, arguments)


def test_it_shows_what_would_be_sent(shop: Path) -> None:
    told = json.loads(explain(shop, "till.py:10:18", "--json").stdout)
    body = json.loads(told["body"])
    assert told["would_be_sent"] and told["endpoint"] == "fast" and told["method"] == "POST"
    assert told["url"] == "http://127.0.0.1:9/v1/completions"
    assert told["headers"]["Authorization"] == f"Bearer {MASK}"
    assert told["headers"]["X-Team"] == MASK
    assert told["bytes"] == len(told["body"].encode())
    # Other files are shown, but for the one that stays here.
    assert "def add" in body["prompt"] and "amount * 2" not in body["prompt"]
    assert told["left_out"] == ["private/rates.py was left out: privacy.local_only keeps rates.py on this machine."]
    assert "hunter2" not in told["body"] and list(told["redacted"].values()) == ["password"]
    assert "the-key-of-the-test" not in json.dumps(told)


def test_for_people(shop: Path) -> None:
    shown = explain(shop, "till.py:10:18", "--endpoint", "other").stdout
    assert shown.startswith(
        "# To other: openai-chat. Nothing was sent.\nPOST https://other.invalid/v1/chat/completions\n"
    )
    assert '\n  "messages": [\n' in shown
    assert "FORETYPE_REDACTED_1 is in the place of a secret (password)." in shown
    assert "# The route does not lead to other now (route.engines)." in shown
    assert "the-key-of-the-test" not in shown and "hunter2" not in shown


@pytest.mark.parametrize(
    ("place", "more", "why"),
    [
        ("scratch.py:10:18", "", ".gitignore keeps scratch.py on this machine."),
        ("private/rates.py:2:12", "", "privacy.local_only keeps rates.py on this machine."),
        ("till.py:10:18", "offline = true\n", "privacy.offline is set."),
        ("till.py:10:6", "", "text follows the cursor."),
    ],
)
def test_it_says_why_nothing_would_be_sent(shop: Path, place: str, more: str, why: str) -> None:
    with (shop / "settings.toml").open("a") as settings:
        settings.write(more)
    assert explain(shop, place).stdout == f"Nothing would be sent: {why}\n"
    assert json.loads(explain(shop, place, "--json").stdout) == {"would_be_sent": False, "why": why}


def test_without_an_endpoint(shop: Path) -> None:
    (shop / "settings.toml").write_text("")
    assert explain(shop, "till.py:10:18").stdout == "Nothing would be sent: no endpoint is configured.\n"
    found = explain(shop, "till.py:10:18", "--endpoint", "fast")
    assert found.exit_code == 2 and "There is no endpoint fast; configured are: none." in found.stderr


@pytest.mark.parametrize("kind", ["openai-completions", "openai-chat", "mistral-fim", "deepseek-fim", "ollama"])
async def test_the_body_shown_is_the_body_sent(kind: EndpointKind, tmp_path: Path, redactor: Redactor) -> None:
    gate = Gate(PathPolicy(to_path), redactor, EgressLog(tmp_path / "egress.jsonl"))
    hole = Hole(TILL, "\n", "x = ", (("money.py", "def add(): ...\n"),), "shop", "till.py", "file:///shop/till.py")
    asked = GenerateRequest(hole, 48, ("\n\n",))
    async with serving(Script(key="the-key")) as service:
        endpoint = Endpoint(kind, service.url, "codellama", key_env="K", headers={"X-Team": "the-team"})
        preview = Preview(Peer("fast", endpoint), gate)
        async for _ in preview.generate(asked):
            pass
        shown = preview.request()
        engine = RemoteEngine("fast", endpoint, gate, Key("fast", endpoint, {"K": "the-key"}), lambda status: None)
        async with aclosing(engine.generate(asked)) as parts:
            async for _ in parts:
                pass
        await engine.aclose()
        sent = service.script.requests[0]
    assert shown is not None
    assert (shown.method, shown.url) == (sent.method, service.url + sent.path)
    session = {"prompt_cache_key": "", "user": ""}  # each process has one of its own
    assert {**json.loads(shown.content), **session} == {**json.loads(sent.raw), **session}
    told = {name.lower(): value for name, value in shown.headers.items()}
    assert set(told) <= set(sent.headers)
    masked = {name for name, value in told.items() if MASK in value}
    assert masked == {"authorization", "x-team"}
    assert all(sent.headers[name] == value for name, value in told.items() if name not in masked)
