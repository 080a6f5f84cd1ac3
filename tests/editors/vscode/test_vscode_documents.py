"""Documents and cursors that are out of the ordinary, in the real VS Code with the real server."""

from __future__ import annotations

from test_vscode_typing import CODE, start_a_loop
from workbench import CodeServer, Window, until


def test_a_file_with_windows_line_ends_keeps_them(window: Window) -> None:
    content = CODE.replace("\n", "\r\n")
    file, ghost = start_a_loop(window, "windows.py", content)
    window.press("Tab")
    expected = f"{content}for number in " + ghost.replace("\n", "\r\n")
    assert window.save(file) == expected.encode()


def test_characters_of_two_units_before_the_cursor(window: Window) -> None:
    content = f'{CODE}print("😀 👩‍👩‍👧 é"); '
    file, ghost = start_a_loop(window, "emoji.py", content)
    window.press("Tab")
    assert window.save(file).decode() == f"{content}for number in {ghost}"


def test_several_cursors_type_as_they_do_without_us(window: Window) -> None:
    file = window.open("cursors.py", "first = \nsecond = \n")
    # Alt+Shift+I puts a cursor at the end of each selected line.
    window.press("Control+Home", "Shift+ArrowDown", "Shift+End", "Shift+Alt+i")
    window.type("12")
    window.press("Escape", "Escape")
    assert window.save(file).decode() == "first = 12\nsecond = 12\n"


def test_a_selection_is_replaced_by_what_is_typed(window: Window) -> None:
    file = window.open("selection.py", "first = second")
    window.press("Control+Shift+ArrowLeft")
    assert not window.ghost()
    window.type("x")
    window.press("Escape", "Escape")
    assert window.save(file).decode() == "first = x"


def test_the_completion_pop_up_and_the_suggestion_get_along(window: Window) -> None:
    file = window.open("popup.py", CODE)
    window.type("numb")
    window.press("Control+Space")
    window.page.locator(".suggest-widget.visible").wait_for()
    window.press("Escape")
    window.page.locator(".suggest-widget.visible").wait_for(state="hidden")
    window.type("ers.")
    window.press("Escape")
    assert window.save(file).decode() == f"{CODE}numbers."
    window.press(*["Backspace"] * len("numbers."))
    window.type("for number in ")
    ghost = window.wait_for_ghost()
    window.press("Tab")
    assert window.save(file).decode() == f"{CODE}for number in {ghost}"


def test_two_windows_on_one_workspace(window: Window, code_server: CodeServer, browser) -> None:
    file, ghost = start_a_loop(window, "one.py")
    # A window that opens on the same folder would take up what is not saved.
    window.save(file)
    other = Window(browser, code_server)
    try:
        other_file, other_ghost = start_a_loop(other, "two.py")
        other.press("Tab")
        assert other.save(other_file).decode() == f"{CODE}for number in {other_ghost}"
    finally:
        other.close()
    window.focus()
    window.press("Control+End")
    window.type("n")
    until(lambda: window.ghost(), "the first window goes on")
    window.press("Escape")
    assert window.save(file).decode() == f"{CODE}for number in n"
    assert ghost
