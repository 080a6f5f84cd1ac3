"""How chat models are talked to, as data: each template's control tokens and text, and which template a model has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foretype.prompt.fim import Prompt, Token
from foretype.prompt.hole import Chat, Turn

Parts = tuple[str | Token, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One way to lay out a conversation.

    Of a turn, ``system``, ``user`` and ``assistant`` are what stands before its text, and the ``after_`` parts what
    stands behind it; the answer begins after ``assistant``. Without ``system`` the system's words go before the first
    of the user's. ``shown_by`` is searched for in a GGUF's ``tokenizer.chat_template``. The model ends its turn itself,
    with a token that its vocabulary marks as an end or a control.
    """

    name: str
    user: Parts
    after_user: Parts
    assistant: Parts
    after_assistant: Parts
    shown_by: str
    system: Parts | None = None
    after_system: Parts = ()

    @property
    def tokens(self) -> frozenset[str]:
        """The spellings of the control tokens that a vocabulary must have."""
        every = (self.system or (), self.after_system, self.user, self.after_user, self.assistant, self.after_assistant)
        return frozenset(part.spelling for parts in every for part in parts if isinstance(part, Token))


_START, _END = Token("<|im_start|>"), Token("<|im_end|>")
_HEAD, _HEADED, _EOT = Token("<|start_header_id|>"), Token("<|end_header_id|>"), Token("<|eot_id|>")
_TURN, _TURNED = Token("<start_of_turn>"), Token("<end_of_turn>")

TEMPLATES: tuple[Template, ...] = (
    # ChatML: https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct and HuggingFaceTB/SmolLM2-135M-Instruct,
    # tokenizer_config.json
    Template(
        name="chatml",
        system=(_START, "system\n"),
        after_system=(_END, "\n"),
        user=(_START, "user\n"),
        after_user=(_END, "\n"),
        assistant=(_START, "assistant\n"),
        after_assistant=(_END, "\n"),
        shown_by=r"<\|im_start\|>",
    ),
    # https://www.llama.com/docs/model-cards-and-prompt-formats/meta-llama-3/
    Template(
        name="llama3",
        system=(_HEAD, "system", _HEADED, "\n\n"),
        after_system=(_EOT,),
        user=(_HEAD, "user", _HEADED, "\n\n"),
        after_user=(_EOT,),
        assistant=(_HEAD, "assistant", _HEADED, "\n\n"),
        after_assistant=(_EOT,),
        shown_by=r"<\|start_header_id\|>",
    ),
    # https://ai.google.dev/gemma/docs/core/prompt-structure; no system turn
    Template(
        name="gemma",
        user=(_TURN, "user\n"),
        after_user=(_TURNED, "\n"),
        assistant=(_TURN, "model\n"),
        after_assistant=(_TURNED, "\n"),
        shown_by=r"<start_of_turn>",
    ),
    # https://github.com/mistralai/mistral-common, tokenizer v3: brackets are control tokens, the system's words go
    # before the user's
    Template(
        name="mistral",
        user=(Token("[INST]"), " "),
        after_user=(Token("[/INST]"),),
        assistant=(),
        after_assistant=(Token("</s>"),),
        shown_by=r"\[INST\]",
    ),
    # DeepSeek-V2.5 and later, tokenizer_config.json
    Template(
        name="deepseek",
        user=(Token("<｜User｜>"),),
        after_user=(),
        assistant=(Token("<｜Assistant｜>"),),
        after_assistant=(Token("<｜end▁of▁sentence｜>"),),
        shown_by=r"<｜User｜>",
    ),
    # DeepSeek-Coder-Instruct: https://github.com/deepseek-ai/DeepSeek-Coder, README; its headings are plain text
    Template(
        name="deepseek-coder",
        user=("### Instruction:\n",),
        after_user=("\n",),
        assistant=("### Response:\n",),
        after_assistant=("\n", Token("<|EOT|>"), "\n"),
        shown_by=r"### Instruction:",
    ),
)


def find(name: str) -> Template | None:
    """The template with this name."""
    return next((template for template in TEMPLATES if template.name == name), None)


def detect(chat_template: str, has_token: Callable[[str], bool]) -> Template | None:
    """The template of a model, by a GGUF's ``tokenizer.chat_template`` and vocabulary; None for one without.

    A base model's file often has the template's tokens and no template: it was never taught to answer.
    """
    if not chat_template:
        return None
    fitting = (each for each in TEMPLATES if re.search(each.shown_by, chat_template))
    return next((each for each in fitting if all(map(has_token, each.tokens))), None)


def lay_out(template: Template, chat: Chat) -> Prompt:
    """The prompt that a conversation is for a model, up to where its answer goes on."""
    pieces: list[str | Token] = []
    for turn in _turns(template, chat.turns):
        if turn.role == "assistant":
            pieces += [*template.assistant, turn.text, *template.after_assistant]
        elif turn.role == "system":
            pieces += [*(template.system or ()), turn.text, *template.after_system]
        else:
            pieces += [*template.user, turn.text, *template.after_user]
    pieces += [*template.assistant, chat.begun]
    return Prompt(_joined(pieces), heal=False)


def _turns(template: Template, turns: Sequence[Turn]) -> list[Turn]:
    """The turns, the system's words moved to the user where the template has no place for them."""
    if template.system is not None:
        return list(turns)
    rules = "\n\n".join(turn.text for turn in turns if turn.role == "system")
    others = [turn for turn in turns if turn.role != "system"]
    if rules and others and others[0].role == "user":
        others[0] = Turn("user", f"{rules}\n\n{others[0].text}")
    return others


def _joined(pieces: Sequence[str | Token]) -> tuple[str | Token, ...]:
    """Neighbouring texts as one, so that they are tokenized as the model saw them; without empty ones."""
    joined: list[str | Token] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece:
            joined.append(piece)
    return tuple(joined)
