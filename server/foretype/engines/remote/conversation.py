"""A gap in a file as a conversation: how a chat model is asked for nothing but what to insert."""

from __future__ import annotations

from foretype.prompt.fences import FENCED, fence_start
from foretype.prompt.hole import Chat, Hole, Turn

_NEAR = 2_000
HERE = "<|insert_here|>"

INSTRUCTIONS = (
    f"You complete code as it is typed. You get a file in which {HERE} marks the cursor, and then the text that was "
    f"typed at the cursor last. Answer with exactly the characters that come next, right after that text, up to "
    f"what the file has after {HERE}: usually the rest of the line, or a short block. No explanation, no code fence, "
    f"no repetition of the typed text or of what comes before or after. Begin with a blank or a line break only if one "
    f"is needed there. If nothing is missing, answer with nothing."
)


def conversation(given: Hole | Chat) -> Chat:
    """The conversation to send: the one given, or one about a gap.

    The last turn alone changes while someone types, so a service that keeps what it has read reads little again.
    """
    if isinstance(given, Chat):
        return given
    before = given.prefix + given.middle
    at = _line_start(given.prefix) if not given.middle else len(given.prefix)
    head, typed = before[:at], before[at:]
    named = given.path or "the file"
    files = "".join(f"{path}:\n{text.rstrip()}\n\n" for path, text in given.files)
    others = f"Other files of the project, for reference:\n\n{files}" if files else ""
    return Chat(
        (
            Turn("system", INSTRUCTIONS),
            Turn("user", f"{others}{named}:\n{head}{HERE}{given.suffix}"),
            Turn("user", f"Typed at the cursor so far:\n{typed}"),
        ),
        uri=given.uri,
    )


def ends(given: Hole | Chat) -> tuple[str, ...]:
    """What an answer ends before: the mark, which small models say instead of nothing."""
    return (HERE,) if isinstance(given, Hole) and HERE not in given.prefix + given.middle + given.suffix else ()


def may_be_fenced(given: Hole | Chat) -> bool:
    """Whether a code fence in the answer can only be the model's: a gap's text has none near it."""
    if isinstance(given, Chat) or given.language in FENCED:
        return False
    near = given.prefix[-_NEAR:] + given.middle + given.suffix[:_NEAR]
    return fence_start(near) is None


def _line_start(text: str) -> int:
    return text.rfind("\n") + 1
