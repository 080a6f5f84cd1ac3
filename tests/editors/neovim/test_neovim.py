"""Ghost text in the real Neovim, from the real server with the embedded model."""

from __future__ import annotations

from pathlib import Path

import psutil

CODE = """import random


def mean(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)


def largest(numbers):
    best = numbers[0]
"""


def start_a_loop(editor) -> str:
    """Begin a line at the end of the file, where Neovim indents by itself, and wait for what is suggested."""
    editor.keys("Go")
    editor.type("for number in ")
    return editor.wait_for_ghost()


def test_what_is_shown_while_typing_is_what_is_accepted_and_saved(open_in_neovim, tmp_path: Path) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    ghost = start_a_loop(editor)
    before = editor.text()
    editor.keys("<Tab>")
    editor.until(lambda: editor.text() == before + ghost, f"accepts {ghost!r}")
    editor.keys("<Esc>:w<CR>")
    file = tmp_path / "numbers.py"
    editor.until(lambda: file.read_bytes() == (before + ghost + "\n").encode(), "saves what was accepted")
    editor.keys("u")
    editor.until(lambda: "for number in numbers:" in editor.text(), "keeps the rest of the file when undoing")


def test_accepting_does_not_repeat_what_was_typed_through(open_in_neovim) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    ghost = start_a_loop(editor)
    before = editor.text()
    # Both keys at once: the second comes before Neovim has asked anew.
    editor.keys(f"{ghost[0]}<Tab>")
    editor.until(lambda: editor.text() == before + ghost, f"accepts the rest of {ghost!r}")


def test_a_word_of_it_is_accepted(open_in_neovim) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    ghost = start_a_loop(editor)
    before = editor.text()
    editor.keys("<M-Right>")
    editor.until(lambda: editor.text() != before, "accepts a word")
    after = editor.text()
    assert (before + ghost).startswith(after)
    assert len(after) < len(before + ghost)


def test_a_stale_answer_is_not_shown(open_in_neovim) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    ghost = start_a_loop(editor)
    # What is typed differs from what is shown; the same call types it and looks, so Neovim hasn't asked anew.
    typed = "z" if ghost[0] != "z" else "y"
    editor.keys(typed)
    editor.until(lambda: editor.text().endswith(f" in {typed}"), "takes the key")
    assert not (editor.ghost() and editor.ghost() in ghost)
    editor.keys("<Tab>")
    editor.until(lambda: f" in {typed}" in editor.text(), "keeps what was typed")
    assert f"{typed}{ghost[1:]}" not in editor.text()


def test_the_last_of_many_answers_is_the_one_on_screen(open_in_neovim) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    editor.keys("Go")
    # Pauses just longer than Neovim's 200 ms: a request goes out for most keys, and the next key comes while it runs.
    editor.type("for number in numbers", pause=0.22)
    ghost = editor.wait_for_ghost()
    answer = editor.lua("""
        local client = vim.lsp.get_clients({ name = 'foretype', bufnr = 0 })[1]
        local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
        params.context = { triggerKind = 2 }
        local items = client:request_sync('textDocument/inlineCompletion', params, 20000, 0).result.items
        return items[1].insertText
    """)
    assert ghost == answer


def test_leaving_insert_mode_takes_it_away(open_in_neovim) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    start_a_loop(editor)
    editor.keys("<Esc>")
    editor.until(lambda: not editor.ghost(), "takes the suggestion away")


def test_status_and_explanation(open_in_neovim) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    start_a_loop(editor)
    editor.until(lambda: "smollm2" in str(editor.lua("return foretype_status()")).lower(), "names the model")
    editor.keys("<Esc>\\fe")
    editor.until(lambda: " ms" in str(editor.lua("return vim.fn.execute('messages')")), "explains the suggestion")


def test_the_server_ends_with_the_editor(open_in_neovim) -> None:
    editor = open_in_neovim("numbers.py", CODE)
    pid = int(str(editor.lua("return vim.fn.getpid()")))
    children = psutil.Process(pid).children(recursive=True)
    assert any("foretype" in " ".join(child.cmdline()) for child in children)
    editor.close()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive
