"""A real Neovim without a screen, with the example's settings, driven over its own socket."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
NEEDED = (0, 12)
PATIENCE = 60.0
"""Seconds after which something that should have happened is taken not to."""

GHOST = """
local namespace = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')
local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
local cursor = vim.api.nvim_win_get_cursor(0)
for _, mark in ipairs(marks) do
  if mark[2] == cursor[1] - 1 and mark[3] == cursor[2] then
    local lines = { mark[4].virt_text[1][1] }
    for _, line in ipairs(mark[4].virt_lines or {}) do
      table.insert(lines, line[1][1])
    end
    return table.concat(lines, '\\n')
  end
end
return #marks > 0 and 'away from the cursor' or ''
"""
"""What the ghost text at the cursor says, from the extmark that draws it."""


class Neovim:
    """One running Neovim with one file open."""

    def __init__(self, program: str, folder: Path, environment: dict[str, str], file: Path) -> None:
        self._program = program
        # A socket's address has to be short, and pytest's folders are long.
        self._socket = f"socket-{os.getpid()}"
        self._folder = folder
        self._output = (folder / "output").open("w")
        settings = PROJECT / "examples" / "neovim" / "init.lua"
        self._process = subprocess.Popen(
            [program, "--headless", "--clean", "-n", "-u", str(settings), "--listen", f"./{self._socket}", str(file)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self.until(lambda: (folder / self._socket).exists(), "listens")

    def keys(self, keys: str) -> None:
        """Type keys in Neovim's notation, without waiting for what they do."""
        self._remote("--remote-send", keys)

    def type(self, text: str, pause: float = 0.06) -> None:
        """Type text key by key, as a person does."""
        for character in text:
            self.keys({"<": "<lt>", "\n": "<CR>"}.get(character, character))
            time.sleep(pause)

    def lua(self, body: str) -> object:
        """Run the body of a Lua function in Neovim and return what it returns."""
        call = f"vim.json.encode({{ (function() {' '.join(body.split())} end)() }})"
        answer = json.loads(self._remote("--remote-expr", f"luaeval({json.dumps(call)})"))
        return answer[0] if answer else None

    def ghost(self) -> str:
        """The suggestion on screen, empty if there is none."""
        return str(self.lua(GHOST))

    def wait_for_ghost(self) -> str:
        """Wait until a suggestion is on screen, and return it."""
        return self.until(self.ghost, "shows a suggestion")

    def text(self) -> str:
        """The buffer's text."""
        return "\n".join(str(line) for line in self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)"))  # type: ignore[attr-defined]

    def until(self, what: Callable[[], object], does: str) -> str:
        """Wait until something is true, and return it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                pytest.fail(f"Neovim ended: {self._told()}")
            if result := what():
                return str(result)
            time.sleep(0.05)
        pytest.fail(f"Neovim never {does}. {self._told()}")

    def close(self) -> None:
        """End Neovim as a user does; its language server has to end with it."""
        if self._process.poll() is None:
            try:
                self.keys("<C-\\><C-n>:qa!<CR>")
                self._process.wait(timeout=PATIENCE)
            finally:
                self._process.kill()
        self._output.close()

    def _told(self) -> str:
        log = self._folder / "state" / "nvim" / "lsp.log"
        return f"{(self._folder / 'output').read_text()}\n{log.read_text()[-4000:] if log.exists() else ''}"

    def _remote(self, option: str, argument: str) -> str:
        command = [self._program, "--server", f"./{self._socket}", option, argument]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"Neovim doesn't take {argument!r}: {done.stderr or done.stdout}{self._told()}")
        return done.stdout or done.stderr


@pytest.fixture(scope="session")
def neovim_program() -> str:
    """The Neovim to test with: ``FORETYPE_TEST_NVIM``, or the one on the PATH if new enough. CI has to have one."""
    program = os.environ.get("FORETYPE_TEST_NVIM") or shutil.which("nvim")
    reason = "there is no Neovim on the PATH, and FORETYPE_TEST_NVIM names none"
    if program:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"NVIM v(\d+)\.(\d+)", told)
        if version and (int(version[1]), int(version[2])) >= NEEDED:
            return program
        reason = f"{program} is older than 0.12, the first with inline completion"
    if os.environ.get("CI"):
        pytest.fail(f"CI needs Neovim 0.12: {reason}.")
    pytest.skip(f"{reason}; scripts/neovim.sh gets one")


@pytest.fixture
def open_in_neovim(
    neovim_program: str, smollm2: Path, models_folder: Path, tmp_path: Path
) -> Iterator[Callable[[str, str], Neovim]]:
    """A function that opens a file of a name and a content in Neovim, in a folder without anybody's settings."""
    programs = Path(sys.executable).parent
    environment = os.environ | {
        # A test may put another server in place.
        "PATH": os.pathsep.join([str(tmp_path / "bin"), str(programs), os.environ["PATH"]]),
        "FORETYPE_MODELS": str(models_folder),
    }
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        environment[variable] = str(tmp_path / variable.split("_")[1].lower())
    opened: list[Neovim] = []

    def open_file(name: str, content: str) -> Neovim:
        file = tmp_path / name
        file.write_bytes(content.encode())
        editor = Neovim(neovim_program, tmp_path, environment, file)
        opened.append(editor)
        editor.until(
            lambda: editor.lua("return #vim.lsp.get_clients({ name = 'foretype', bufnr = 0 })"), "starts the server"
        )
        return editor

    yield open_file
    for editor in opened:
        editor.close()
