"""The VS Code extension declares the settings of the one schema, and no workspace sets a privileged one."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from foretype.config.keys import keys
from foretype.config.schema import Workspace

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the extension's settings."""
    spec = importlib.util.spec_from_file_location("vscode_settings", PROJECT / "scripts" / "vscode_settings.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sections() -> dict[str, dict[str, Any]]:
    """The sections of the extension's settings, by their id."""
    manifest = json.loads((PROJECT / "clients" / "vscode" / "package.json").read_text(encoding="utf-8"))
    return {section["id"]: section["properties"] for section in manifest["contributes"]["configuration"]}


def test_the_extension_declares_the_schema(script: ModuleType, sections: dict[str, dict[str, Any]]) -> None:
    # After a change of the schema: python scripts/vscode_settings.py
    assert sections["server"] == script.properties()


def test_no_workspace_sets_what_is_privileged(sections: dict[str, dict[str, Any]]) -> None:
    privileged = {name for name, key in keys().items() if key.workspace is Workspace.NOTHING}
    assert {"model", "endpoints", "route.engines"} <= privileged
    assert all(sections["server"][f"foretype.{name}"]["scope"] == "machine" for name in privileged)


def test_what_starts_a_program_belongs_to_the_machine(sections: dict[str, dict[str, Any]]) -> None:
    assert {name for name, each in sections["client"].items() if each["scope"] != "machine"} == {
        "foretype.trace.server"  # names no program, no endpoint and no path
    }
