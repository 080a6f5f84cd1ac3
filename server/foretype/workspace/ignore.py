"""Which files are nobody's business: by .gitignore and .foretypeignore, and built-in patterns for keys and caches."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

IGNORE_FILES = (".gitignore", ".foretypeignore")
LARGEST_IGNORE_FILE = 256 * 1024

SECRETS = (
    ".env*", "*.env", ".envrc", "*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.jks", "*.keystore", "*.kdbx", "*.ppk",
    "*.asc", "*.gpg", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".netrc", "_netrc", ".npmrc", ".yarnrc*",
    ".pypirc", ".htpasswd", ".pgpass", ".my.cnf", ".git-credentials", ".dockercfg", ".docker/config.json",
    "credentials", "credentials.*", "*credentials*.json", "secret.*", "secrets.*", "*.secret", "*.secrets",
    "*secrets*.yaml", "*secrets*.yml", "*secrets*.json", "*secrets*.toml", "service-account*.json",
    "service_account*.json", "*.tfvars", "*.tfvars.json", "*.tfstate*", ".vault-token", "kubeconfig", ".kube/",
    ".ssh/", ".aws/", ".gnupg/", ".azure/", ".config/gcloud/", "*.ovpn", "*.mobileprovision",
)  # fmt: skip
"""Files that hold keys or passwords, or look as if they did."""

GENERATED = (
    ".git/", ".hg/", ".svn/", ".jj/", "node_modules/", "bower_components/", "__pycache__/", ".venv/", "venv/", ".tox/",
    ".nox/", ".mypy_cache/", ".ruff_cache/", ".pytest_cache/", ".hypothesis/", ".gradle/", ".terraform/", ".next/",
    ".nuxt/", ".cache/", "site-packages/", "*.min.js", "*.min.css", "*.bundle.js", "*.map", "*_pb2.py", "*.pb.go",
)  # fmt: skip
"""What no person writes, where it isn't in a .gitignore."""


class Cause(Enum):
    """Why a file is left alone."""

    SECRET = "looks like a file of secrets"
    GENERATED = "is written by no person"
    GITIGNORE = ".gitignore"
    FORETYPEIGNORE = ".foretypeignore"
    EXCLUDE = ".git/info/exclude"


_KINDS = (Cause.GITIGNORE, Cause.FORETYPEIGNORE, Cause.EXCLUDE)
"""The causes that are files, in the order of `IGNORE_FILES`."""


@lru_cache(maxsize=2)
def _built_in(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(patterns)


def looks_secret(path: str) -> bool:
    """Whether a path (with ``/``) names a file that may hold keys or passwords, by its name alone."""
    relative = path.lstrip("/").lower()
    return bool(relative) and _built_in(SECRETS).match_file(relative)


class IgnoreRules:
    """The rules of all folders, read when a file below them is asked about. `forget` when an ignore file changes.

    A path is judged by the ignore files from the top of its repository or workspace folder, whichever is further up,
    down to its own folder. As with Git, the deepest rule decides, and nothing below an ignored folder comes back.
    What .gitignore leaves out a .foretypeignore can't bring in.
    """

    def __init__(self, roots: tuple[Path, ...] = ()) -> None:
        self._roots = roots
        self._specs: dict[Path, tuple[GitIgnoreSpec | None, ...]] = {}
        self._tops: dict[Path, Path] = {}

    def forget(self) -> None:
        """Reads the ignore files again when they are needed."""
        self._specs.clear()
        self._tops.clear()

    def ignores(self, path: Path, is_folder: bool = False) -> bool:
        """Whether a file or folder, or a folder that it lies in, is to be left alone. ``path`` is absolute."""
        return any(self.ignores_entry(entry, kind) for entry, kind in self._way(path, is_folder))

    def causes(self, path: Path) -> frozenset[Cause]:
        """All reasons to leave a file alone; none for most files. ``path`` is absolute."""
        return frozenset(cause for entry, kind in self._way(path, False) for cause in self._causes(entry, kind))

    def ignores_entry(self, path: Path, is_folder: bool) -> bool:
        """The same as `ignores` for a path in a folder that is known not to be ignored."""
        return any(True for _ in self._causes(path, is_folder))

    def top(self, path: Path) -> Path:
        """Where the rules for a file begin: its repository or workspace folder, whichever is further up."""
        return self._top(path.parent)

    def _way(self, path: Path, is_folder: bool) -> Iterator[tuple[Path, bool]]:
        """The folders on the way to a path, and the path; each with whether it is a folder."""
        top = self._top(path.parent)
        parents = [folder for folder in path.parents if folder != top and top in folder.parents]
        yield from ((folder, True) for folder in reversed(parents))
        yield path, is_folder

    def _causes(self, path: Path, is_folder: bool) -> Iterator[Cause]:
        top = self._top(path.parent)
        relative = path.relative_to(top).as_posix() + ("/" if is_folder else "")
        if looks_secret(relative):
            yield Cause.SECRET
        if _built_in(GENERATED).match_file(relative):
            yield Cause.GENERATED
        yield from (cause for kind, cause in enumerate(_KINDS) if self._judged(kind, path, top, is_folder))

    def _judged(self, kind: int, path: Path, top: Path, is_folder: bool) -> bool:
        folder = path.parent
        while True:
            spec = self._rules(folder)[kind]
            if spec is not None:
                relative = path.relative_to(folder).as_posix() + ("/" if is_folder else "")
                verdict = _verdict(spec, relative)
                if verdict is not None:
                    return verdict
            if folder == top or folder == folder.parent:
                return False
            folder = folder.parent

    def _rules(self, folder: Path) -> tuple[GitIgnoreSpec | None, ...]:
        if folder not in self._specs:
            files = [folder / name for name in (*IGNORE_FILES, ".git/info/exclude")]
            self._specs[folder] = tuple(_read(file) for file in files)
        return self._specs[folder]

    def _top(self, folder: Path) -> Path:
        """Where the rules for a folder's files begin."""
        if folder not in self._tops:
            chain = [folder, *folder.parents]
            repository = next((each for each in chain if (each / ".git").exists()), None)
            root = next((each for each in reversed(chain) if each in self._roots), None)
            known = [each for each in (repository, root) if each is not None]
            self._tops[folder] = min(known, key=lambda each: len(each.parts), default=chain[-1])
        return self._tops[folder]


def _verdict(spec: GitIgnoreSpec, entry: str) -> bool | None:
    """What the last pattern says that matches an entry itself; None if none does.

    pathspec's patterns match what is below a folder too, and so ``!lib/`` would bring back all in it. With Git it
    brings back the folder, and what is in it is judged by itself.
    """
    for pattern in reversed(list(spec.patterns)):
        found = pattern.match_file(entry) if pattern.include is not None else None
        if found is not None:
            folder = found.match.groupdict().get("ps_d")
            if folder is None or found.match.end("ps_d") == len(entry):
                return bool(pattern.include)
    return None


def _read(file: Path) -> GitIgnoreSpec | None:
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_IGNORE_FILE:
            return None
        return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8", errors="replace").splitlines())
    except (OSError, ValueError):
        return None


def is_ignore_file(path: str) -> bool:
    """Whether a change of this file changes what is ignored."""
    return PurePosixPath(path).name in IGNORE_FILES or path.endswith(".git/info/exclude")
