"""The pictures in the documentation, taken from the real workbench. ``FORETYPE_TEST_PICTURES=1`` keeps them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from endpoints.script import Script
from service import service
from test_vscode_actions import choose, reviewed
from test_vscode_first_run import ticked
from workbench import Window, until

IMAGES = Path(__file__).parents[3] / "clients" / "vscode" / "images"
SIZE = {"width": 960, "height": 540}
LOOKS = {
    "breadcrumbs.enabled": False,
    "editor.fontSize": 16,
    "editor.lineHeight": 24,
    "workbench.activityBar.location": "hidden",
    "workbench.layoutControl.enabled": False,
    "workbench.sideBar.location": "right",
    "window.commandCenter": False,
}
CODE = '''from dataclasses import dataclass


@dataclass
class Item:
    name: str
    price: float
    quantity: int


def total_price(items: list[Item]) -> float:
    """Return the price of all items."""
    total = 0.0
    '''

LOOP = '''def names_of(items: list[Item]) -> list[str]:
    """Return the names of all items that are in stock."""
    names = []
    for item in items:
        if item.quantity > 0:
            names.append(item.name)
    return names
'''
LOOP_SIMPLIFIED = '''```python
def names_of(items: list[Item]) -> list[str]:
    """Return the names of all items that are in stock."""
    return [item.name for item in items if item.quantity > 0]
```'''

Take = Callable[[str], None]


@pytest.fixture
def take(window: Window, tmp_path: Path) -> Iterator[Take]:
    """Takes a picture of a small, tidy window under a name."""
    folder = IMAGES if os.environ.get("FORETYPE_TEST_PICTURES") else tmp_path
    machine = window.server.machine()
    window.page.set_viewport_size(SIZE)
    window.server.set_workspace(LOOKS)

    def picture(name: str) -> None:
        window.page.wait_for_timeout(1_000)  # what fades has faded
        window.page.screenshot(path=folder / f"{name}.png")
        assert (folder / f"{name}.png").stat().st_size > 10_000

    yield picture
    window.server.set_workspace({})
    window.server.set_machine(machine)
    window.page.set_viewport_size({"width": 1280, "height": 800})
    window.status("zap")


def bare(window: Window) -> None:
    """Nothing beside the editor."""
    if window.page.locator(".part.sidebar").is_visible():
        window.press("Control+b")
    window.run_command("Notifications: Clear All Notifications")


def tidy(window: Window) -> None:
    """Nothing beside the editor, and the cursor at the end of it."""
    bare(window)
    window.focus()
    window.press("Control+End")


@pytest.mark.parametrize(
    ("name", "theme", "file"),
    [("light", "Default Light Modern", "cart.py"), ("dark", "Default Dark Modern", "basket.py")],
)
def test_a_suggestion_and_its_ledger(window: Window, take: Take, name: str, theme: str, file: str) -> None:
    window.server.set_workspace({**LOOKS, "workbench.colorTheme": theme})
    window.open(file, CODE)
    tidy(window)
    window.type("for item in ")
    assert window.wait_for_ghost()
    until(lambda: " ms:" in window.status_text(), "the ledger is there")
    window.page.locator("[id*='foretype.status']").first.hover()
    window.page.locator(".monaco-hover", has_text=" ms:").first.wait_for(timeout=60_000)
    take(f"suggestion-{name}")
    assert window.ghost()


def test_the_menu(window: Window, take: Take) -> None:
    window.open("prices.py", CODE)
    tidy(window)
    window.type("for item in ")
    window.wait_for_ghost()
    window.run_command("Foretype: Show the Menu")
    until(lambda: window.page.locator(".quick-input-list .monaco-list-row").count() > 6, "the menu is there")
    take("menu")
    window.press("Escape")


def test_the_walkthrough(window: Window, take: Take) -> None:
    window.open("empty.py", "")
    bare(window)
    window.run_command("View: Close All Editors")
    window.run_command("Foretype: Open the Walkthrough")
    window.page.locator(".getting-started-step").first.wait_for(timeout=60_000)
    # What is there already is ticked off, however late the walkthrough is opened.
    until(lambda: ticked(window, "server") and ticked(window, "model"), "what is there is ticked off")
    window.page.set_viewport_size({"width": 1200, "height": 640})
    take("walkthrough")


def test_the_models(window: Window, take: Take) -> None:
    window.run_command("Foretype: Choose the Model...")
    until(lambda: window.page.locator(".quick-input-list .monaco-list-row").count() > 3, "the models are listed")
    take("models")
    window.press("Escape")


def test_a_change_that_is_reviewed_and_the_box_for_instructions(window: Window, take: Take) -> None:
    machine = window.server.machine()
    with service(Script(text=LOOP_SIMPLIFIED)) as url:
        endpoint = {"kind": "openai-chat", "url": f"{url}/v1", "model": "m"}
        window.restart_with({"foretype.endpoints": {"mine": endpoint}, "foretype.route.engines": ["mine"]})
        window.open("stock.py", f"from store import Item\n\n\n{LOOP}")
        tidy(window)
        window.press("ArrowUp", "ArrowUp")
        choose(window, "Simplify names_of")
        reviewed(window)
        window.notice("Apply this change?")
        take("change")
        window.run_command("Foretype: Discard the Change")
        tidy(window)
        window.press("ArrowUp", "ArrowUp")
        window.run_command("Foretype: Rewrite with an Instruction...")
        window.page.locator(".quick-input-title", has_text="rewrite with an instruction").wait_for(timeout=60_000)
        window.fill("sort the names")
        take("instruction")
        window.press("Escape")
        window.restart_with(machine)


def test_an_error(window: Window, take: Take) -> None:
    window.open("order.py", CODE)
    tidy(window)
    window.server.set_machine({"foretype.server.path": "/nowhere/foretype"})
    window.notice("There is no program")
    window.status("error")
    take("error")
