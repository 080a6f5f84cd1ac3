"""What LSP asks of code actions: kinds, tags, reasons, versions, by what the client can do; and what an edit brings."""

import copy
import json
import shutil
import sys
from pathlib import Path

import pytest

from acting import CODE, FULL, UNUSED

NEEDS_RUFF = pytest.mark.skipif(not shutil.which("ruff", path=str(Path(sys.executable).parent)), reason="needs ruff")
MODEL_WROTE = 1
NESTED = "def f(a, b):\n    if a:\n        if b:\n            print(a)\n"
SIM102 = {
    "range": {"start": {"line": 1, "character": 4}, "end": {"line": 2, "character": 13}},
    "message": "Use a single `if` statement instead of nested `if` statements",
    "code": "SIM102",
    "source": "Ruff",
}


def able(**changes):
    """A client that can do everything but what is changed, by the path of the capability."""
    given = copy.deepcopy(FULL)
    for path, value in changes.items():
        *parents, last = path.split("__")
        holder = given
        for name in parents:
            holder = holder[name]
        if value is None:
            del holder[last]
        else:
            holder[last] = value
    return given


async def test_the_server_says_which_kinds_it_has_and_that_it_resolves(bench):
    b = await bench()
    provider = b.capabilities["codeActionProvider"]
    assert provider["resolveProvider"] is True
    assert set(provider["codeActionKinds"]) == {"quickfix", "refactor.rewrite", "refactor.extract", "source"}


@pytest.mark.parametrize("only", ["quickfix", "refactor", "refactor.extract", "source"])
async def test_only_the_kinds_asked_for_and_those_below_come_back(bench, only):
    b = await bench()
    b.open()
    kinds = {each["kind"] for each in await b.actions(diagnostics=[UNUSED], only=[only])}
    assert kinds and all(kind == only or kind.startswith(f"{only}.") for kind in kinds)
    assert await b.actions(diagnostics=[UNUSED], only=["source.organizeImports"]) == []
    assert await b.actions(diagnostics=[UNUSED], only=[f"{only}ing"]) == []


async def test_a_client_that_cannot_show_a_reason_gets_no_disabled_action(bench):
    b = await bench(capabilities=able(textDocument__codeAction__disabledSupport=None))
    b.open()
    offered = await b.actions(line=0, diagnostics=[UNUSED])
    assert offered and not any("disabled" in each for each in offered)
    assert not any(each["title"].startswith("Simplify") for each in offered)


async def test_tags_and_preference_only_for_a_client_that_knows_them(bench):
    b = await bench(
        capabilities=able(textDocument__codeAction__tagSupport=None, textDocument__codeAction__isPreferredSupport=None)
    )
    b.open()
    b.say("```")
    fix = await b.action("Fix: ", diagnostics=[UNUSED])
    assert "tags" not in fix
    assert "isPreferred" not in await b.resolve(fix)


async def test_a_client_without_versioned_edits_gets_plain_ones(bench):
    b = await bench(capabilities=able(workspace__workspaceEdit={}))
    b.open()
    b.say("_unused = 1\n```")
    edit = (await b.resolve(await b.action("Fix: ", diagnostics=[UNUSED])))["edit"]
    assert "documentChanges" not in edit and "changeAnnotations" not in edit
    assert [change["newText"] for change in edit["changes"][b.uri]] == ["_"]


@NEEDS_RUFF
async def test_a_finding_with_a_repair_needs_no_model_and_has_no_tag_of_one(bench, tmp_path):
    b = await bench(asked=str(tmp_path / "asked"))
    (b.folder / "ruff.toml").write_text('lint.select = ["SIM102"]\n')
    b.open(NESTED)
    fix = await b.action("Fix: ", line=1, diagnostics=[SIM102])
    resolved = await b.resolve(fix)
    assert b.applied(resolved["edit"]) == "def f(a, b):\n    if a and b:\n        print(a)\n"
    assert resolved["isPreferred"] is True and not resolved.get("tags")
    assert not (tmp_path / "asked").exists()


@NEEDS_RUFF
async def test_without_a_model_a_finding_with_a_repair_can_still_be_fixed(bench):
    b = await bench(missing="yes")
    (b.folder / "ruff.toml").write_text('lint.select = ["SIM102"]\n')
    b.open(NESTED)
    for _ in range(200):
        offered = await b.actions(line=1, diagnostics=[SIM102])
        if any("disabled" in each for each in offered if each["title"].startswith("Simplify")):
            break
    fix = next(each for each in offered if each["title"].startswith("Fix: "))
    assert "disabled" not in fix and "tags" not in fix
    assert "if a and b:" in b.applied((await b.resolve(fix))["edit"])


