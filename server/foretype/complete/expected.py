"""Variables that the text below a cursor uses and nothing above it mentions: something between the two makes them."""

from __future__ import annotations

import re
from itertools import takewhile

from foretype.syntax.languages import Languages
from foretype.syntax.lexical import code_alone, indentation, width

MOST = 2
MOST_BELOW = 4_000
"""Characters of the text below that are looked at."""

FEW_LINES = 8
"""Lines that are looked at where the cursor's line isn't indented: any of them may begin something else."""

_BUILT_IN = frozenset(
    {
        "true", "false", "null", "nil", "undefined", "this", "self", "super", "error", "auto", "mut", "str", "string",
        "bool", "int", "long", "short", "byte", "char", "rune", "float", "double", "usize", "isize",
        "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "int32", "int64", "f32", "f64", "float32", "float64",
    }
)  # fmt: skip
"""What is no variable in any language, although grammars may have no keyword for it."""

_DECLARING = frozenset({"javascript", "typescript", "tsx", "go", "rust"})
"""Languages in which assigning makes no variable that is used."""

_WORD = re.compile(r"\w+")
_VARIABLE = re.compile(r"(?<![\w.$@#])(?<!->)(?<!::)\b([^\W\dA-Z]\w*)\b(?!\s*(?:\(|::|!\())")
_LOOP = re.compile(r"\bfor\b\s*\(?([^:;{=]*?)\s(?:in|of)\b")
_ARROW = re.compile(r"\(([^()]*)\)\s*=>|\b(\w+)\s*=>|\|([^|\n]*)\|")
_ASSIGNED = re.compile(r"^[ \t]*(\w[\w,]*(?:[ \t]+[\w,]+)*)[ \t]*:?=(?!=)", re.MULTILINE)
_BESIDE = re.compile(r",\s*(\w+)\s*=(?![=>])")
"""What a declaration makes beside another, or an argument's name."""

_DECLARED = re.compile(
    r"\b(?!(?:return|in|if|not|and|or|while|else|elif|case|yield|await|throw|raise|new|is|of|then|do|when|unless|assert"
    r"|print|echo|delete|del|match|switch|typeof)\b)[^\W\d][\w<>\[\]]*"
    r"(?:[ \t]+[*&]{0,2}|[*&]{1,2}[ \t]+)(?:mut[ \t]+)?(\w+)\b"
)


def expected_names(languages: Languages, language: str, above: str, below: str) -> tuple[str, ...]:
    """The first few such names, in the order of their use, as far as the text alone shows.

    What is a member, called, a keyword, begins with a capital, or is made below itself is none; without a grammar
    nothing is. ``below`` begins with the rest of the cursor's line, and counts as far as the cursor's block goes.
    """
    spec, grammar = languages.spec(language), languages.grammar(language)
    if grammar is None:
        return ()
    code = code_alone(spec, _block(above.rpartition("\n")[2], below[:MOST_BELOW]))
    known = {*_BUILT_IN, *_WORD.findall(code_alone(spec, above)), *_made(code, spec.id in _DECLARING)}
    names = dict.fromkeys(name for name in _VARIABLE.findall(code) if name not in known)
    return tuple(
        name for name in names if grammar.id_for_node_kind(name, False) is None and not _may_be_package(name, code)
    )[:MOST]


def _may_be_package(name: str, code: str) -> bool:
    """Whether nothing is done with a name but to take what begins with a capital out of it, as out of Go's packages."""
    return re.search(rf"\b{re.escape(name)}\b(?!\.[A-Z])", code) is None


def _block(before: str, below: str) -> str:
    """The lines that are indented as far as the cursor's, up to the first that isn't; at the left margin a few."""
    depth = width(indentation(before))
    rest, *lines = below.split("\n")
    if not depth:
        return "\n".join((rest, *lines[:FEW_LINES]))
    return "\n".join((rest, *takewhile(lambda line: not line.strip() or width(indentation(line)) >= depth, lines)))


def _made(code: str, is_declaring: bool) -> set[str]:
    """The names that code makes itself: declares, assigns, counts through, or takes as arguments."""
    made = {name for names in _LOOP.findall(code) for name in _WORD.findall(names)}
    made.update(name for names in _ARROW.findall(code) for name in _WORD.findall(" ".join(names)))
    made.update(_DECLARED.findall(code), _BESIDE.findall(code))
    for assigned in _ASSIGNED.finditer(code):
        if is_declaring and not assigned.group().endswith(":=") and _is_used(assigned.group(1), code):
            continue
        used = set(_WORD.findall(code[: assigned.start()]))
        made.update(name for name in _WORD.findall(assigned.group(1)) if name not in used)
    return made


def _is_used(name: str, code: str) -> bool:
    """Whether something else is done with a name than to assign to it, and that not in a list of names."""
    assigning = rf"^[ \t]*{re.escape(name)}[ \t]*="
    rest = re.sub(rf"{assigning}(?!=)", "=", code, flags=re.MULTILINE)
    is_listed = re.search(rf"{assigning}[^\n]*,[ \t]*$", code, re.MULTILINE) is not None
    return name in _VARIABLE.findall(rest) and not is_listed
