"""Variables that the text below a cursor uses and nothing above it mentions: something between the two makes them."""

from __future__ import annotations

import re

from foretype.syntax.languages import Languages
from foretype.syntax.lexical import code_alone

MOST = 2

_BUILT_IN = frozenset(
    {
        "true", "false", "null", "nil", "undefined", "this", "self", "super", "error", "auto", "str", "string", "bool",
        "int", "long", "short", "byte", "char", "rune", "float", "double", "usize", "isize", "u8", "u16", "u32", "u64",
        "i8", "i16", "i32", "i64", "int32", "int64", "f32", "f64", "float32", "float64",
    }
)  # fmt: skip
"""What is no variable in any language, although grammars may have no keyword for it."""

_WORD = re.compile(r"\w+")
_VARIABLE = re.compile(r"(?<![\w.$@#])(?<!->)(?<!::)\b([^\W\dA-Z]\w*)\b(?!\s*(?:\(|::|!\())")
_LOOP = re.compile(r"\bfor\b\s*\(?([^:;{=]*?)\s(?:in|of)\b")
_ARROW = re.compile(r"\(([^()]*)\)\s*=>|\b(\w+)\s*=>|\|([^|\n]*)\|")
_ASSIGNED = re.compile(r"^\s*([\w\s,]+?)\s*:?=(?!=)", re.MULTILINE)
_DECLARED = re.compile(
    r"\b(?!(?:return|in|if|not|and|or|while|else|elif|case|yield|await|throw|raise|new|is|of|then|do|when|unless|assert"
    r"|print|echo|delete|del|match|switch|typeof)\b)[^\W\d][\w<>\[\]]*[ \t*&]+(\w+)\b"
)


def expected_names(languages: Languages, language: str, above: str, below: str) -> tuple[str, ...]:
    """The first few such names, in the order of their use, as far as the text alone shows.

    What is a member, called, a keyword, begins with a capital, or is made below itself is none; without a grammar
    nothing is. ``below`` begins with the rest of the cursor's line.
    """
    spec, grammar = languages.spec(language), languages.grammar(language)
    if grammar is None:
        return ()
    code = code_alone(spec, below)
    known = {*_BUILT_IN, *_WORD.findall(code_alone(spec, above)), *_made(code)}
    names = dict.fromkeys(name for name in _VARIABLE.findall(code) if name not in known)
    return tuple(name for name in names if grammar.id_for_node_kind(name, False) is None)[:MOST]


def _made(code: str) -> set[str]:
    """The names that code makes itself: declares, assigns, counts through, or takes as arguments."""
    made = {name for names in _LOOP.findall(code) for name in _WORD.findall(names)}
    made.update(name for names in _ARROW.findall(code) for name in _WORD.findall(" ".join(names)))
    made.update(_DECLARED.findall(code))
    for assigned in _ASSIGNED.finditer(code):
        used = set(_WORD.findall(code[: assigned.start()]))
        made.update(name for name in _WORD.findall(assigned.group(1)) if name not in used)
    return made
