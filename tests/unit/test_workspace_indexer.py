"""The index of a folder on disk, kept up to date by events, and what open documents change about it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foretype.context.related import Tier
from foretype.syntax.outline import Symbol
from foretype.syntax.queries import Queries
from foretype.syntax.trees import RegionTree
from foretype.workspace import indexer as module
from foretype.workspace.files import LARGEST_FILE, LONGEST_LINE
from foretype.workspace.folders import path_key
from foretype.workspace.indexer import Indexer

NAMES = st.sampled_from(["a.py", "b.py", "lib/a.py", "lib/deep/c.ts", "out/d.py", ".env", "notes.md"])
TEXTS = st.sampled_from(["def one():\n    pass\n", "def two():\n    pass\n", "class Three:\n    pass\n", ""])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NAMES, TEXTS),
        st.tuples(st.just("delete"), NAMES),
        st.tuples(st.just("delete folder"), st.sampled_from(["lib", "lib/deep", "out"])),
        st.tuples(st.just("rename"), NAMES, NAMES),
        st.tuples(st.just("ignore"), st.sampled_from(["", "out/\n", "a.py\n", "*\n!b.py\n"])),
        st.tuples(st.just("open"), NAMES, TEXTS),
        st.tuples(st.just("close"), NAMES),
        st.tuples(st.just("read a little")),
    ),
    max_size=14,
)


def indexed(root: Path, documents: dict[str, str] | None = None) -> Indexer:
    indexer = Indexer()
    indexer.set_folders([(str(root), root.name)])
    for path, text in (documents or {}).items():
        indexer.open(path, "python", text)
    indexer.finish()
    return indexer


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def defined(indexer: Indexer, root: Path) -> dict[str, list[str]]:
    return {
        path.removeprefix(path_key(root) + "/"): [symbol.name for symbol in outline.symbols]
        for path, outline in sorted(indexer.index.outlines.items())
    }


class Disk:
    """A folder that is changed step by step, and the events that tell of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.documents: dict[str, str] = {}
        root.mkdir()

    def apply(self, indexer: Indexer, step: tuple[str, ...]) -> None:
        what, *arguments = step
        if what == "read a little":
            indexer.step()
            return
        if what == "ignore":
            (self.root / ".gitignore").write_text(arguments[0])
            indexer.changed([path_key(self.root / ".gitignore")])
            return
        file = self.root / arguments[0]
        key = path_key(file)
        if what == "open":
            self.documents[key] = arguments[1]
            indexer.open(key, "python", arguments[1])
        elif what == "close":
            self.documents.pop(key, None)
            indexer.close(key)
        elif what == "write":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(arguments[1])
            indexer.changed([key])
        elif what == "delete":
            file.unlink(missing_ok=True)
            indexer.changed([key])
        elif what == "delete folder":
            shutil.rmtree(file, ignore_errors=True)
            indexer.changed([key])
        elif file.exists():
            target = self.root / arguments[1]
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            indexer.changed([key, path_key(target)])