@NEEDS_RUFF
async def test_an_edit_that_the_model_wrote_keeps_its_tag_and_one_with_a_doubt_is_not_preferred(bench):
    """The checker is content with a call that is gone; that is no proof that nothing is lost."""
    b = await bench()
    b.open(CODE.replace("unused = 1", "unused = os.getcwd()").replace("* height", "* height, os"))
    b.say("_unused = 1\n```")
    resolved = await b.resolve(await b.action("Fix: ", diagnostics=[UNUSED]))
    assert "F841 gone" in resolved["title"] and "unproved" in resolved["title"]
    assert "no longer uses" in resolved["title"] and "`getcwd`" in resolved["title"]
    assert resolved.get("isPreferred") is None
    assert resolved["tags"] == [MODEL_WROTE]
    [annotation] = resolved["edit"]["changeAnnotations"].values()
    assert annotation["needsConfirmation"] is True


async def test_to_delete_what_does_something_is_no_fix(bench):
    b = await bench()
    b.open(CODE.replace("unused = 1", "unused = os.getcwd()"))
    b.say("```")
    with pytest.raises(Exception, match="deletes code that does something"):
        await b.resolve(await b.action("Fix: ", diagnostics=[UNUSED]))


@NEEDS_RUFF
@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("def area(width, height):\n    return Path(width) * height\n```", "from pathlib import Path"),
        ("def area(width, height):\n    return RateTable(width) * height\n```", "from money.rates import RateTable"),
    ],
)
async def test_an_edit_brings_the_imports_that_it_needs_and_says_so(bench, answer, line):
    b = await bench()
    (b.folder / "money").mkdir()
    (b.folder / "money" / "__init__.py").write_text("")
    (b.folder / "money" / "rates.py").write_text("class RateTable:\n    pass\n")
    b.open("import os\n\n\ndef area(width, height):\n    return width * height, os\n")
    b.client.notify("workspace/didChangeWatchedFiles", {"changes": []})
    b.say(answer)
    resolved = await b.resolve(await b.action("Simplify", line=4))
    after = b.applied(resolved["edit"])
    assert after.startswith(f"import os\n{line}\n\n\ndef area")
    [annotation] = resolved["edit"]["changeAnnotations"].values()
    assert f"adds `{line}`" in annotation["description"]


@NEEDS_RUFF
async def test_a_name_that_nothing_defines_is_not_made_up(bench):
    b = await bench()
    b.open()
    b.say("def area(width, height):\n    return Frobnicator(width)\n```")
    with pytest.raises(Exception, match="Undefined name `Frobnicator`"):
        await b.resolve(await b.action("Simplify", line=4))


async def test_a_cancelled_resolve_is_answered_and_the_session_goes_on(bench, tmp_path):
    gate = tmp_path / "gate"
    b = await bench(gate=str(gate), asked=str(tmp_path / "asked"))
    b.open()
    b.say("_unused = 1\n```")
    action = await b.action("Fix: ", diagnostics=[UNUSED])
    message, answer = b.client.new_request("codeAction/resolve", action)
    b.client.send(message)
    while not (tmp_path / "asked").exists():
        await b.actions()
    b.client.notify("$/cancelRequest", {"id": message["id"]})
    with pytest.raises(Exception, match="-32800"):
        await answer
    gate.touch()
    assert "edit" in await b.resolve(action)


async def test_actions_of_the_users_own_are_data(bench, tmp_path):
    own = {
        "title": "Shout",
        "prompt": "Write it in capitals.",
        "kind": "refactor.rewrite.shout",
        "languages": ["python"],
    }
    b = await bench(options={"actions": {"custom": [own]}}, asked=str(tmp_path / "asked"))
    b.open()
    b.say("UNUSED = 1\nRETURN = 2\n```")
    end = {"line": 5, "character": 25}
    shout = await b.action("Shout", line=4, character=4, end=end)
    assert shout["kind"] == "refactor.rewrite.shout"
    after = b.applied((await b.resolve(shout))["edit"])
    assert after == CODE.replace("unused = 1", "UNUSED = 1").replace("return width * height", "RETURN = 2")
    asked = json.loads((tmp_path / "asked").read_text().splitlines()[0])
    assert "Write it in capitals." in asked["turns"][1]["text"]
    assert not any(each["title"] == "Shout" for each in await b.actions(only=["quickfix"]))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ([], "takes one object with uri, range and instruction"),
        ([{"uri": "file:///nowhere.py", "range": UNUSED["range"], "instruction": "x"}], "is not open"),
        ([{"uri": "HERE", "range": {"start": 1}, "instruction": "x"}], "range is not as the protocol says"),
        ([{"uri": "HERE", "range": UNUSED["range"], "instruction": "  "}], "the instruction is empty"),
    ],
)
async def test_an_instruction_that_cannot_be_followed_is_answered_with_why(bench, arguments, match):
    b = await bench()
    b.open()
    given = json.loads(json.dumps(arguments).replace("HERE", b.uri))
    with pytest.raises(Exception, match=match):
        await b.client.request("workspace/executeCommand", {"command": "foretype.edit", "arguments": given})


@pytest.mark.parametrize("answer", ["fine\n```\n\nand more:\n```python\nrm\n```", "unused = 1  # noqa: F841\n```"])
async def test_what_is_no_block_of_code_or_only_silences_is_refused(bench, answer):
    b = await bench()
    b.open()
    b.say(answer)
    with pytest.raises(Exception, match="-32803"):
        await b.resolve(await b.action("Fix: ", diagnostics=[UNUSED]))
