"""The FIM families: their tables, how models are recognised, and how prompts are laid out."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.prompt.families import FAMILIES, LEAKS, PREFIX_FIRST, SUFFIX_FIRST, Family, Slot, detect, find
from foretype.prompt.fim import Control, Prompt
from foretype.prompt.hole import Hole, laid_out, unseen
from foretype.prompt.layout import lay_out

PREFIX, SUFFIX, MIDDLE = Control.PREFIX, Control.SUFFIX, Control.MIDDLE
REPOSITORY, FILE = Control.REPOSITORY, Control.FILE
BY_NAME = {family.name: family for family in FAMILIES}
TEXT = st.one_of(st.text(max_size=20), st.sampled_from([*LEAKS, "<|fim_prefix|>", "[PREFIX]", "a\n", ""]))
FILES = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)


def vocabulary(*controls: str) -> Callable[[str], bool]:
    return lambda spelling: spelling in controls


QWEN = vocabulary("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|repo_name|>", "<|file_sep|>")
STARCODER = vocabulary("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<filename>", "<reponame>")
STARCODER2 = vocabulary("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<repo_name>", "<file_sep>")
DEEPSEEK = vocabulary("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>")
CODELLAMA = vocabulary("▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>")
CODEGEMMA = vocabulary("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>")
GRANITE4 = vocabulary("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>")
MISTRAL = vocabulary("[PREFIX]", "[SUFFIX]", "[MIDDLE]")


@pytest.mark.parametrize(
    ("architecture", "name", "has_control", "family"),
    [
        ("qwen2", "Qwen2.5 Coder 0.5B Instruct AWQ", QWEN, "qwen"),
        ("qwen3moe", "Qwen3-Coder-30B-A3B-Instruct", QWEN, "qwen"),
        ("qwen2", "my fine-tune", QWEN, "qwen"),
        ("qwen2", "Qwen2.5 7B Instruct", QWEN, None),
        ("starcoder2", "starcoder", STARCODER2, "starcoder2"),
        ("starcoder", "StarCoderBase 1B", STARCODER, "starcoder"),
        ("llama", "deepseek-coder", DEEPSEEK, "deepseek-coder"),
        ("deepseek2", "DeepSeek-Coder-V2-Lite-Base", DEEPSEEK, "deepseek-coder"),
        ("llama", "codellama_codellama-7b-hf", CODELLAMA, "codellama"),
        ("llama", "CodeLlama 34B", CODELLAMA, None),
        ("gemma", "codegemma-2b", CODEGEMMA, "codegemma"),
        ("gemma", "codegemma-7b-it", CODEGEMMA, None),
        ("llama", "Granite 8b Code Base", STARCODER, "granite"),
        ("granitehybrid", "Granite 4.0 H Micro", GRANITE4, "granite"),
        ("llama", "Codestral 22B v0.1", MISTRAL, "codestral"),
        ("llama", "Mistral Nemo Instruct", MISTRAL, None),
        ("refact", "Refact", STARCODER, "refact"),
        ("llama", "SmolLM2 135M", vocabulary("<repo_name>", "<file_sep>"), None),
        ("qwen2", "Qwen2.5-Coder 1.5B", vocabulary("<|fim_prefix|>"), None),
    ],
)
def test_a_model_is_recognised(
    architecture: str, name: str, has_control: Callable[[str], bool], family: str | None
) -> None:
    found = detect(architecture, name, has_control)
    assert (found.name if found else None) == family


def test_families_are_found_by_name() -> None:
    assert all(find(family.name) is family for family in FAMILIES)
    assert find("") is None


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_spells_what_its_layouts_use(family: Family) -> None:
    repository = family.repository
    parts = (*family.layout, *(((*repository.opening, *repository.file, *repository.current)) if repository else ()))
    used = {part for part in parts if isinstance(part, Control)}
    assert used == set(family.spellings)
    assert [part for part in family.layout if isinstance(part, Slot)][-1] is Slot.MIDDLE
    assert sorted(part.value for part in family.layout if isinstance(part, Slot)) == ["middle", "prefix", "suffix"]


def test_leaks_are_unmistakable() -> None:
    assert all(leak.startswith("<") and leak.endswith(">") and len(leak) > 4 for leak in LEAKS)
    assert {"<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<EOT>", "<|im_end|>"} <= set(LEAKS)


def test_the_spelling_is_the_vocabularys_own() -> None:
    granite = BY_NAME["granite"]
    assert granite.spelling(PREFIX) == "<fim_prefix>"
    assert granite.spelling(PREFIX, GRANITE4) == "<|fim_prefix|>"
    assert granite.spelling(FILE) is None


def test_prefix_first() -> None:
    assert lay_out(BY_NAME["qwen"], "a\n", "c", "b").pieces == (PREFIX, "a\n", SUFFIX, "c", MIDDLE, "b")
    assert lay_out(BY_NAME["qwen"], "", "", "").pieces == (PREFIX, SUFFIX, MIDDLE)


def test_suffix_first_continues_the_prefix() -> None:
    assert lay_out(BY_NAME["codestral"], "a\n", "c", "b").pieces == (SUFFIX, "c", PREFIX, "a\nb")


def test_without_a_family_the_prefix_goes_on() -> None:
    assert lay_out(None, "a\n", "c", "b", (("x.py", "X"),), "repo", "y.py") == Prompt(("a\nb",))


OTHERS = (("lib.py", "L"), ("util.py", "U\n"))


@pytest.mark.parametrize(
    ("family", "before"),
    [
        (
            "qwen",
            (REPOSITORY, "repo\n", FILE, "lib.py\nL\n", FILE, "util.py\nU\n", FILE, "main.py\n", PREFIX, "a"),
        ),
        ("starcoder2", (REPOSITORY, "repo", FILE, "lib.py\nL\n", FILE, "util.py\nU\n", FILE, PREFIX, "main.py\na")),
        ("codegemma", ("lib.py\nL\n", FILE, "util.py\nU\n", FILE, "main.py\n", PREFIX, "a")),
        ("deepseek-coder", (PREFIX, "#lib.py\nL\n\n#util.py\nU\n\n#main.py\na")),
        ("starcoder", (PREFIX, "a")),
        ("refact", (PREFIX, "a")),
    ],
)
def test_other_files_as_trained(family: str, before: tuple[str | Control, ...]) -> None:
    prompt = lay_out(BY_NAME[family], "a", "c", "b", OTHERS, "repo", "main.py")
    assert prompt.pieces == (*before, SUFFIX, "c", MIDDLE, "b")


def test_without_names_nothing_is_made_up() -> None:
    files = (("lib.py", "L\n"),)
    assert lay_out(BY_NAME["qwen"], "a", "", "", files).pieces[:4] == (FILE, "lib.py\nL\n", FILE, PREFIX)
    assert lay_out(BY_NAME["starcoder2"], "a", "", "", files, path="main.py").pieces[:4] == (FILE, "L\n", FILE, PREFIX)


@given(family=st.sampled_from([*FAMILIES, None]), prefix=TEXT, suffix=TEXT, middle=TEXT)
def test_pieces_joined_give_back_the_text(family: Family | None, prefix: str, suffix: str, middle: str) -> None:
    pieces = lay_out(family, prefix, suffix, middle).pieces
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    layout = family.layout if family else ()
    assert (
        text
        == {
            PREFIX_FIRST: prefix + suffix + middle,
            SUFFIX_FIRST: suffix + prefix + middle,
            (): prefix + middle,
        }[layout]
    )
    assert [piece for piece in pieces if isinstance(piece, Control)] == [p for p in layout if isinstance(p, Control)]


@given(family=st.sampled_from([*FAMILIES, None]), prefix=TEXT, suffix=TEXT, middle=TEXT, typed=TEXT, files=FILES)
def test_typing_only_appends(
    family: Family | None, prefix: str, suffix: str, middle: str, typed: str, files: tuple[tuple[str, str], ...]
) -> None:
    old = lay_out(family, prefix, suffix, middle, files, "repo", "main.py").pieces
    new = lay_out(family, prefix, suffix, middle + typed, files, "repo", "main.py").pieces
    if len(new) == len(old):
        assert new[:-1] == old[:-1]
        assert new == old or str(new[-1]).startswith(str(old[-1]))
    else:
        assert new[:-1] == old
        assert new[-1] == typed


class Vocabulary:
    """A GGUF's vocabulary, read by llama.cpp without the weights."""

    def __init__(self, path: Path) -> None:
        import llama_cpp

        self._cpp = llama_cpp
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        assert self.model, path
        self._vocab = llama_cpp.llama_model_get_vocab(self.model)

    def value(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(256)
        length = self._cpp.llama_model_meta_val_str(self.model, key.encode(), buffer, len(buffer))
        return buffer.value.decode() if length >= 0 else ""

    def tokens(self, text: str, special: bool) -> list[int]:
        data = text.encode()
        ids = (ctypes.c_int32 * (len(data) + 8))()
        count = self._cpp.llama_tokenize(self._vocab, data, len(data), ids, len(ids), False, special)
        return list(ids[:count])

    def has_control(self, spelling: str) -> bool:
        found = self.tokens(spelling, True)
        return len(found) == 1 and bool(self._cpp.llama_vocab_is_control(self._vocab, found[0]))

    def detected(self) -> Family | None:
        return detect(self.value("general.architecture"), self.value("general.name"), self.has_control)


def test_a_real_vocabulary_without_fim(smollm2: Path) -> None:
    assert Vocabulary(smollm2).detected() is None


def test_a_real_vocabulary_with_fim(qwen_coder: Path) -> None:
    vocabulary = Vocabulary(qwen_coder)
    family = vocabulary.detected()
    assert family is not None
    assert family.name == "qwen"
    for control in family.spellings:
        spelling = family.spelling(control)
        assert spelling is not None
        assert len(vocabulary.tokens(spelling, True)) == 1
        assert len(vocabulary.tokens(spelling, False)) > 1


def test_what_follows_is_unseen() -> None:
    hole = Hole("a = 1\nb = 2\n", "c", "d = ", OTHERS, "repo", "main.py")
    seen = laid_out(hole, BY_NAME["qwen"]).pieces
    blind = unseen(hole, BY_NAME["qwen"]).pieces
    assert blind[-2:] == (PREFIX, "a = 1\nb = 2\nd = ")
    assert blind[:-1] == seen[: len(blind) - 1]
    assert not {SUFFIX, MIDDLE} & set(blind)
    assert unseen(hole, None) == laid_out(hole, None)


@pytest.mark.parametrize("family", [family for family in FAMILIES if family.layout[0] is PREFIX])
def test_what_comes_first_is_read_once(family: Family) -> None:
    hole = Hole("a = 1\nb = 2\n", "c", "d = ")
    seen, blind = laid_out(hole, family).pieces, unseen(hole, family).pieces
    assert blind == (PREFIX, "a = 1\nb = 2\nd = ")
    assert seen[:2] == (PREFIX, "a = 1\nb = 2\n")


def test_a_layout_that_begins_with_the_suffix_is_not_broken_off() -> None:
    assert unseen(Hole("a = 1\n", "c", "d = "), BY_NAME["codestral"]).pieces == ("a = 1\nd = ",)
