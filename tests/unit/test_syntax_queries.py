"""Every language's queries: they compile, keep to the vocabulary, and find in the fixture what they should."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import tree_sitter

from foretype.syntax.language_table import SPECS
from foretype.syntax.languages import Languages
from foretype.syntax.queries import VOCABULARY, Queries, QueryVocabularyError, grammars_folder

FOLDERS = sorted(path for path in grammars_folder().iterdir() if path.is_dir())
LANGUAGES = Languages()
UPDATE = bool(os.environ.get("FORETYPE_UPDATE_GOLDEN"))


def captured(query: tree_sitter.Query, source: bytes, grammar: tree_sitter.Language) -> dict[str, list[str]]:
    """The first line of everything captured, by capture name, in the order of the text."""
    root = tree_sitter.Parser(grammar).parse(source).root_node
    captures = tree_sitter.QueryCursor(query).captures(root)
    found = {}
    for name in sorted(name for name in captures if not name.startswith("_")):
        nodes = sorted(captures[name], key=lambda node: (node.start_byte, node.end_byte))
        found[name] = [source[n.start_byte : n.end_byte].decode().split("\n")[0][:60] for n in nodes]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_queries_find_what_the_fixture_holds(folder: Path) -> None:
    grammar = LANGUAGES.grammar(folder.name)
    assert grammar is not None, "the grammar's wheel is not installed"
    (fixture,) = folder.glob("fixture.*")
    source = fixture.read_bytes()
    assert not tree_sitter.Parser(grammar).parse(source).root_node.has_error, "the fixture must parse"
    queries = Queries(LANGUAGES)
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(folder.glob("*.scm")):
        query = queries.compile(folder.name, path.stem)
        assert query is not None
        found[path.stem] = captured(query, source, grammar)
    expected_path = folder / "expected.json"
    if UPDATE:
        expected_path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    expected: dict[str, Any] = json.loads(expected_path.read_text(encoding="utf-8"))
    assert sorted(found) == sorted(expected), "the query files and the expectations differ"
    for kind, captures in expected.items():
        assert found[kind] == captures, kind


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_capture_is_shown_by_the_fixture(folder: Path) -> None:
    queries = Queries(LANGUAGES)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for path in folder.glob("*.scm"):
        query = queries.compile(folder.name, path.stem)
        assert query is not None
        used = {query.capture_name(index) for index in range(query.capture_count)}
        shown = {name for name, texts in expected[path.stem].items() if texts}
        assert {name for name in used if not name.startswith("_")} == shown, path.name


def test_every_language_has_a_folder_and_every_folder_a_language() -> None:
    assert sorted(spec.id for spec in SPECS) == [folder.name for folder in FOLDERS]


def test_unknown_capture_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "text.scm").write_text("(comment) @remark\n")
    with pytest.raises(QueryVocabularyError, match=r"@remark in grammars/python/text\.scm is not in the vocabulary"):
        Queries(LANGUAGES, tmp_path).compile("python", "text")


def test_captures_for_predicates_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "text.scm").write_text('((comment) @_note (#match? @_note "x"))\n')
    assert Queries(LANGUAGES, tmp_path).compile("python", "text") is not None


def test_query_that_does_not_compile_is_reported_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "text.scm").write_text("(no_such_node) @comment\n")
    queries = Queries(LANGUAGES, tmp_path)
    assert queries.get("python", "text") is None
    assert queries.get("python", "text") is None
    assert len(caplog.records) == 1
    with pytest.raises(tree_sitter.QueryError):
        queries.compile("python", "text")


def test_inherits_joins_in_order_and_detects_circles(tmp_path: Path) -> None:
    for name, text in (
        ("c", "; inherits: cpp\n"),
        ("cpp", "; inherits: java,rust\n(b)"),
        ("java", "(j)"),
        ("rust", "(r)"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text.scm").write_text(text)
    queries = Queries(LANGUAGES, tmp_path)
    joined = queries.source("c", "text")
    assert joined is not None
    assert [line for line in joined.split("\n") if line.startswith("(")] == ["(j)", "(r)", "(b)"]
    (tmp_path / "java" / "text.scm").write_text("; inherits: c\n")
    with pytest.raises(QueryVocabularyError, match="c -> cpp -> java -> c"):
        queries.source("c", "text")
    (tmp_path / "java" / "text.scm").write_text("; inherits: go\n")
    with pytest.raises(QueryVocabularyError, match=r"inherits go, which has no text\.scm"):
        queries.source("c", "text")


def test_unknown_kind_is_rejected() -> None:
    with pytest.raises(QueryVocabularyError, match=r"highlights\.scm is not a kind of query"):
        Queries(LANGUAGES).source("python", "highlights")


def test_vocabulary_is_documented() -> None:
    readme = (grammars_folder() / "README.md").read_text(encoding="utf-8")
    for kind, captures in VOCABULARY.items():
        assert f"`{kind}.scm`" in readme
        assert [name for name in captures if f"`@{name}`" not in readme] == []
