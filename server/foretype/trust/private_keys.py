"""Private keys in PEM of which a text shows only a part: a window of a file may begin or end in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LABEL = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
# A line of a key's body, by itself or as a string of source code that goes on with the next line.
_LINE = (
    r"[ \t]*[\"'`#*/]{0,3}[ \t]*[A-Za-z0-9+/]{30,100}={0,2}(?:\\[nr]){0,2}[\"'`]?[ \t]*[+.,;\\]?[ \t]*(?:\r?\n|\r|\Z)"
)
_SHORT = (
    r"[ \t]*[\"'`#*/]{0,3}[ \t]*[A-Za-z0-9+/]{1,100}={0,2}(?:\\[nr]){0,2}[\"'`]?[ \t]*[+.,;\\]?[ \t]*(?:\r?\n|\r|\Z)"
)
_HEADER = r"[ \t]*[A-Za-z-]{2,20}: [^\r\n]*(?:\r?\n|\r|\Z)|[ \t]*(?:\r?\n|\r)"

_BEGUN = re.compile(rf"-----BEGIN {_LABEL}(?:[^\r\n]*(?:\r?\n|\r)(?:{_HEADER}|{_LINE})*(?:{_SHORT})?|[^\r\n]*\Z)")
_ENDED = re.compile(rf"(?:^{_LINE})+(?:^{_SHORT})?(?=[^\n]{{0,8}}-----END {_LABEL})", re.MULTILINE)
_HEAD = re.compile(rf"\A(?:{_LINE})+(?:{_SHORT})?(?![^\n]{{0,8}}-----END (?!{_LABEL}))")


def key_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where parts of keys stand: one whose end the text lacks, one whose beginning it lacks, one that lacks both.

    The last is told by its place: lines of Base64 at the very beginning of a text.
    """
    for found in _BEGUN.finditer(text):
        if "-----END " not in found.group():
            yield found.span()
    for found in _ENDED.finditer(text):
        yield found.span()
    head = _HEAD.match(text)
    if head is not None:
        yield head.span()
