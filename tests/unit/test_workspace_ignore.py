"""Which files are left alone; for .gitignore, what Git itself says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from foretype.workspace.ignore import IgnoreRules, is_ignore_file, looks_secret

FILES = ("a.py", "b.py", "lib/a.py", "lib/sub/b.py", "build/a.py", "lib/build/b.py")
PATTERNS = st.lists(
    st.sampled_from(["*.py", "!a.py", "/a.py", "lib/", "!lib/", "build", "**/sub", "lib/*", "!lib/sub", "b.*", "# x"]),
    max_size=4,
)


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no Git to compare with")
@given(PATTERNS, PATTERNS)
@example(["build", "!lib/"], [])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_gitignore_means_what_git_takes_it_for(tmp_path: Path, top: list[str], nested: list[str]) -> None:
    root = tmp_path / "repository"
    if not root.exists():
        written(root, dict.fromkeys(FILES, ""))
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / ".gitignore").write_text("\n".join(top) + "\n")
    (root / "lib" / ".gitignore").write_text("\n".join(nested) + "\n")
    asked = subprocess.run(
        ["git", "-C", str(root), "check-ignore", "--no-index", *FILES], capture_output=True, text=True, check=False
    )
    rules = IgnoreRules((root,))
    # `build` is no built-in name, so nothing but the two files decides.
    assert {file for file in FILES if rules.ignores(root / file)} == set(asked.stdout.split())


def test_foretypeignore_takes_away_and_gives_nothing_back(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        {".gitignore": "secret/\n", ".foretypeignore": "*.gen.py\n!secret/\n", "lib/.foretypeignore": "!b.gen.py\n"},
    )
    rules = IgnoreRules((root,))
    assert rules.ignores(root / "secret" / "a.py")
    assert rules.ignores(root / "a.gen.py") and rules.ignores(root / "lib" / "a.gen.py")
    assert not rules.ignores(root / "lib" / "b.gen.py")
    assert not rules.ignores(root / "lib" / "a.py")


def test_rules_of_the_repository_around_the_folder_count(tmp_path: Path) -> None:
    root = written(tmp_path, {".git/HEAD": "", ".git/info/exclude": "mine.py\n", ".gitignore": "out/\n"})
    rules = IgnoreRules((root / "packages" / "one",))
    assert rules.ignores(root / "packages" / "one" / "out" / "a.py")
    assert rules.ignores(root / "packages" / "one" / "mine.py")
    assert not rules.ignores(root / "packages" / "one" / "a.py")


def test_rules_of_the_folder_around_repositories_count(tmp_path: Path) -> None:
    root = written(tmp_path, {".foretypeignore": "private/\n", "private/.git/HEAD": "", "other/.git/HEAD": ""})
    rules = IgnoreRules((root,))
    assert rules.ignores(root / "private" / "a.py")
    assert not rules.ignores(root / "other" / "a.py")


def test_files_outside_of_all_folders_obey_their_own_rules(tmp_path: Path) -> None:
    root = written(tmp_path, {"elsewhere/.foretypeignore": "*\n", "elsewhere/a.py": ""})
    assert IgnoreRules((root / "here",)).ignores(root / "elsewhere" / "a.py")


def test_a_changed_ignore_file_counts_once_it_is_forgotten(tmp_path: Path) -> None:
    rules = IgnoreRules((tmp_path,))
    assert not rules.ignores(tmp_path / "a.py")
    (tmp_path / ".gitignore").write_text("a.py\n")
    rules.forget()
    assert rules.ignores(tmp_path / "a.py")
    assert is_ignore_file(f"{tmp_path}/lib/.gitignore") and not is_ignore_file(f"{tmp_path}/gitignore.py")


@pytest.mark.parametrize(
    "path",
    [
        ".env", ".env.local", "production.env", "config/.env.py", "server.pem", "tls/private.key", "id_rsa",
        "id_ed25519.pub", ".ssh/config.py", "home/.aws/credentials", ".npmrc", ".pypirc", ".netrc",
        "terraform.tfvars", "secrets.yaml",
        "prod-secrets.json", "SECRETS.TOML", "credentials.json", "service-account-prod.json", "store.jks",
    ],
)  # fmt: skip
def test_secrets_by_name(path: str, tmp_path: Path) -> None:
    assert looks_secret(path)
    assert IgnoreRules((tmp_path,)).ignores(tmp_path / path)


@pytest.mark.parametrize(
    "path", ["environment.py", "key.py", "keys.py", "token.py", "secretary.py", "credential.py", "a.ts"]
)
def test_code_that_only_sounds_like_it(path: str) -> None:
    assert not looks_secret(path)


@pytest.mark.parametrize(
    "path", ["node_modules/a/index.js", ".git/hooks/a.py", "lib/__pycache__/a.py", "dist/a.min.js"]
)
def test_what_no_person_writes(path: str, tmp_path: Path) -> None:
    assert IgnoreRules((tmp_path,)).ignores(tmp_path / path)
