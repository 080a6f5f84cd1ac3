"""Layers of settings: order, origins, what a workspace may change, and the sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.config.keys import SettingsError, keys
from foretype.config.load import (
    Layer,
    Resolved,
    defaults,
    load,
    with_command_line,
    with_initialization_options,
    with_trust,
    with_workspace,
)
from foretype.config.schema import Settings, Workspace

BASE = defaults(Path("foretype.toml"))

ENDPOINT = st.fixed_dictionaries(
    {"kind": st.sampled_from(["ollama", "openai-chat"]), "url": st.just("http://127.0.0.1:1/v1")},
    optional={"model": st.just("m"), "headers": st.just({"X-Team": "a"}), "limits": st.just({})},
)
VALUES: dict[str, st.SearchStrategy[object]] = {
    "model": st.sampled_from(["smollm2-135m", "qwen2.5-coder-0.5b", "/models/x.gguf"]),
    "completion.enabled": st.booleans(),
    "completion.disabled_languages": st.lists(st.sampled_from(["go", "rust", "python"]), max_size=3),
    "completion.context": st.booleans(),
    "completion.max_lines": st.integers(1, 100),
    "completion.popup": st.sampled_from(["auto", "always", "never"]),
    "local.gpu_layers": st.one_of(st.just("auto"), st.integers(0, 99)),
    "local.threads": st.one_of(st.just("auto"), st.integers(1, 64)),
    "local.kv_memory_mb": st.integers(16, 10_000),
    "local.unload_after_minutes": st.floats(0.5, 1000),
    "local.drafts": st.booleans(),
    "local.speculate": st.booleans(),
    "local.speculate_on_battery": st.booleans(),
    "endpoints": st.fixed_dictionaries({"fast": ENDPOINT}, optional={"team": ENDPOINT}),
    "route.engines": st.lists(st.sampled_from(["local", "fast"]), min_size=1, max_size=2),
    "route.policy": st.sampled_from(["first", "race", "local-first"]),
    "route.overrides": st.lists(st.just({"engines": ["local"], "paths": ["private/**"]}), max_size=1),
    "actions.enabled": st.booleans(),
    "actions.allow_executing": st.booleans(),
    "actions.checkers": st.dictionaries(st.just("ruff"), st.just(["ruff", "check", "-"]), max_size=1),
    "actions.test_command": st.sampled_from([[], ["pytest", "-q"]]),
    "actions.probe_command": st.just([]),
    "actions.budget_seconds": st.floats(1, 600),
    "actions.candidates": st.integers(1, 20),
    "actions.small_edits": st.sampled_from(["auto", "never"]),
    "actions.custom": st.lists(st.just({"title": "Shout", "prompt": "Write it in capitals."}), max_size=1),
    "privacy.offline": st.booleans(),
    "privacy.local_only": st.lists(st.sampled_from(["a/**", "*.b"]), max_size=2),
    "privacy.log_sent_text": st.booleans(),
    "log_level": st.sampled_from(["error", "warning", "info", "debug"]),
}
FLAT = st.fixed_dictionaries({}, optional=VALUES).map(
    lambda flat: (
        flat | ({"endpoints": {"fast": {"kind": "ollama", "url": "http://127.0.0.1:1"}}} | flat)
        if "fast" in flat.get("route.engines", ())
        else flat
    )
)
"""Settings by dotted name. A route that names an endpoint comes with it."""


def nested(flat: dict[str, object]) -> dict[str, object]:
    tree: dict[str, object] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        table = tree
        for part in path:
            table = table.setdefault(part, {})  # type: ignore[assignment]
        table[last] = value
    return tree


def value_of(settings: Settings, name: str) -> object:
    value: object = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def as_set(name: str, value: object) -> object:
    return msgspec.convert(value, keys()[name].type)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_setting_has_a_strategy_a_description_and_a_valid_default() -> None:
    assert set(VALUES) == set(keys())
    for key in keys().values():
        assert key.description.endswith(".")
        assert msgspec.convert(msgspec.to_builtins(key.default), key.type) == key.default


def test_privilege_is_marked_in_the_schema() -> None:
    privileged = {name for name, key in keys().items() if key.workspace is Workspace.NOTHING}
    tables = ("actions.", "endpoints", "local.", "route.")
    others = {"model", "log_level", "privacy.log_sent_text"}
    assert privileged == others | {name for name in keys() if name.startswith(tables)}


def test_editors_get_descriptions_and_limits_from_the_schema() -> None:
    schema = msgspec.json.schema(Settings)
    completion = schema["$defs"]["Completion"]["properties"]
    assert completion["max_lines"]["maximum"] == 100
    assert all(entry["description"] for entry in completion.values())


@given(FLAT, FLAT)
def test_user_layers_overwrite_in_order_and_origins_say_so(first: dict[str, object], second: dict[str, object]) -> None:
    resolved = with_initialization_options(BASE, nested(first))
    resolved = with_command_line(resolved, second)
    for name, key in keys().items():
        if name in second:
            expected, origin = second[name], Layer.COMMAND_LINE
        elif name in first:
            expected, origin = first[name], Layer.INITIALIZATION
        else:
            expected, origin = key.default, Layer.DEFAULT
        assert value_of(resolved.settings, name) == as_set(name, expected)
        assert resolved.origins[name] is origin


@given(FLAT, FLAT)
def test_a_workspace_never_widens(base: dict[str, object], workspace: dict[str, object]) -> None:
    before = with_initialization_options(BASE, nested(base))
    after = with_workspace(before, nested(workspace))
    for name, key in keys().items():
        old, new = value_of(before.settings, name), value_of(after.settings, name)
        if key.workspace is Workspace.NOTHING:
            assert new == old
            assert after.origins[name] is before.origins[name]
        if name == "completion.enabled":
            assert not (new and not old)
        if name == "privacy.offline":
            assert new or not old
        if name in ("completion.disabled_languages", "privacy.local_only"):
            assert set(old) <= set(new)  # type: ignore[call-overload]


@given(FLAT, FLAT, FLAT)
def test_only_the_last_answer_of_a_layer_counts(
    base: dict[str, object], first: dict[str, object], second: dict[str, object]
) -> None:
    start = with_initialization_options(BASE, nested(base))
    direct = with_workspace(start, nested(second))
    changed = with_workspace(with_workspace(start, nested(first)), nested(second))
    assert (changed.settings, changed.origins) == (direct.settings, direct.origins)
    assert with_workspace(changed, None).settings == start.settings


@given(FLAT, FLAT)
def test_the_order_of_arrival_does_not_matter(options: dict[str, object], workspace: dict[str, object]) -> None:
    one = with_workspace(with_initialization_options(BASE, nested(options)), nested(workspace))
    other = with_initialization_options(with_workspace(BASE, nested(workspace)), nested(options))
    assert one.settings == other.settings


def test_file_layer_with_origins(tmp_path: Path) -> None:
    file = written(tmp_path, 'model = "qwen2.5-coder-0.5b"\n[local]\nunload_after_minutes = 5\n')
    resolved = load(file)
    assert resolved.settings.model == "qwen2.5-coder-0.5b"
    assert resolved.settings.local.unload_after_minutes == 5.0
    assert resolved.origins["model"] is Layer.FILE
    assert resolved.origins["local.threads"] is Layer.DEFAULT
    assert resolved.file == file


def test_a_model_path_is_relative_to_the_file_it_is_written_in(tmp_path: Path) -> None:
    assert load(written(tmp_path, 'model = "models/x.GGUF"')).settings.model == str(tmp_path / "models" / "x.GGUF")
    absolute = (tmp_path / "y.gguf").as_posix()
    assert Path(load(written(tmp_path, f'model = "{absolute}"')).settings.model) == Path(absolute)


def test_a_ca_file_is_relative_to_the_file_it_is_written_in(tmp_path: Path) -> None:
    text = '[endpoints.team]\nkind = "ollama"\nurl = "https://team"\nca_file = "certificates/team.pem"'
    endpoint = load(written(tmp_path, text)).settings.endpoints["team"]
    assert endpoint.ca_file == str(tmp_path / "certificates" / "team.pem")


def test_the_users_own_file_may_be_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foretype.config.load.user_file", lambda: tmp_path / "none.toml")
    assert load().settings == Settings()


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(written(tmp_path, '\ufefflog_level = "debug"')).settings.log_level == "debug"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[completion]\nmax_lines = 0", "completion.max_lines is 0 in {}, but has to be a whole number from 1 to 100."),
        (
            "[completion]\nmax_lines = true",
            "completion.max_lines is true in {}, but has to be a whole number from 1 to 100.",
        ),
        (
            "[completion]\nmax_lines = 1.5",
            "completion.max_lines is 1.5 in {}, but has to be a whole number from 1 to 100.",
        ),
        ('[completion]\nenabled = "yes"', 'completion.enabled is "yes" in {}, but has to be true or false.'),
        (
            "[completion]\ndisabled_languages = 'go'",
            'completion.disabled_languages is "go" in {}, but has to be a list of strings.',
        ),
        (
            "[completion]\nmax_linse = 3",
            "completion.max_linse in {} is not a setting; did you mean completion.max_lines?",
        ),
        ("zzz = 1", "zzz in {} is not a setting; `foretype config` lists them all."),
        ('"" = 1', '"" in {} is not a setting; `foretype config` lists them all.'),
        (
            "completion = 3",
            "completion is 3 in {}, but has to be a table with any of "
            "enabled, disabled_languages, max_lines, context, popup.",
        ),
        ("model = ''", 'model is "" in {}, but has to be a string that isn\'t empty.'),
        (
            "[local]\nthreads = 'all'",
            'local.threads is "all" in {}, but has to be a whole number of at least 1 or "auto".',
        ),
        (
            "[local]\nunload_after_minutes = nan",
            "local.unload_after_minutes is NaN in {}, but has to be a number above 0 and at most 525600.",
        ),
        (
            "log_level = 2026-01-01",
            'log_level is "2026-01-01" in {}, but has to be "debug", "error", "info" or "warning".',
        ),
        ("endpoints = 3", "endpoints is 3 in {}, but has to be a table."),
        (
            '[endpoints.fast]\nkind = "ollama"',
            "endpoints.fast.url is missing in {}; it has to be a string that matches ^https?://[^\\s/]+.",
        ),
        (
            '[endpoints.fast]\nkind = "ollama"\nurl = "http://x"\nkey = "value"',
            "endpoints.fast.key in {} is not a setting; did you mean endpoints.fast.key_env?",
        ),
        (
            '[endpoints.fast]\nkind = "ollama"\nurl = "http://x"\nlimits = { tokens_per_day = 0 }',
            "endpoints.fast.limits.tokens_per_day is 0 in {}, but has to be a whole number of at least 1.",
        ),
        ("[route]\nengines = []", "route.engines is [] in {}, but has to be a list of strings that isn't empty."),
        (
            "[[route.overrides]]\nengines = ['a']\npolicy = 'all'",
            'route.overrides[0].policy is "all" in {}, but has to be "first", "local-first" or "race".',
        ),
        (
            "[route]\nengines = ['local', 'fats']\n[endpoints.fast]\nkind = 'ollama'\nurl = 'http://x'",
            'route.engines in {} names "fats", which is no endpoint; did you mean "fast"?',
        ),
        (
            "[[route.overrides]]\nengines = ['team']",
            'route.overrides[0].engines in {} names "team", which is no endpoint; add [endpoints.team].',
        ),
        (
            "[endpoints.local]\nkind = 'ollama'\nurl = 'http://x'",
            'endpoints.local in {} can\'t be: "local" is the model on this machine; give the endpoint another name.',
        ),
        ("log_level =", "The settings file {} is not valid TOML: Invalid value (at end of document)."),
    ],
)
def test_one_sentence_for_each_mistake(tmp_path: Path, text: str, sentence: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert str(caught.value) == sentence.format(file)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"There is no settings file .*none\.toml"):
        load(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'model = "\xe4"')
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(latin)


def test_an_empty_table_of_lua_is_an_empty_table() -> None:
    assert with_initialization_options(BASE, []).settings == BASE.settings


@pytest.mark.parametrize("options", [[1], "x", 3, {"trusted": "yes"}, {"model": 3}, {"local": {"threads": 0}}])
def test_bad_initialization_options_are_one_sentence(options: object) -> None:
    with pytest.raises(SettingsError) as caught:
        with_initialization_options(BASE, options)
    assert "initializationOptions" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_trust_comes_only_with_the_initialization_and_the_users_word() -> None:
    assert not with_initialization_options(BASE, None).trusted
    trusted = with_initialization_options(BASE, {"trusted": True})
    assert trusted.trusted
    assert not with_trust(trusted, False).trusted
    with pytest.raises(SettingsError, match="trusted in the editor's settings is not a setting"):
        with_workspace(BASE, {"trusted": True})


def workspace(*answers: object, base: Resolved = BASE) -> list[str]:
    warnings = []
    for answer in answers:
        base = with_workspace(base, answer)
        warnings.append(base.warning)
    return warnings


def test_privileged_settings_of_a_workspace_are_ignored_with_one_warning() -> None:
    asked = {
        "model": "/evil.gguf",
        "local": {"threads": 3},
        "endpoints": {"evil": {"kind": "ollama", "url": "http://127.0.0.1:9"}},
        "route": {"engines": ["evil"]},
    }
    first, again, gone, back = workspace(asked, asked, {}, asked)
    assert "model, local.threads, endpoints, route.engines." in first
    assert not again
    assert not gone
    assert back == first


def test_what_holds_anyway_is_no_reason_to_warn() -> None:
    base = with_initialization_options(BASE, {"model": "qwen2.5-coder-0.5b", "completion": {"enabled": False}})
    every_default = {name: key.default for name, key in keys().items()}
    for answer in (nested(every_default), {"model": "qwen2.5-coder-0.5b"}, None, {"model": None}, {"foretype": None}):
        resolved = with_workspace(base, msgspec.to_builtins(answer))
        assert not resolved.warning
        assert resolved.settings.model == "qwen2.5-coder-0.5b"
        assert not resolved.settings.completion.enabled


def test_an_answer_may_be_wrapped_in_its_section_or_flat() -> None:
    for answer in (
        {"completion": {"max_lines": 3}},
        {"foretype": {"completion": {"max_lines": 3}}},
        {"completion.max_lines": 3},
    ):
        assert with_workspace(BASE, answer).settings.completion.max_lines == 3


def test_the_example_is_valid() -> None:
    example = load(Path(__file__).parents[2] / "examples" / "configs" / "foretype.toml")
    assert example.settings.model == "qwen2.5-coder-0.5b"
    assert example.settings.completion.disabled_languages == ("markdown", "plaintext")
