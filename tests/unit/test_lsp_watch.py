"""Following a file that no client tells of."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.lsp import watch


@pytest.mark.parametrize(
    ("states", "changes"),
    [
        ("aaaa", ""),
        ("aabb", "b"),
        ("aab.bb", "b"),  # emptied, and written
        ("aa-bb", "b"),  # moved away, and another put in its place
        ("aa.a", ""),
        ("aa--bb", "-b"),
        ("aabcdd", "d"),
    ],
)
async def test_a_change_counts_once_it_lasts(monkeypatch: pytest.MonkeyPatch, states: str, changes: str) -> None:
    looks = iter(states)
    now = ""
    seen: list[str] = []

    def state(file: Path) -> str:
        nonlocal now
        try:
            now = next(looks)
        except StopIteration:
            raise EOFError from None
        return now

    monkeypatch.setattr(watch, "_state", state)
    with pytest.raises(EOFError):
        await watch.follow(Path("none"), 0.0, lambda: seen.append(now))
    assert "".join(seen) == changes
