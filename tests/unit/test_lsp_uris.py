"""File URIs and paths, both flavours on any system."""

import string
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foretype.lsp.uris import from_path, to_path

POSIX = [
    ("file:///home/me/a.py", "/home/me/a.py"),
    ("file:///a%20b/%C3%A9%F0%9F%98%80.py", "/a b/é😀.py"),
    ("file:///a b.py", "/a b.py"),
    ("FILE:///a.py", "/a.py"),
    ("file:/a.py", "/a.py"),
    ("file://localhost/a.py", "/a.py"),
    ("file:///a%23b%3Fc.py", "/a#b?c.py"),
    ("file:///a.py#L3", "/a.py"),
    ("file:///a.py?version=1", "/a.py"),
    ("file:///not-utf8-%FF", "/not-utf8-\udcff"),
    ("file:///c%3A/x.py", "/c:/x.py"),
]
WINDOWS = [
    ("file:///c%3A/Users/me/a%20b.py", r"c:\Users\me\a b.py"),
    ("file:///C:/x.py", r"C:\x.py"),
    ("file:///c:", "c:\\"),
    ("file://server/share/x.py", r"\\server\share\x.py"),
    ("file://my%20server/share/x.py", r"\\my server\share\x.py"),
    ("file:///Users/me", r"\Users\me"),
    ("file://localhost/d:/x", r"d:\x"),
]
NOWHERE = ["untitled:Untitled-1", "vscode-remote://ssh/a.py", "git:/a.py", "a.py", "/a.py", "", "file:a.py", "file://"]


@pytest.mark.parametrize(("uri", "path"), POSIX)
def test_posix_path(uri, path):
    assert to_path(uri, windows=False) == PurePosixPath(path)


@pytest.mark.parametrize(("uri", "path"), WINDOWS)
def test_windows_path(uri, path):
    assert str(to_path(uri, windows=True)) == path


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("uri", [*NOWHERE, "file:///a%00b"])
def test_what_names_no_file_here(uri, windows):
    assert to_path(uri, windows=windows) is None


def test_bytes_that_are_no_windows_name():
    assert to_path("file:///c%3A/%FF", windows=True) is None


def test_another_machine_has_no_posix_path():
    assert to_path("file://server/share/x.py", windows=False) is None


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/a b/é#?.py"), "file:///a%20b/%C3%A9%23%3F.py"),
        (PureWindowsPath(r"C:\Users\a b.py"), "file:///c%3A/Users/a%20b.py"),
        (PureWindowsPath(r"\\server\my share\x.py"), "file://server/my%20share/x.py"),
    ],
)
def test_uri_of_path(path, uri):
    assert from_path(path) == uri


@pytest.mark.parametrize("path", [PurePosixPath("a.py"), PureWindowsPath(r"c:a.py"), PureWindowsPath(r"\a.py")])
def test_a_relative_path_has_no_uri(path):
    with pytest.raises(ValueError, match="not an absolute path"):
        from_path(path)


NAMES = st.text(st.characters(exclude_characters="/\\:\0"), min_size=1).filter(lambda name: name not in (".", ".."))
BYTES = st.binary(min_size=1).map(lambda name: name.replace(b"/", b"-").replace(b"\0", b"-"))


@given(st.lists(BYTES, max_size=4))
def test_posix_paths_round_trip_whatever_their_bytes(names):
    path = PurePosixPath("/", *(name.decode("utf-8", "surrogateescape") for name in names))
    assert to_path(from_path(path), windows=False) == path


@given(
    st.sampled_from([rf"{letter}:" for letter in string.ascii_letters] + [r"\\server\share", r"\\a b\c%d"]),
    st.lists(NAMES, max_size=4),
)
@example("c:", ["\ud800"])
def test_windows_paths_round_trip(drive, names):
    path = PureWindowsPath(drive + "\\", *names)
    assert to_path(from_path(path), windows=True) == path