@given(STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_incremental_is_fresh(tmp_path: Path, steps: list[tuple[str, ...]]) -> None:
    root = tmp_path / "workspace"
    shutil.rmtree(root, ignore_errors=True)
    disk, indexer = Disk(root), indexed(tmp_path / "workspace")
    for step in steps:
        disk.apply(indexer, step)
    indexer.finish()
    fresh = indexed(root, disk.documents)
    assert dict(indexer.index.outlines) == dict(fresh.index.outlines)
    assert indexer.index.symbol_count == fresh.index.symbol_count


def test_what_never_enters(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        {
            ".gitignore": "generated/\n",
            "good.py": "def good(): ...\n",
            "generated/bad.py": "def bad(): ...\n",
            "sub/.foretypeignore": "private.py\n",
            "sub/private.py": "def bad(): ...\n",
            "sub/fine.py": "def fine(): ...\n",
            ".env": "KEY=1\n",
            "secrets.py": "KEY = 1\n",
            "node_modules/x/index.js": "function bad() {}\n",
            "data.json": "{}\n",
            "long.js": "function bad() {}; " + "x" * LONGEST_LINE + "\n",
            "big.py": "x = 1\n" * (LARGEST_FILE // 6 + 1),
        },
    )
    (root / "binary.py").write_bytes(b"def bad(): ...\n\0")
    (root / "latin.py").write_bytes(b"def bad(): ...  # \xe9\n")
    assert defined(indexed(root), root) == {"good.py": ["good"], "sub/fine.py": ["fine"]}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = written(tmp_path / "outside", {"secret.py": "def secret(): ...\n"})
    root = written(tmp_path / "inside", {"a.py": "def a(): ...\n"})
    (root / "linked").symlink_to(outside)
    (root / "linked.py").symlink_to(outside / "secret.py")
    (root / "around").symlink_to(root)
    indexer = indexed(root)
    indexer.changed([path_key(root / "linked.py"), path_key(root / "linked" / "secret.py")])
    indexer.finish()
    assert defined(indexer, root) == {"a.py": ["a"]}


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 3)
    root = written(tmp_path, {f"deep/{n}.py": f"def f{n}(): ...\n" for n in range(5)} | {"top.py": "def top(): ...\n"})
    indexer = indexed(root)
    assert list(defined(indexer, root)) == ["deep/0.py", "deep/1.py", "top.py"]
    indexer.changed([path_key(root / "deep" / "4.py")])
    indexer.finish()
    assert len(indexer.index.outlines) == 3


def test_a_rescan_finds_what_nobody_told_of_and_counts_only_then(tmp_path: Path) -> None:
    root = written(tmp_path, {"a.py": "def a(): ...\n"})
    indexer = indexed(root)
    assert indexer.scans == 1
    indexer.rescan()
    indexer.finish()
    assert indexer.scans == 1
    written(root, {"b.py": "def b(): ...\n"})
    indexer.rescan()
    indexer.finish()
    assert indexer.scans == 2 and list(defined(indexer, root)) == ["a.py", "b.py"]


def test_folders_come_and_go(tmp_path: Path) -> None:
    one = written(tmp_path / "one", {"a.py": "def a(): ...\n"})
    two = written(tmp_path / "two", {"b.py": "def b(): ...\n"})
    indexer = indexed(one)
    indexer.set_folders([(str(one), "one"), (str(two), "two")])
    indexer.finish()
    assert list(defined(indexer, tmp_path)) == ["one/a.py", "two/b.py"]
    indexer.set_folders([(str(two), "two")])
    indexer.finish()
    assert list(defined(indexer, tmp_path)) == ["two/b.py"]
    assert indexer.folders.shown(path_key(two / "b.py"), path_key(two / "c.py")) == "b.py"
    assert indexer.folders.name(path_key(two / "b.py")) == "two"


def test_paths_are_shown_as_they_are_in_the_workspace(tmp_path: Path) -> None:
    indexer = Indexer()
    indexer.set_folders([(str(tmp_path / "one"), "One"), (str(tmp_path / "one" / "inner"), "Inner")])
    here = path_key(tmp_path / "one" / "src" / "a.py")
    assert indexer.folders.shown(here, here) == "src/a.py"
    assert indexer.folders.shown(path_key(tmp_path / "one" / "inner" / "b.py"), here) == "Inner/b.py"
    assert indexer.folders.shown(path_key(tmp_path / "c.py"), here) == "c.py"
    assert indexer.folders.shown("untitled:Untitled-1", here) == "untitled:Untitled-1"


CALLER = "from money import add\n\nadd()\n"


def needed(indexer: Indexer, path: str) -> list[str]:
    return [piece.text for piece in indexer.related(path, 2, (0, 4)) if piece.tier is Tier.NEEDED]


def test_open_documents_count_in_place_of_their_files(tmp_path: Path) -> None:
    root = written(tmp_path, {"money.py": "def add(a): ...\n", "main.py": CALLER})
    indexer = indexed(root)
    main, money = path_key(root / "main.py"), path_key(root / "money.py")
    indexer.open(main, "python", CALLER)
    assert needed(indexer, main) == ["def add(a): ...\n"]
    indexer.open(money, "python", "def add(a, b): ...\n")
    assert needed(indexer, main) == ["def add(a, b): ...\n"]
    written(root, {"money.py": "def add(c): ...\n"})
    indexer.changed([money])
    indexer.finish()
    assert needed(indexer, main) == ["def add(a, b): ...\n"]
    indexer.close(money)
    assert needed(indexer, main) == ["def add(c): ...\n"]


def test_a_file_that_changed_unseen_is_not_misread(tmp_path: Path) -> None:
    root = written(tmp_path, {"money.py": "def add(a): ...\n", "main.py": CALLER})
    indexer = indexed(root)
    main = path_key(root / "main.py")
    indexer.open(main, "python", CALLER)
    written(root, {"money.py": "import os\n\n\ndef add(a, b, c): ...\n"})
    assert needed(indexer, main) == []
    assert needed(indexer, main) == ["def add(a, b, c): ...\n"]


def test_open_secrets_and_ignored_files_are_shown_to_nobody(tmp_path: Path) -> None:
    root = written(tmp_path, {".foretypeignore": "hidden.py\n", "main.py": CALLER})
    indexer = indexed(root)
    main = path_key(root / "main.py")
    for name in ("hidden.py", "secrets.py"):
        indexer.open(path_key(root / name), "python", "def add(add, money): ...\n")
        indexer.open(path_key(root / name), "python", "def add(add, money, more): ...\n")
    indexer.open(main, "python", CALLER)
    assert indexer.related(main, 2, (0, 4)) == ()
    assert "add" not in {symbol.name for outline in indexer.index.outlines.values() for symbol in outline.symbols}


def test_one_bad_file_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.symbols

    def failing(tree: RegionTree, queries: Queries) -> tuple[Symbol, ...]:
        if "bad" in tree.lines[0]:
            raise RecursionError
        return real(tree, queries)

    monkeypatch.setattr(module, "symbols", failing)
    root = written(tmp_path, {"a.py": "def bad(): ...\n", "b.py": "def good(): ...\n"})
    indexer = indexed(root)
    assert defined(indexer, root) == {"b.py": ["good"]}

    def lost(*arguments: object) -> None:
        raise RecursionError

    monkeypatch.setattr(module, "gather", lost)
    indexer.open(path_key(root / "b.py"), "python", "def good(): ...\n")
    assert indexer.related(path_key(root / "b.py"), 0, (0, 1)) == ()


def test_what_is_not_to_be_shown_any_more(tmp_path: Path) -> None:
    root = written(tmp_path, {"money.py": "x = 1\n", "open.py": "x = 1\n"})
    indexer = indexed(root)
    money, opened = path_key(root / "money.py"), path_key(root / "open.py")
    indexer.open(opened, "python", "x = 1\n")
    assert not indexer.is_gone(money) and not indexer.is_gone(opened)
    written(root, {".foretypeignore": "*.py\n"})
    indexer.changed([path_key(root / ".foretypeignore")])
    indexer.finish()
    assert indexer.is_gone(money) and indexer.is_gone(opened)


def test_recent_edits_of_other_files_are_shown(tmp_path: Path) -> None:
    root = written(tmp_path, {"main.py": "x = 1\n"})
    indexer = indexed(root)
    other, main = path_key(root / "other.py"), path_key(root / "main.py")
    before = "".join(f"line_{n} = {n}\n" for n in range(40))
    indexer.open(other, "python", before)
    indexer.open(other, "python", before.replace("line_20 = 20", "renamed = 20"))
    indexer.open(main, "python", "x = 1\n")
    (piece,) = (each for each in indexer.related(main, 0, (0, 2)) if each.tier is Tier.EDITED)
    assert piece.lines == (18, 22) and "renamed = 20\n" in piece.text


def test_documents_without_a_grammar_or_too_large_have_nothing_related(tmp_path: Path) -> None:
    indexer = indexed(tmp_path)
    indexer.open("untitled:1", "python", "x = 1\n" * LARGEST_FILE)
    indexer.open("untitled:2", "cobol", "x\n")
    assert indexer.related("untitled:1", 0, (0, 1)) == indexer.related("untitled:2", 0, (0, 1)) == ()
    assert indexer.related("untitled:3", 0, (0, 1)) == ()
