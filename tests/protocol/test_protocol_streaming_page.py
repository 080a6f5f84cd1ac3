"""docs/streaming.md is true: its names are the server's, and its client works as it stands."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from foretype.complete.budget import Rhythm
from foretype.complete.filters.chain import VISIBLE
from foretype.complete.generator import GRACE_SECONDS
from foretype.engines.base import EngineState
from foretype.lsp.completion import DID_PARTIALLY_ACCEPT, DID_SHOW, EXPLAIN_LAST, LAST_LEDGER, STREAMING
from foretype.lsp.convert import DID_ACCEPT
from foretype.lsp.messages import REQUEST_CANCELLED
from foretype.lsp.status import DID_CHANGE_STATUS, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "streaming.md").read_text(encoding="utf-8")
ROUTED_SERVER = Path(__file__).parent / "routed_server.py"
NAMES = {DID_CHANGE_STATUS, DID_SHOW, DID_PARTIALLY_ACCEPT, STREAMING, EXPLAIN_LAST, LAST_LEDGER, DID_ACCEPT}


def test_every_name_on_the_page_is_the_servers() -> None:
    written = set(re.findall(r"[\"`> ]((?:foretype|textDocument)[./](?:did)?[a-zA-Z]+)\b", PAGE))
    of_lsp = {"textDocument/inlineCompletion", "textDocument/didChange", "textDocument/didOpen"}
    assert written - of_lsp - {"textDocument.uri", "textDocument.version"} == NAMES - {DID_CHANGE_STATUS}
    assert f"`{DID_CHANGE_STATUS}`" in PAGE


def test_every_figure_and_value_on_the_page_is_the_servers() -> None:
    assert f"for {GRACE_SECONDS * 1000:.0f} ms" in PAGE
    assert f"at least {VISIBLE} visible characters" in PAGE
    assert str(REQUEST_CANCELLED) in PAGE
    for kind in Kind:
        assert f"`{kind.value}`" in PAGE
    for state in EngineState:
        assert f"`{state.value}`" in PAGE
    rhythm = Rhythm()
    for gap, seconds in ((0.01, 0.05), (0.9, 0.12)):
        for number in range(50):
            rhythm.key(number * gap + (1000 if gap > 0.5 else 0))
        assert rhythm.soft_deadline == seconds


async def test_the_client_on_the_page_works(tmp_path: Path) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    client, settings = tmp_path / "client.py", tmp_path / "foretype.toml"
    client.write_text(source)
    settings.write_text("")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(client), sys.executable, str(ROUTED_SERVER), str(settings), "urn sum(values)\n"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
    )
    told, _ = await asyncio.wait_for(process.communicate(), 100)
    assert told.decode().splitlines() == ["so far: 'urn sum(values)'", "in all: 'urn sum(values)'"]
    assert process.returncode == 0
