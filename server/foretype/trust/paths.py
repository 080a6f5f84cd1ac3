"""Which files may leave this machine, and which may not even be completed on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from urllib.parse import unquote, urlsplit

from pathspec import GitIgnoreSpec

from foretype.workspace.folders import Folder
from foretype.workspace.ignore import Cause, IgnoreRules, is_ignore_file, looks_secret

KEPT_SECONDS = 5.0
"""How long a verdict holds where nobody tells of changed ignore files."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be done with a file. ``reason`` is a sentence for the user; empty where all may be done."""

    may_leave: bool = True
    may_complete: bool = True
    reason: str = ""


FREE = Verdict()


class PathPolicy:
    """Judges documents and the files shown with them; a file that two rules speak of gets the stricter verdict.

    ``local_only`` are patterns as in ``.gitignore``, for paths in the workspace folder, in the repository and on the
    machine. A link is judged by its own path and by where it leads. What is no file on this machine is judged by its
    name alone, and documents that were never saved are free. Judging a file reads the ignore files on its way, once
    in a while.
    """

    def __init__(self, to_path: Callable[[str], PurePath | None], local_only: Iterable[str] = ()) -> None:
        self._to_path = to_path
        self._folders: tuple[Folder, ...] = ()
        self._rules = IgnoreRules()
        self._verdicts: dict[str, Verdict] = {}
        self._judged_since = time.monotonic()
        self.set_local_only(local_only)

    def set_folders(self, folders: Iterable[Folder], watched: bool = False) -> None:
        """The workspace folders are now these."""
        self._folders = tuple(folders)
        self._rules = IgnoreRules(tuple(Path(folder.path) for folder in self._folders))
        self._verdicts.clear()

    def set_local_only(self, patterns: Iterable[str]) -> None:
        """The patterns of files that stay on this machine are now these."""
        self._local_only = _compiled(tuple(patterns))
        self._verdicts.clear()

    def files_changed(self, uris: Iterable[str]) -> None:
        """Files were made, changed or removed on disk; ignore files are read again if they are among them."""
        if any(is_ignore_file(uri) for uri in uris):
            self._forget()

    def verdict(self, uri: str) -> Verdict:
        """What may be done with a document."""
        return self._kept(uri, lambda: self._judge(uri))

    def fits(self, uri: str, patterns: tuple[str, ...]) -> bool:
        """Whether a document's path fits any of some patterns as in ``.gitignore``."""
        spec = _compiled(patterns)
        path = self._to_path(uri)
        spellings = self._spellings(Path(path)) if path is not None else [unquote(urlsplit(uri).path).lstrip("/")]
        return any(spec.match_file(each) for each in spellings if each)

    def verdict_of_shown(self, shown: str, uri: str) -> Verdict:
        """What may be done with another file, given the path it is shown with beside a document.

        That path is relative to the document's workspace folder, or begins with the name of another; for files in
        none it is their name. Where it could mean several files all have to be free.
        """
        return self._kept(f"{shown}\0{uri}", lambda: self._judge_shown(shown, uri))

    def _kept(self, key: str, judge: Callable[[], Verdict]) -> Verdict:
        now = time.monotonic()
        if now - self._judged_since > KEPT_SECONDS:
            self._judged_since = now
            self._forget()
        if key not in self._verdicts:
            self._verdicts[key] = judge()
        return self._verdicts[key]

    def _forget(self) -> None:
        self._rules.forget()
        self._verdicts.clear()

    def _judge(self, uri: str) -> Verdict:
        path = self._to_path(uri)
        if path is not None:
            return self._judge_path(Path(path))
        parts = urlsplit(uri)
        name = unquote(parts.path)
        if parts.scheme == "untitled":
            return FREE
        # Cells of notebooks have their notebook's path.
        return self._judge_path(Path(name)) if Path(name).is_absolute() else self._judge_name(name)

    def _judge_shown(self, shown: str, uri: str) -> Verdict:
        verdicts = [self._judge_path(path) for path in self._meant(shown, uri)] or [self._judge_name(shown)]
        return next((each for each in verdicts if not each.may_leave), FREE)

    def _judge_path(self, path: Path) -> Verdict:
        verdict = self._judge_as_named(path)
        if not verdict.may_complete:
            return verdict
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError):
            return verdict
        led = self._judge_as_named(real) if real != path else FREE
        return led if not led.may_complete or verdict.may_leave else verdict

    def _judge_as_named(self, path: Path) -> Verdict:
        causes = self._rules.causes(path)
        if Cause.FORETYPEIGNORE in causes:
            return Verdict(False, False, f"{path.name} is listed in .foretypeignore")
        for cause in (Cause.GITIGNORE, Cause.EXCLUDE):
            if cause in causes:
                return Verdict(False, True, f"{cause.value} keeps {path.name} on this machine")
        if Cause.SECRET in causes:
            return Verdict(False, True, f"{path.name} looks like a file of secrets, which stay on this machine")
        return self._judge_by_setting(path.name, self._spellings(path))

    def _judge_name(self, name: str) -> Verdict:
        """The verdict on what isn't a file here, or isn't known."""
        if looks_secret(name):
            last = name.rpartition("/")[2]
            return Verdict(False, True, f"{last} looks like a file of secrets, which stay on this machine")
        return self._judge_by_setting(name.rpartition("/")[2], [name.lstrip("/")])

    def _judge_by_setting(self, name: str, spellings: Iterable[str]) -> Verdict:
        if any(self._local_only.match_file(each) for each in spellings if each):
            return Verdict(False, True, f"privacy.local_only keeps {name} on this machine")
        return FREE

    def _spellings(self, path: Path) -> list[str]:
        """The path from the top of the machine, of its repository, and of each workspace folder that it lies in."""
        tops = {Path(path.anchor), self._rules.top(path), *(Path(folder.path) for folder in self._folders)}
        return [path.relative_to(top).as_posix() for top in tops if path.is_relative_to(top)]

    def _meant(self, shown: str, uri: str) -> list[Path]:
        """The files that a shown path may mean; where none of them is there, the one in the document's folder."""
        document = self._to_path(uri)
        named = {folder.name: Path(folder.path) for folder in self._folders}
        candidates = [Path(folder.path) / shown for folder in self._folders]
        first, _, rest = shown.partition("/")
        if rest and first in named:
            candidates.append(named[first] / rest)
        if document is not None:
            candidates.append(Path(document).parent / shown)
        there = [path for path in candidates if path.exists()]
        return there or candidates


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(_at_home(pattern) for pattern in patterns)


def _at_home(pattern: str) -> str:
    """A pattern whose ``~/`` is the user's home."""
    if not pattern.startswith("~/"):
        return pattern
    return PurePath(Path.home()).as_posix().removeprefix(Path.home().drive) + pattern[1:]
