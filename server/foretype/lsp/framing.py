"""Messages in a byte stream: the headers and bodies of LSP's base protocol, without IO."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

# More than any editor sends at once; a larger length is a damaged header, and waiting for so much would be for ever.
_LONGEST_BODY = 256 * 1024 * 1024
_LONGEST_HEADER = 64 * 1024
_LENGTH = re.compile(rb"Content-Length:[ \t]*(\d{1,15})[ \t]*$", re.IGNORECASE)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that is no message: ``reason`` is one sentence, ``body`` whether a body was framed correctly."""

    reason: str
    body: bool


class MessageSplitter:
    """Cuts a byte stream into bodies.

    After something that is no header it goes on at the next ``Content-Length``, wherever in a line that stands, and
    reports the damage once.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length: int | None = None
        self._in_body = False
        self._damage_reported = False

    def feed(self, data: bytes) -> list[bytes | Malformed]:
        """The bodies that ``data`` completes, in order, with what was malformed between them."""
        self._buffer += data
        found: list[bytes | Malformed] = []
        while self._body(found) if self._in_body else self._header(found):
            pass
        return found

    def _body(self, found: list[bytes | Malformed]) -> bool:
        length = self._length or 0
        if len(self._buffer) < length:
            return False
        found.append(bytes(self._buffer[:length]))
        del self._buffer[:length]
        self._length, self._in_body, self._damage_reported = None, False, False
        return True

    def _header(self, found: list[bytes | Malformed]) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_HEADER:
                self._damage(found, "a header line has no end")
                # A length may stand at its end still.
                del self._buffer[:-64]
            return False
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        if match := _LENGTH.search(line):
            if match.start():
                self._damage(found, "something that is no header comes before Content-Length")
            self._length = int(match[1])
            if self._length > _LONGEST_BODY:
                self._damage(found, f"a message of {self._length} bytes is announced")
                self._length = None
        elif not line:
            self._in_body = self._length is not None
        elif not _HEADER.match(line):
            self._damage(found, "a line is no header")
        return True

    def _damage(self, found: list[bytes | Malformed], what: str) -> None:
        if not self._damage_reported:
            found.append(Malformed(f"What the editor sent is damaged: {what}; looking for the next message.", False))
        self._damage_reported = True


def decode(body: bytes) -> object | Malformed:
    """A body's JSON."""
    try:
        content: object = json.loads(body.decode("utf-8"))
        return content
    except UnicodeDecodeError as error:
        return Malformed(f"A message of {len(body)} bytes is not UTF-8 at byte {error.start}.", True)
    except json.JSONDecodeError as error:
        return Malformed(f"A message of {len(body)} bytes is not JSON: {error}.", True)
    except (ValueError, RecursionError):
        return Malformed(
            f"A message of {len(body)} bytes can't be read: a number too long or too deep a nesting.", True
        )
