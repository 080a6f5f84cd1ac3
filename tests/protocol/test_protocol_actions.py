"""Code actions over the wire: offered at once, carried out when resolved, proved, and never applied to another text."""

import json
import random
import shutil
import sys
from pathlib import Path

import pytest

from acting import CODE, UNUSED
from foretype.bench.fix_session import apply_edit
from foretype.text.edits import split_lines


async def test_actions_are_offered_at_once_with_kinds_and_reasons(bench):
    b = await bench()
    b.open()
    offered = await b.actions(diagnostics=[UNUSED])
    about_the_diagnostic = [each for each in offered if "disabled" not in each]
    assert len(about_the_diagnostic) >= 3
    fix = next(each for each in offered if each["title"].startswith("Fix: "))
    assert fix["kind"] == "quickfix"
    assert fix["diagnostics"][0]["message"] == UNUSED["message"]
    assert fix["tags"] == [1]
    assert "edit" not in fix and "isPreferred" not in fix
    extract = next(each for each in offered if each["title"].startswith("Extract the selection"))
    assert "select" in extract["disabled"]["reason"]
    only = await b.actions(diagnostics=[UNUSED], only=["refactor"])
    assert only and all(each["kind"].startswith("refactor") for each in only)
    outside = await b.actions(line=0)
    assert all("disabled" in each for each in outside if each["kind"].startswith("refactor.rewrite"))


@pytest.mark.skipif(not shutil.which("ruff", path=str(Path(sys.executable).parent)), reason="needs ruff")
async def test_a_fix_is_proved_by_the_checker_and_only_its_lines_change(bench):
    b = await bench()
    b.open(CODE.replace("\n", "\r\n"))
    b.say("```")
    action = await b.resolve(await b.action("Fix: ", diagnostics=[UNUSED]))
    assert "Ruff F841 gone".lower() in action["title"].lower()
    assert "no new findings" in action["title"] and "tests not run" in action["title"]
    assert action["isPreferred"] is True
    edit = action["edit"]["documentChanges"][0]
    assert edit["textDocument"]["version"] == 1
    [annotation] = action["edit"]["changeAnnotations"].values()
    assert annotation["description"] in action["title"] and annotation["needsConfirmation"] is False
    after = b.applied(action["edit"])
    before = split_lines(CODE.replace("\n", "\r\n"))
    assert split_lines(after)[:4] == before[:4]
    assert "unused" not in after and after.endswith("    return width * height\r\n")


async def test_a_fix_that_silences_or_breaks_is_refused_and_says_so(bench):
    b = await bench()
    b.open()
    b.say("unused = 1  # noqa\n```", "unused = (\n```")
    with pytest.raises(Exception, match=r"silences|syntax error"):
        await b.resolve(await b.action("Fix: ", diagnostics=[UNUSED]))


async def test_nothing_runs_in_a_workspace_that_is_not_trusted_and_the_verdict_says_so(bench):
    b = await bench(options={"trusted": False})
    b.open()
    b.say("_unused = 1\n```")
    action = await b.resolve(await b.action("Fix: ", diagnostics=[UNUSED]))
    assert "unproved" in action["title"] and "isn't trusted" in action["title"]
    assert action.get("isPreferred") is None
    [annotation] = action["edit"]["changeAnnotations"].values()
    assert annotation["needsConfirmation"] is True


async def test_a_document_that_changed_meanwhile_gets_no_edit(bench, tmp_path):
    gate = tmp_path / "gate"
    b = await bench(gate=str(gate), asked=str(tmp_path / "asked"))
    b.open()
    b.say("_unused = 1\n```")
    action = await b.action("Fix: ", diagnostics=[UNUSED])
    message, answer = b.client.new_request("codeAction/resolve", action)
    b.client.send(message)
    while not (tmp_path / "asked").exists():
        await b.client.request("textDocument/codeAction", {
            "textDocument": {"uri": b.uri}, "range": UNUSED["range"], "context": {"diagnostics": []}})  # fmt: skip
    b.client.send(b.client.change(b.uri, 2, {"text": "# other\n" + CODE}))
    gate.touch()
    with pytest.raises(Exception, match="-32801"):
        await answer
    with pytest.raises(Exception, match="-32801"):
        await b.resolve(action)


async def test_a_client_that_cannot_resolve_gets_a_command_and_the_edit_is_applied_by_it(bench):
    b = await bench(capabilities={"workspace": {"applyEdit": True}})
    b.open()
    b.say("_unused = 1\n```")
    action = await b.action("Fix: ", diagnostics=[UNUSED])
    applied = []
    b.client.answers["workspace/applyEdit"] = lambda params: applied.append(params) or {"applied": True}
    command = action["command"]
    told = await b.client.request(
        "workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]}
    )
    assert told["applied"] is True
    changes = applied[0]["edit"]["changes"][b.uri]
    assert [change["newText"] for change in changes] == ["_"]
    assert told["verdict"] in applied[0]["label"]


