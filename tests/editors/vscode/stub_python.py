"""An extension under the Python extension's name, with the part of its public API that lets others know the Python.

The interface is `@vscode/python-extension`'s; a command chooses another Python, as one of the real extension does.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

MANIFEST = {
    "name": "python",
    "publisher": "ms-python",
    "version": "2030.1.0",
    "engines": {"vscode": "^1.91.0"},
    "main": "./extension.js",
    "extensionKind": ["workspace"],
    "activationEvents": [],
    "contributes": {"commands": [{"command": "python.choose", "title": "Choose the Next Python", "category": "Stub"}]},
}
SOURCE = """
const vscode = require("vscode");
const pythons = %s;
let chosen = 0;
const changed = new vscode.EventEmitter();
const described = (path) => ({ id: path, path });
exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("python.choose", () => {
      chosen = (chosen + 1) %% pythons.length;
      changed.fire({ ...described(pythons[chosen]), resource: undefined });
    }),
  );
  return {
    ready: Promise.resolve(),
    environments: {
      getActiveEnvironmentPath: () => described(pythons[chosen]),
      resolveEnvironment: async ({ path }) => ({ ...described(path), executable: { uri: vscode.Uri.file(path) } }),
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
};
"""
DESCRIPTION = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="python" Version="2030.1.0" Publisher="ms-python" />
    <DisplayName>Python</DisplayName>
    <Properties><Property Id="Microsoft.VisualStudio.Code.Engine" Value="^1.91.0" /></Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code" /></Installation>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" />
  </Assets>
</PackageManifest>
"""
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension=".json" ContentType="application/json" />
  <Default Extension=".js" ContentType="application/javascript" />
  <Default Extension=".vsixmanifest" ContentType="text/xml" />
</Types>
"""


def stub_python(file: Path, pythons: list[str]) -> Path:
    """Writes the extension's package; the first of the Pythons is chosen to begin with, the command takes the next."""
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("extension.vsixmanifest", DESCRIPTION)
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("extension/package.json", json.dumps(MANIFEST))
        package.writestr("extension/extension.js", SOURCE % json.dumps(pythons))
    return file
