"""A language server in a few lines, for tests of the bench's editor: it continues one known text.

Run as a child: ``python bench_server.py TARGET``. It suggests what TARGET has next when the line before the cursor is
a beginning of one of its lines; streams it in two parts; answers commands; and says what it was sent when asked.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

documents: dict[str, list[str]] = {}
heard: list[str] = []


def read() -> Any:
    length = 0
    while (line := sys.stdin.buffer.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def send(**message: Any) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sys.stdout.buffer.flush()


def change(uri: str, event: Any) -> None:
    start, end, lines = event["range"]["start"], event["range"]["end"], documents[uri]
    text = lines[start["line"]][: start["character"]] + event["text"] + lines[end["line"]][end["character"] :]
    lines[start["line"] : end["line"] + 1] = text.split("\n")


def suggestion(params: Any, target: list[str]) -> list[Any]:
    position = params["position"]
    before = documents[params["textDocument"]["uri"]][position["line"]][: position["character"]]
    rest = next((line[len(before) :] for line in target if before.strip() and line.startswith(before)), "")
    place = {"start": position, "end": position}
    command = {"command": "accept", "title": "", "arguments": ["1"]}
    return [{"insertText": rest, "range": place, "command": command}] if rest else []


def answer(message: Any, target: list[str]) -> Any:
    method, params = message["method"], message.get("params")
    if method == "initialize":
        return {"capabilities": {"positionEncoding": "utf-16", "inlineCompletionProvider": {}}}
    if method == "workspace/executeCommand":
        if params["command"] == "heard":
            return heard
        if params["command"] == "foretype.lastLedger":
            return {"ledger": {"prefill_tokens": 2, "decode_tokens": 5, "total_ms": 1.0, "source": "model"}}
        return "fake: 1 ms" if params["command"] == "foretype.explainLast" else None
    if method.endswith("inlineCompletion"):
        items = suggestion(params, target)
        token = params.get("streamToken")
        if token and items and len(items[0]["insertText"]) > 4:
            part = [{**items[0], "insertText": items[0]["insertText"][:4]}]
            value = {"items": part, "version": params["textDocument"]["version"], "done": False}
            send(method="$/progress", params={"token": token, "value": value})
        return {"items": items, "version": params["textDocument"].get("version"), "done": True}
    return None


def main() -> None:
    target = Path(sys.argv[1]).read_bytes().decode().split("\n")
    while message := read():
        method = message.get("method", "")
        heard.append(method)
        params = message.get("params")
        if method == "exit":
            return
        if method == "initialized":
            send(method="didChangeStatus", params={"kind": "Normal", "busy": False, "message": "ready"})
            send(id=1, method="workspace/configuration", params={"items": [{}, {}]})
        elif method == "textDocument/didOpen":
            documents[params["textDocument"]["uri"]] = params["textDocument"]["text"].split("\n")
        elif method == "textDocument/didChange":
            for event in params["contentChanges"]:
                change(params["textDocument"]["uri"], event)
        elif method == "unheard-of":
            send(id=message["id"], error={"code": -32601, "message": "no such method"})
        elif "id" in message and method:
            send(id=message["id"], result=answer(message, target))


if __name__ == "__main__":
    main()
