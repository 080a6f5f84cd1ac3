"""The registry's data, the folder of pulled models, and the sentences for what isn't there."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.models.errors import DamagedModel, ModelError, ModelNotPulled, NotAModel, SourceError, UnknownModel
from foretype.models.registry import HubSource, WheelSource, find, read_sources, registry, source_from
from foretype.models.store import Record, Store, default_folder

EXAMPLE = Path(__file__).parents[2] / "examples" / "configs" / "package-index.toml"


def put(store: Store, name: str, content: bytes = b"GGUF and more") -> Path:
    store.folder.mkdir(parents=True, exist_ok=True)
    path = store.path(find(name))
    path.write_bytes(content)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def test_every_name_says_what_it_means() -> None:
    assert list(registry()) == [
        "smollm2-135m",
        "qwen2.5-coder-0.5b",
        "qwen2.5-coder-1.5b",
        "qwen2.5-coder-3b",
        "qwen2.5-coder-7b",
    ]
    for name, model in registry().items():
        assert model.name == name
        assert "Instruct" in model.title
        assert ("Q4_K_M" in model.title) == (name != "smollm2-135m")
        assert model.memory_mb > model.size_mb
        assert model.permissive == (model.licence == "Apache-2.0")
        assert model.permissive or model.licence_url
    assert [name for name, model in registry().items() if not model.permissive] == ["qwen2.5-coder-3b"]


def test_the_example_of_sources_names_known_models_in_order() -> None:
    sources = read_sources(EXAMPLE)
    assert set(sources) <= set(registry())
    for source in sources.values():
        assert isinstance(source, WheelSource)
        numbers = [int(package.split("==")[0].rpartition("part")[2]) for package in source.packages]
        assert numbers == list(range(1, len(numbers) + 1))


def test_sources_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(
        '[a]\nkind = "hub"\nrepository = "x/y"\nfile = "z.gguf"\n[b]\nkind = "wheels"\npackages = ["p==1"]\n'
    )
    assert source_from(file, "a") == HubSource("x/y", "z.gguf")
    assert source_from(file, "b") == WheelSource(("p==1",))
    with pytest.raises(SourceError, match="says nothing of c; it names a, b"):
        source_from(file, "c")


@pytest.mark.parametrize(
    "text",
    [
        "a = 1",
        '[a]\nkind = "torrent"',
        '[a]\nkind = "hub"\nrepository = "x/y"',
        '[a]\nkind = "wheels"\npackages = []',
        '[a]\nkind = "wheels"\npackages = ["--index-url=http://elsewhere"]',
        '[a]\nkind = "wheels"\npackages = ["p"]',
        '[a]\nkind = "wheels"\npackages = ["p @ https://elsewhere/p.whl"]',
        '[a]\nkind = "wheels"\npackages = ["p==1\\n--pre"]',
        '[a]\nkind = "wheels"\npackages = ["../p==1"]',
        "a = [",
    ],
)
def test_sources_that_cannot_be_used_are_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(text)
    with pytest.raises(SourceError) as caught:
        read_sources(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_source_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read"):
        read_sources(tmp_path / "none.toml")


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(UnknownModel, match=r"did you mean qwen2\.5-coder-0\.5b\?"):
        find("qwen2.5-code-0.5b")
    with pytest.raises(UnknownModel, match=r"the names are smollm2-135m, .* \.gguf"):
        find("gpt")


def test_the_folder_is_the_users_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETYPE_MODELS", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("FORETYPE_MODELS")
    assert default_folder().parts[-2:] == ("foretype", "models")


def test_locate(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelNotPulled, match=r"`foretype models pull smollm2-135m` fetches it \(98 MB\)"):
        store.locate("smollm2-135m")
    path = put(store, "smollm2-135m")
    located = store.locate("smollm2-135m")
    assert (located.path, located.model) == (path, find("smollm2-135m"))

    own = tmp_path / "Own.GGUF"
    with pytest.raises(ModelNotPulled, match="no model file"):
        store.locate(str(own))
    own.write_bytes(b"GGUF")
    assert store.locate(str(own)).path == own
    assert store.locate(str(own)).model is None


@pytest.mark.parametrize("content", [b"", b"GG", b"PK\3\4 a zip"])
def test_what_is_no_gguf_is_said_at_once(store: Store, tmp_path: Path, content: bytes) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(content)
    with pytest.raises(NotAModel, match="is not a GGUF file"):
        store.locate(str(own))
    put(store, "smollm2-135m", content)
    with pytest.raises(NotAModel, match="is not a GGUF file"):
        store.locate("smollm2-135m")


def test_a_folder_is_no_model(store: Store, tmp_path: Path) -> None:
    (tmp_path / "folder.gguf").mkdir()
    with pytest.raises(NotAModel, match="can't be read"):
        store.locate(str(tmp_path / "folder.gguf"))


def test_verify_compares_with_the_published_sha256(store: Store, tmp_path: Path) -> None:
    put(store, "smollm2-135m")
    with pytest.raises(DamagedModel, match="the file is damaged; `foretype models pull smollm2-135m`"):
        store.verify("smollm2-135m")
    put(store, "qwen2.5-coder-7b")
    assert store.verify("qwen2.5-coder-7b").published is None
    store.note(find("qwen2.5-coder-7b"), Record("0" * 64, "somewhere"))
    with pytest.raises(DamagedModel):
        store.verify("qwen2.5-coder-7b")
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")
    assert store.verify(str(own)).published is None


def test_a_damaged_note_is_no_note(store: Store) -> None:
    put(store, "qwen2.5-coder-7b").with_suffix(".json").write_text("{")
    assert store.published(find("qwen2.5-coder-7b")) is None


def test_the_real_model_verifies_under_its_name_and_as_a_file(smollm2: Path, tmp_path: Path) -> None:
    verified = Store(smollm2.parent).verify("smollm2-135m")
    assert verified.sha256 == verified.published == find("smollm2-135m").sha256
    assert Store(tmp_path).verify(str(smollm2)).published == verified.sha256


def test_remove(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelNotPulled, match="nothing to remove"):
        store.remove("smollm2-135m")
    path = put(store, "smollm2-135m")
    store.note(find("smollm2-135m"), Record("0" * 64, "somewhere"))
    assert store.remove("smollm2-135m") == path
    assert not list(store.folder.iterdir())
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")
    with pytest.raises(ModelError, match="a file of your own"):
        store.remove(str(own))
    assert own.exists()