async def test_an_instruction_rewrites_the_function_it_is_given_and_nothing_else(bench, tmp_path):
    b = await bench(asked=str(tmp_path / "asked"))
    b.open()
    b.say("def area(width, height):\n    return height * width\n```")
    applied = []
    b.client.answers["workspace/applyEdit"] = lambda params: applied.append(params) or {"applied": True}
    place = {"start": {"line": 5, "character": 6}, "end": {"line": 5, "character": 6}}
    arguments = [{"uri": b.uri, "range": place, "instruction": "swap the factors"}]
    await b.client.request("workspace/executeCommand", {"command": "foretype.edit", "arguments": arguments})
    assert b.applied(applied[0]["edit"]) == "import os\n\n\ndef area(width, height):\n    return height * width\n"
    asked = json.loads((tmp_path / "asked").read_text().splitlines()[0])
    assert asked["patient"] is True
    assert "swap the factors" in asked["turns"][1]["text"]
    assert asked["uri"] == b.uri


async def test_progress_is_shown_and_cancelling_it_ends_the_action(bench, tmp_path):
    b = await bench(gate=str(tmp_path / "never"), asked=str(tmp_path / "asked"))
    b.open()
    message, answer = b.client.new_request("codeAction/resolve", await b.action("Fix: ", diagnostics=[UNUSED]))
    b.client.send(message)
    shown = await b.client.until(
        lambda: [each for each in b.client.all("$/progress") if each["value"].get("cancellable")]
    )
    b.client.notify("window/workDoneProgress/cancel", {"token": shown[0]["token"]})
    with pytest.raises(Exception, match="-32800"):
        await answer


async def test_without_a_model_the_plain_actions_work_and_the_others_say_what_they_need(bench):
    b = await bench(missing="yes")
    b.open()
    selected = {"start": {"line": 5, "character": 11}, "end": {"line": 5, "character": 25}}
    await b.actions()
    for _ in range(200):
        offered = await b.actions(line=5, character=11, end=selected["end"])
        simplify = next(each for each in offered if each["title"].startswith("Simplify"))
        if "disabled" in simplify:
            break
    assert "There is no model; pull one." in simplify["disabled"]["reason"]
    extract = next(each for each in offered if each["title"] == "Extract to a variable")
    assert b.applied(extract["edit"]).endswith("    value = width * height\n    return value\n")


async def test_an_import_is_found_in_the_workspace(bench):
    b = await bench(missing="yes")
    (b.folder / "money").mkdir()
    (b.folder / "money" / "__init__.py").write_text("")
    (b.folder / "money" / "rates.py").write_text("class RateTable:\n    pass\n")
    b.open("import os\n\nx = RateTable(os)\n")
    undefined = {
        "range": {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 13}},
        "message": "Undefined name `RateTable`",
        "code": "F821",
        "source": "Ruff",
    }
    action = await b.action("Import RateTable", line=2, character=4, diagnostics=[undefined])
    b.client.notify("workspace/didChangeWatchedFiles", {"changes": []})
    resolved = await b.resolve(action)
    assert b.applied(resolved["edit"]) == "import os\nfrom money.rates import RateTable\n\nx = RateTable(os)\n"


@pytest.mark.parametrize("seed", range(3))
async def test_random_edits_while_actions_are_resolved_never_corrupt_the_buffer(bench, seed):
    """Whatever comes back is for the version that it names, and changes nothing but the function's lines."""
    b = await bench(options={"trusted": False})
    chosen = random.Random(seed)
    b.open()
    b.say("def area(width, height):\n    return height * width\n```")
    under_way = []
    texts = {1: b.text}
    for _ in range(40):
        if chosen.random() < 0.5:
            at = chosen.randrange(len(b.text) + 1)
            added = chosen.choice(["\n", "x", "    ", "\r\n", "def f():\n    pass\n", "é", "😀", ""])
            b.version += 1
            lines = split_lines(b.text[:at])
            place = {"line": len(lines) - 1, "character": len(lines[-1].encode("utf-16-le")) // 2}
            if b.text[at - 1 : at] == "\r" and b.text[at : at + 1] == "\n":
                continue
            b.client.send(b.client.change(b.uri, b.version, {"range": {"start": place, "end": place}, "text": added}))
            b.text = b.text[:at] + added + b.text[at:]
            texts[b.version] = b.text
        else:
            offered = await b.actions(line=chosen.randrange(6), character=0)
            usable = [each for each in offered if "disabled" not in each and "data" in each]
            if usable:
                message, answer = b.client.new_request("codeAction/resolve", chosen.choice(usable))
                b.client.send(message)
                under_way.append(answer)
    for answer in under_way:
        try:
            resolved = await answer
        except Exception as error:
            assert "-328" in str(error)
            continue
        for change in resolved["edit"]["documentChanges"]:
            if "textDocument" not in change or change["textDocument"]["version"] is None:
                continue
            before = texts[change["textDocument"]["version"]]
            after = apply_edit(before, b.uri, resolved["edit"])
            kept = [line for line in split_lines(before) if "import os" in line]
            assert [line for line in split_lines(after) if "import os" in line] == kept
            assert after.count("def ") == before.count("def ")
