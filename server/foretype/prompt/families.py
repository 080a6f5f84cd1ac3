"""The fill-in-the-middle families as data: how each spells its control tokens, orders its prompt and joins files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from foretype.prompt.fim import Control


class Slot(Enum):
    """A place for buffer text in a family's layout."""

    PREFIX = "prefix"
    SUFFIX = "suffix"
    MIDDLE = "middle"


Layout = tuple[Control | Slot, ...]

PREFIX_FIRST: Layout = (Control.PREFIX, Slot.PREFIX, Control.SUFFIX, Slot.SUFFIX, Control.MIDDLE, Slot.MIDDLE)
"""PSM of "Efficient Training of Language Models to Fill in the Middle" (arXiv:2207.14255)."""

SUFFIX_FIRST: Layout = (Control.SUFFIX, Slot.SUFFIX, Control.PREFIX, Slot.PREFIX, Slot.MIDDLE)
"""Codestral's order, as mistral-common encodes it; there is no token for the middle, it continues the prefix."""


@dataclass(frozen=True, slots=True)
class Repository:
    """How a family was trained to see several files of one repository, the one being completed last.

    ``opening`` stands once at the beginning, ``file`` once for each other file, ``current`` before the layout of the
    file being completed, and ``heading`` at the beginning of that file's prefix. In the text parts, ``{repository}``,
    ``{path}`` and ``{text}`` are filled in. With ``files_in_prefix`` the other files lie inside the prefix, before
    the heading. With ``named_together`` files were named only where the repository was named too.
    """

    opening: tuple[Control | str, ...] = ()
    file: tuple[Control | str, ...] = ()
    current: tuple[Control | str, ...] = ()
    heading: str = ""
    files_in_prefix: bool = False
    named_together: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Models that share their control tokens and their prompt's layout.

    ``spellings`` has, for each control, the texts that vocabularies know it by, the usual one first. ``leaks`` are
    texts that end an answer wherever they appear in it: none is something a person writes in code, which is why
    Codestral's ``[PREFIX]`` (an index, elsewhere) and CodeLlama's ``<PRE>`` (a tag) are not among them.
    ``names`` is searched for in a model's name, lower-cased; ``relatives`` finds those that share the vocabulary but
    were not trained to fill in. ``architectures`` (as in ``general.architecture``) decide for models whose name
    tells nothing. ``repository`` is None where no layout of several files was trained: excerpts of other files
    then belong into the prefix, as comments.
    """

    name: str
    layout: Layout
    spellings: Mapping[Control, tuple[str, ...]]
    leaks: tuple[str, ...]
    names: str
    architectures: tuple[str, ...] = ()
    relatives: str | None = None
    repository: Repository | None = None

    def spelling(self, control: Control, has_control: Callable[[str], bool] | None = None) -> str | None:
        """The text of a control token, or None when the family (or the vocabulary asked) has none for it."""
        known = self.spellings.get(control, ())
        return next((text for text in known if has_control is None or has_control(text)), None)


def _spelled(**spellings: str | tuple[str, ...]) -> Mapping[Control, tuple[str, ...]]:
    return MappingProxyType(
        {Control[name]: (text,) if isinstance(text, str) else text for name, text in spellings.items()}
    )


_UNDERSCORED = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>")
_BARRED = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>")

FAMILIES: tuple[Family, ...] = (
    # https://github.com/QwenLM/Qwen2.5-Coder, README and examples/Qwen2.5-Coder-repolevel-fim.py
    Family(
        name="qwen",
        layout=PREFIX_FIRST,
        spellings=_spelled(
            PREFIX="<|fim_prefix|>",
            SUFFIX="<|fim_suffix|>",
            MIDDLE="<|fim_middle|>",
            REPOSITORY="<|repo_name|>",
            FILE="<|file_sep|>",
        ),
        leaks=(*_BARRED, "<|repo_name|>", "<|file_sep|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        names=r"qwen.*cod",
        architectures=("qwen2", "qwen2moe", "qwen3", "qwen3moe"),
        relatives=r"qwen(?!.*cod)",
        repository=Repository(
            opening=(Control.REPOSITORY, "{repository}\n"),
            file=(Control.FILE, "{path}\n{text}"),
            current=(Control.FILE, "{path}\n"),
        ),
    ),
    # StarCoder 2 and The Stack v2, arXiv:2402.19173, section 5.1
    Family(
        name="starcoder2",
        layout=PREFIX_FIRST,
        spellings=_spelled(
            PREFIX="<fim_prefix>",
            SUFFIX="<fim_suffix>",
            MIDDLE="<fim_middle>",
            REPOSITORY="<repo_name>",
            FILE="<file_sep>",
        ),
        leaks=(*_UNDERSCORED, "<repo_name>", "<file_sep>", "<|endoftext|>"),
        names=r"starcoder",
        architectures=("starcoder2",),
        repository=Repository(
            opening=(Control.REPOSITORY, "{repository}"),
            file=(Control.FILE, "{path}\n{text}"),
            current=(Control.FILE,),
            heading="{path}\n",
            named_together=True,
        ),
    ),
    # StarCoder, arXiv:2305.06161, and the models' cards; files were trained one by one
    Family(
        name="starcoder",
        layout=PREFIX_FIRST,
        spellings=_spelled(PREFIX="<fim_prefix>", SUFFIX="<fim_suffix>", MIDDLE="<fim_middle>"),
        leaks=(*_UNDERSCORED, "<|endoftext|>"),
        names=r"star-?coder",
        architectures=("starcoder",),
    ),
    # https://github.com/deepseek-ai/DeepSeek-Coder, README, and DeepSeek-Coder, arXiv:2401.14196, section 3.1.2
    Family(
        name="deepseek-coder",
        layout=PREFIX_FIRST,
        spellings=_spelled(PREFIX="<｜fim▁begin｜>", SUFFIX="<｜fim▁hole｜>", MIDDLE="<｜fim▁end｜>"),
        leaks=(
            "<｜fim▁begin｜>",
            "<｜fim▁hole｜>",
            "<｜fim▁end｜>",
            "<｜begin▁of▁sentence｜>",
            "<｜end▁of▁sentence｜>",
            "<|EOT|>",
        ),
        names=r"deepseek",
        architectures=("llama", "deepseek2"),
        repository=Repository(file=("#{path}\n{text}\n",), heading="#{path}\n", files_in_prefix=True),
    ),
    # Code Llama, arXiv:2308.12950, section 2.3; only the 7B and 13B base and instruct models fill in
    Family(
        name="codellama",
        layout=PREFIX_FIRST,
        spellings=_spelled(PREFIX=("▁<PRE>", "<PRE>"), SUFFIX=("▁<SUF>", "<SUF>"), MIDDLE=("▁<MID>", "<MID>")),
        leaks=("<EOT>",),
        names=r"code-?llama",
        architectures=("llama",),
        relatives=r"code-?llama.*(?:34b|70b|python)",
    ),
    # CodeGemma, arXiv:2406.11409, figure 2, and https://ai.google.dev/gemma/docs/codegemma/prompt-structure
    Family(
        name="codegemma",
        layout=PREFIX_FIRST,
        spellings=_spelled(
            PREFIX="<|fim_prefix|>", SUFFIX="<|fim_suffix|>", MIDDLE="<|fim_middle|>", FILE="<|file_separator|>"
        ),
        leaks=(*_BARRED[:3], "<|file_separator|>", "<end_of_turn>", "<start_of_turn>"),
        names=r"code-?gemma",
        architectures=("gemma",),
        relatives=r"-it\b|instruct",
        repository=Repository(file=("{path}\n{text}", Control.FILE), current=("{path}\n",)),
    ),
    # https://github.com/ibm-granite/granite-code-models (StarCoder's tokens, issue 3); Granite 4 spells them as Qwen
    Family(
        name="granite",
        layout=PREFIX_FIRST,
        spellings=_spelled(
            PREFIX=("<fim_prefix>", "<|fim_prefix|>"),
            SUFFIX=("<fim_suffix>", "<|fim_suffix|>"),
            MIDDLE=("<fim_middle>", "<|fim_middle|>"),
        ),
        leaks=(*_UNDERSCORED, *_BARRED, "<|endoftext|>", "<|end_of_text|>", "<|start_of_role|>"),
        names=r"granite",
        architectures=("granite", "granitemoe", "granitehybrid"),
    ),
    # https://github.com/mistralai/mistral-common, encode_fim; every later Mistral vocabulary has these tokens
    Family(
        name="codestral",
        layout=SUFFIX_FIRST,
        spellings=_spelled(PREFIX="[PREFIX]", SUFFIX="[SUFFIX]"),
        leaks=(),
        names=r"codestral",
        relatives=r"mamba",
    ),
    # https://huggingface.co/smallcloudai/Refact-1_6B-fim, model card
    Family(
        name="refact",
        layout=PREFIX_FIRST,
        spellings=_spelled(PREFIX="<fim_prefix>", SUFFIX="<fim_suffix>", MIDDLE="<fim_middle>"),
        leaks=(*_UNDERSCORED, "<|endoftext|>", "<empty_output>"),
        names=r"refact",
        architectures=("refact",),
    ),
)

LEAKS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (*(leak for family in FAMILIES for leak in family.leaks), "<|eot_id|>", "<|assistant|>", "<|user|>", "<|end|>")
    )
)
"""What ends an answer whichever model wrote it: every family's leaks, and those of chat models."""


def find(name: str) -> Family | None:
    """The family with this ``name``, as ``EngineInfo.family`` and the model registry give it."""
    return next((family for family in FAMILIES if family.name == name), None)


def detect(architecture: str, name: str, has_control: Callable[[str], bool]) -> Family | None:
    """The family of a model, from a GGUF's ``general.architecture``, ``general.name`` and vocabulary.

    ``has_control`` tells whether a text is one control token of the vocabulary. A family is taken only if the
    vocabulary has every control token that its layouts use. None means that the model continues a prefix, no more.
    """
    lowered = re.sub(r"[\s_]+", "-", name.lower())
    fitting = [
        family
        for family in FAMILIES
        if all(family.spelling(control, has_control) for control in family.spellings)
        and not (family.relatives and re.search(family.relatives, lowered))
    ]
    for family in fitting:
        if re.search(family.names, lowered):
            return family
    return next((family for family in fitting if architecture in family.architectures), None)
