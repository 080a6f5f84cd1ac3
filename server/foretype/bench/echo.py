"""The barest JSON-RPC server: it reads a message, and answers a request with its own parameters.

Run as a child, ``python -m foretype.bench.echo``. What it takes is what framing, JSON and pipes take.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Echo until the input ends."""
    reader, writer = sys.stdin.buffer, sys.stdout.buffer
    while True:
        length = 0
        while (line := reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            return
        message = json.loads(reader.read(length))
        if "id" in message:
            body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": message.get("params")}).encode()
            writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            writer.flush()


if __name__ == "__main__":
    main()
