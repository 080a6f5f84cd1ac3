"""The examples of settings: each is loaded as a user's own file, and its endpoints can be asked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from foretype.config.endpoints import LOCAL
from foretype.config.load import load
from foretype.engines.remote.asking import Parameters
from foretype.engines.remote.protocols import Peer, outgoing
from foretype.prompt.hole import Hole

FOLDER = Path(__file__).parents[2] / "examples" / "configs"
NO_SETTINGS = {"package-index.toml"}
FILES = sorted(path for path in FOLDER.glob("*.toml") if path.name not in NO_SETTINGS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_is_a_users_file(path: Path) -> None:
    settings = load(path).settings
    assert set(settings.route.engines) <= {LOCAL, *settings.endpoints}
    for name, endpoint in settings.endpoints.items():
        sent = outgoing(Peer(name, endpoint), Hole("def f(x):\n", "\n", "    return x"), Parameters(16, session="s"))
        assert urlsplit(sent.url).netloc == urlsplit(endpoint.url).netloc
        assert b"def f(x)" in sent.content


def test_there_is_one_for_each_kind_of_service() -> None:
    kinds = {endpoint.kind for path in FILES for endpoint in load(path).settings.endpoints.values()}
    assert kinds == {
        *("openai-completions", "openai-chat", "openai-responses"),
        *("mistral-fim", "deepseek-fim", "ollama", "llama-server"),
    }


@pytest.mark.parametrize("name", ["nginx.conf", "haproxy.cfg"])
def test_a_balancer_goes_by_the_session_that_the_team_sends(name: str) -> None:
    (header,) = load(FOLDER / "team.toml").settings.endpoints["team"].headers
    assert header.replace("-", "_").lower() in (FOLDER / "team" / name).read_text().replace("-", "_").lower()
