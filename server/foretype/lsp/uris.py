"""File URIs and paths, for POSIX and Windows; pure."""

from __future__ import annotations

import os
import re
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote

# RFC 3986's unreserved characters and the path separator. VS Code escapes the drive's colon as well.
_UNESCAPED = "/-._~"
_DRIVE = re.compile(r"/[A-Za-z]:(?=/|$)")


def to_path(uri: str, *, windows: bool = os.name == "nt") -> PurePath | None:
    """The path that a ``file`` URI names on this machine (RFC 8089), or None: another scheme, another machine.

    ``windows`` says how to read it. There ``file:///c%3A/x`` is drive C, and ``file://server/share/x`` a UNC path.
    Names that aren't Unicode are kept as Python's own paths have them.
    """
    scheme, colon, rest = re.split("[?#]", uri, maxsplit=1)[0].partition(":")
    if not colon or scheme.lower() != "file":
        return None
    authority, path = "", rest
    if rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        path = slash + path
    try:
        authority, path = (unquote(part, errors=_errors(windows)) for part in (authority, path))
    except UnicodeDecodeError:
        return None
    if not path.startswith("/") or "\0" in path:
        return None
    local = authority.lower() in ("", "localhost")
    if not windows:
        return PurePosixPath(path) if local else None
    if not local:
        return PureWindowsPath(f"//{authority}{path}")
    if not _DRIVE.match(path):
        return PureWindowsPath(path)
    return PureWindowsPath(path[1:] if len(path) > len("/c:") else path[1:] + "/")


def from_path(path: PurePath) -> str:
    """The ``file`` URI of an absolute path, spelled as VS Code spells it; raises ValueError for a relative path."""
    if not path.is_absolute():
        raise ValueError(f"{path} is not an absolute path, so no URI names it.")
    text, windows = path.as_posix(), isinstance(path, PureWindowsPath)
    scheme = "file://"
    if windows and text.startswith("//"):
        scheme = "file:"
    elif windows:
        text = f"/{text[0].lower()}{text[1:]}"
    return scheme + quote(text, safe=_UNESCAPED, errors=_errors(windows))


def _errors(windows: bool) -> str:
    # Names are bytes on POSIX, and UTF-16 that needn't be valid on Windows.
    return "surrogatepass" if windows else "surrogateescape"
