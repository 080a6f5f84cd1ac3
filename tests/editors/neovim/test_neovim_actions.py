"""Code actions in the real Neovim: a diagnostic fixed, a function rewritten as told, each undone at once."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ACTIONS_SERVER = Path(__file__).parents[2] / "protocol" / "actions_server.py"
CODE = "def area(width, height):\n    unused = 1\n    return width * height\n"

REPORT = """
vim.diagnostic.set(vim.api.nvim_create_namespace('linter'), 0, { {
  lnum = 1, col = 4, end_lnum = 1, end_col = 10, message = 'Local variable `unused` is never used',
  code = 'F841', source = 'Ruff', severity = 2,
} })
vim.api.nvim_win_set_cursor(0, { 2, 4 })
vim.ui.select = function(items, _, choose)
  for _, item in ipairs(items) do
    if vim.startswith(item.action.title, WANTED) then return choose(item) end
  end
  _G.offered = vim.tbl_map(function(item) return item.action.title end, items)
end
"""


@pytest.fixture
def editor_with(open_in_neovim, tmp_path: Path) -> Callable[[str], object]:
    """Opens the code in Neovim; the model's answer is given."""

    def start(answer: str, trusted: bool):
        answers, program = tmp_path / "answers.json", tmp_path / "bin" / "foretype"
        answers.write_text(json.dumps([answer]))
        program.parent.mkdir()
        options = json.dumps({"answers": str(answers)})
        program.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, str(ACTIONS_SERVER), options])}\n")
        program.chmod(0o755)
        (tmp_path / ".git").mkdir()
        editor = open_in_neovim("shapes.py", CODE)
        if trusted:
            editor.lua("""
                vim.lsp.get_clients({ name = 'foretype' })[1]:notify('foretype/didChangeTrust', { trusted = true })
            """)
        return editor

    return start


def choose(editor, title: str) -> None:
    editor.lua(f"local WANTED = {json.dumps(title)} {REPORT.replace('WANTED', json.dumps(title))}")


def test_a_diagnostic_is_fixed_proved_and_undone_in_one_step(editor_with) -> None:
    editor = editor_with("```", trusted=True)
    choose(editor, "Fix: ")
    editor.keys("\\fa")
    fixed = CODE.replace("    unused = 1\n", "").rstrip("\n")
    editor.until(lambda: editor.text() == fixed, "applies the fix")
    editor.keys("u")
    editor.until(lambda: editor.text() == CODE.rstrip("\n"), "takes it back")


def test_a_function_is_rewritten_by_a_plain_code_action(editor_with) -> None:
    editor = editor_with("def area(width, height):\n    return height * width\n```", trusted=False)
    choose(editor, "Simplify area")
    editor.lua("vim.lsp.buf.code_action()")
    editor.until(lambda: editor.text() == "def area(width, height):\n    return height * width", "rewrites it")
    editor.keys("u")
    editor.until(lambda: editor.text() == CODE.rstrip("\n"), "takes it back")


def test_an_instruction_rewrites_the_function(editor_with) -> None:
    editor = editor_with("def area(width, height):\n    return height * width\n```", trusted=False)
    editor.lua("vim.ui.input = function(_, done) done('swap the factors') end")
    editor.keys("\\fr")
    editor.until(lambda: editor.text() == "def area(width, height):\n    return height * width", "rewrites it")
    editor.keys("u")
    editor.until(lambda: editor.text() == CODE.rstrip("\n"), "takes it back")
