"""Write the extension's settings anew from the server's one schema, after a change of it.

    python scripts/vscode_settings.py        with Foretype installed; `tests/unit/test_vscode_settings.py` checks it

In ``clients/vscode/package.json`` the section ``server`` of ``contributes.configuration`` is replaced. What only the
user may set has the scope ``machine``: no workspace can say it, and every machine has its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import msgspec

from foretype.config.keys import Key, keys
from foretype.config.schema import Workspace

MANIFEST = Path(__file__).resolve().parent.parent / "clients" / "vscode" / "package.json"


def properties() -> dict[str, dict[str, Any]]:
    """Every setting of the schema as VS Code declares settings, as JSON has them."""
    declared = {f"foretype.{name}": _property(key) for name, key in keys().items()}
    return cast("dict[str, dict[str, Any]]", json.loads(json.dumps(declared)))


def _property(key: Key) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components((key.type,), ref_template="{name}")
    declared = _inlined(schema, components)
    declared.pop("description", None)
    return {
        **declared,
        "default": msgspec.to_builtins(key.default),
        "scope": "machine" if key.workspace is Workspace.NOTHING else "window",
        "markdownDescription": key.description,
    }


def _inlined(schema: Any, components: dict[str, Any]) -> Any:
    """A schema without references, which VS Code's settings don't resolve."""
    if isinstance(schema, list):
        return [_inlined(each, components) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(components[schema["$ref"]], components)
    inlined = {name: _inlined(value, components) for name, value in schema.items() if name != "title"}
    # VS Code offers the values of an enumeration only where it knows their type.
    return {"type": "string", **inlined} if "enum" in inlined else inlined


def main() -> None:
    """Replace the section."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    (section,) = (each for each in manifest["contributes"]["configuration"] if each["id"] == "server")
    section["properties"] = properties()
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
