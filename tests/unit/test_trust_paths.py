"""What may be done with a file: each rule by itself, the stricter of two, links, folders, and what is no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.lsp.uris import from_path, to_path
from foretype.trust import paths
from foretype.trust.paths import FREE, PathPolicy, Verdict
from foretype.workspace.client import Folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        ".git/HEAD": "",
        ".gitignore": "generated.py\n/scratch/\n",
        ".git/info/exclude": "mine.py\n",
        ".foretypeignore": "private/\n",
        "sub/.gitignore": "!generated.py\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def policy(root: Path, *local_only: str) -> PathPolicy:
    made = PathPolicy(to_path, local_only)
    made.set_folders([Folder(root, root.name)])
    return made


def judge(policy: PathPolicy, path: Path) -> Verdict:
    return policy.verdict(from_path(path))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("src/shop.py", ""),
        ("generated.py", ".gitignore keeps generated.py on this machine"),
        ("sub/generated.py", ""),
        ("scratch/deep/x.py", ".gitignore keeps x.py on this machine"),
        ("mine.py", ".git/info/exclude keeps mine.py on this machine"),
        (".env", ".env looks like a file of secrets, which stay on this machine"),
        ("deploy/.env.production", ".env.production looks like a file of secrets, which stay on this machine"),
        ("id_rsa", "id_rsa looks like a file of secrets, which stay on this machine"),
        ("node_modules/left-pad/index.js", ""),
        ("inner/x.py", "privacy.local_only keeps x.py on this machine"),
        ("src/x.secret.py", "privacy.local_only keeps x.secret.py on this machine"),
    ],
)
def test_a_file_that_may_not_leave_may_still_be_completed(root: Path, name: str, reason: str) -> None:
    verdict = judge(policy(root, "/inner/", "*.secret.py"), root / name)
    assert verdict == Verdict(not reason, True, reason)


def test_foretypeignore_takes_completion_too_and_goes_before_all_else(root: Path) -> None:
    found = judge(policy(root, "private/"), root / "private" / ".env")
    assert found == Verdict(False, False, ".env is listed in .foretypeignore")


def test_a_link_is_judged_by_where_it_leads_too(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "home" / ".ssh" / "config"
    secret.parent.mkdir(parents=True)
    secret.write_text("")
    (root / "notes.md").symlink_to(secret)
    (root / "free.md").symlink_to(root / "private" / "x.md")
    assert not judge(policy(root), root / "notes.md").may_leave
    assert not judge(policy(root), root / "free.md").may_complete


def test_a_file_outside_of_the_workspace_has_its_own_repository_s_rules(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    made = PathPolicy(to_path)
    made.set_folders([Folder(elsewhere, "elsewhere")])
    assert not judge(made, root / "generated.py").may_leave
    assert not judge(made, root / "private" / "x.py").may_complete
    assert judge(made, root / "src" / "x.py") == FREE


def test_patterns_of_the_user_can_name_folders_of_the_machine_and_the_home(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for pattern in (f"{root.as_posix()}/src/", "~/project/src/**", "**/project/src/*.py"):
        assert not judge(policy(root, pattern), root / "src" / "x.py").may_leave, pattern
        assert judge(policy(root, pattern), root / "lib" / "x.py").may_leave, pattern


@pytest.mark.parametrize(
    ("uri", "leaves"),
    [
        ("untitled:Untitled-1", True),
        ("untitled:/work/.env", True),
        ("vscode-vfs://github/owner/repository/x.py", True),
        ("vscode-vfs://github/owner/repository/.env", False),
        ("vscode-vfs://github/owner/inner/x.py", False),
        ("git:/nowhere/inner/x.py?ref", False),
    ],
)
def test_what_is_no_file_is_judged_by_its_name(root: Path, uri: str, leaves: bool) -> None:
    assert policy(root, "inner/").verdict(uri).may_leave is leaves


def test_cells_are_judged_as_their_notebook(root: Path) -> None:
    cell = from_path(root / "scratch" / "x.ipynb").replace("file:", "vscode-notebook-cell:") + "#W0"
    assert not policy(root).verdict(cell).may_leave


def test_verdicts_follow_ignore_files_that_change(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, file = policy(root), root / "src" / "x.py"
    assert judge(made, file) == FREE
    (root / ".gitignore").write_text("src/\n")
    made.files_changed([from_path(root / "src" / "y.py")])
    assert judge(made, file) == FREE  # nobody told
    made.files_changed([from_path(root / ".gitignore")])
    assert not judge(made, file).may_leave
    (root / ".gitignore").write_text("")
    monkeypatch.setattr(paths, "KEPT_SECONDS", -1.0)
    assert judge(made, file) == FREE
    made.set_local_only(["src/"])
    assert not judge(made, file).may_leave


def test_other_files_are_told_by_the_path_they_are_shown_with(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for path in (root / "src/a.py", root / "inner/b.py", other / "inner/c.py", other / "d.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    made = PathPolicy(to_path, ["inner/"])
    made.set_folders([Folder(root, "project"), Folder(other, "other")])
    beside = from_path(root / "src" / "x.py")
    shown = {
        "src/a.py": True,
        "inner/b.py": False,
        "other/inner/c.py": False,
        "other/d.py": True,
        "gone/inner/e.py": False,
        "scratch/gone.py": False,
        "gone.py": True,
        ".env": False,
    }
    assert {path: made.verdict_of_shown(path, beside).may_leave for path in shown} == shown


@pytest.mark.parametrize(
    ("patterns", "fits"),
    [
        (("gen/",), True),
        (("/src/gen/*.sql",), True),
        (("*.py", "*.sql"), True),
        (("/gen/",), False),
        (("*.py",), False),
        (("*.sql", "!query.sql"), False),
    ],
)
def test_patterns_of_routes_fit_paths_in_the_workspace(root: Path, patterns: tuple[str, ...], fits: bool) -> None:
    assert policy(root).fits(from_path(root / "src" / "gen" / "query.sql"), patterns) is fits
