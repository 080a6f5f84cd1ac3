"""Private keys in PEM of which a text shows only a part: a window of a file may begin or end in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]{0,40}?(PRIVATE KEY(?: BLOCK)?)?-----")
_LINE = re.compile(r"[^\r\n]*(?:\r?\n|\r)?")
_BODY = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_HEADER = re.compile(r"[A-Za-z-]{2,20}: ?[^\r\n]*")
# What stands around a line of a key in comments, and in source code that joins it line by line.
_AROUND = " \t\r\n\"'`#*;,\\"
_INDENT = " \t"
_COMMENT = re.compile(r"^(?://|--)(?: |$)")
_ESCAPED = re.compile(r"(?:\\[nr])+[\"'`]?[ \t]*[+.,;\\]?[ \t]*$")
LEAST = 30
"""Characters that a line of a key's body has at least, but for the last."""


def key_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where keys and parts of them stand, in time linear in the text.

    A part is told by its beginning, by its end, or by its place: lines of Base64 at the very beginning of a text.
    """
    first = _LINE.match(text)
    if "-----" not in text and not (first and _kind(first.group(), False, False)):
        return  # no mark, and no line of a key at the beginning: nearly every text
    start, end = 0, 0
    is_key = is_run = False
    for line in _LINE.finditer(text):
        if not line.group():
            break
        mark = _MARK.search(line.group())
        is_begun = is_key and not is_run
        kind = _kind(line.group(), is_run, is_begun)
        if is_begun and line.end() == len(text) and _BODY.fullmatch(line.group().strip(_INDENT)):
            kind = "body"  # as far as it is there
        if mark is not None:
            at, until = line.start() + mark.start(), line.start() + mark.end()
            private = mark[2] is not None
            if mark[1] == "END":
                if is_run and private:
                    yield start, until
                elif is_key and start < end:
                    yield start, end
                is_key = is_run = False
                continue
            if is_key:
                yield start, end
            is_key, is_run = private, False
            start, end = at, max(until, line.start() + len(line.group().rstrip("\r\n")))
            if private and (closed := _MARK.search(line.group(), mark.end())) is not None:
                yield at, line.start() + closed.end()
                is_key = False
        elif kind:
            if not is_run and not is_key:
                start, is_key = line.start(), line.start() == 0
            is_run = is_run or kind == "body"
            end = line.start() + len(line.group().rstrip("\r\n"))
        else:
            if is_key:
                yield start, end
            is_key = is_run = False
    if is_key:
        # A first line's end is a part: what the key is known by is still to come.
        yield start, end if is_run or text[end:].strip() else len(text)


def _kind(line: str, is_run: bool, is_begun: bool) -> str:
    """What a line would be in a key: ``body``, ``header``; empty if it is no line of one."""
    bare = _ESCAPED.sub("", _COMMENT.sub("", line.strip())).strip(_AROUND)
    if is_begun and (not bare or _HEADER.fullmatch(bare)):
        return "header"
    if not _BODY.fullmatch(bare):
        return ""
    return "body" if len(bare) >= LEAST or ((is_run or is_begun) and len(bare) % 4 == 0) else ""
