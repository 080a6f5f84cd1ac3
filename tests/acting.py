"""An editor that asks for code actions on one file, and what it says of itself."""

import json

from foretype.bench.fix_session import apply_edit

CODE = "import os\n\n\ndef area(width, height):\n    unused = 1\n    return width * height\n"
UNUSED = {
    "range": {"start": {"line": 4, "character": 4}, "end": {"line": 4, "character": 10}},
    "message": "Local variable `unused` is assigned to but never used",
    "code": "F841",
    "source": "Ruff",
}
FULL = {
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
            "dataSupport": True,
            "isPreferredSupport": True,
            "disabledSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "tagSupport": {"valueSet": [1]},
        }
    },
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {
            "documentChanges": True,
            "changeAnnotationSupport": {},
            "resourceOperations": ["create"],
        },
    },
    "window": {"workDoneProgress": True},
}


class Bench:
    """A workspace with one file, and a client in a session with a server whose model says what the test writes."""

    def __init__(self, client, folder, answers, capabilities):
        self.client, self.folder, self.answers = client, folder, answers
        self.capabilities = capabilities
        self.file = folder / "shapes.py"
        self.uri = self.file.as_uri()
        self.version = 1
        self.text = ""

    def open(self, text=CODE, language="python"):
        self.file.write_bytes(text.encode())
        self.text = text
        self.client.open(self.uri, text, language)

    def say(self, *answers):
        self.answers.write_text(json.dumps(answers))

    async def actions(self, line=4, character=4, end=None, diagnostics=(), **context):
        start = {"line": line, "character": character}
        params = {
            "textDocument": {"uri": self.uri},
            "range": {"start": start, "end": end or start},
            "context": {"diagnostics": list(diagnostics), **context},
        }
        return await self.client.request("textDocument/codeAction", params)

    async def action(self, title, **asked):
        return next(each for each in await self.actions(**asked) if each["title"].startswith(title))

    async def resolve(self, action):
        return await self.client.request("codeAction/resolve", action)

    def applied(self, edit):
        return apply_edit(self.text, self.uri, edit)
