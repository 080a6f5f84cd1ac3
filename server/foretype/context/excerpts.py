"""What to show of a definition: all of a short one; of a longer one its signature, a line of documentation, members."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from foretype.context.outline import Outline
from foretype.syntax.languages import Bodies, LanguageSpec, Semicolons
from foretype.syntax.outline import Symbol
from foretype.text.edits import body

WHOLE_FUNCTION = 8
WHOLE_CLASS = 18
MOST_MEMBERS = 24
MOST_VALUE_LINES = 6
MOST_FIELD_WIDTH = 160
MOST_CHARACTERS = 1_600

_CONSTRUCTORS = frozenset({"__init__", "constructor", "new", "initialize", "init"})
_PRIVATE = re.compile(r"[_#]|\s*(?:private|protected|fileprivate)\b")
_ANNOTATION = re.compile(r"\s*(?:@[\w.]|#\[|\[\w[\w(]*)")
_ATTRIBUTE = re.compile(r"\s*self\.\w+\s*(?::[^=]+)?=[^=]")
_ELLIPSIS_BODY = {"ruby": "; end", "lua": " end", "bash": " { :; }"}


def excerpt(
    lines: Sequence[str],
    outline: Outline,
    symbol: Symbol,
    spec: LanguageSpec,
    wanted: frozenset[str] = frozenset(),
) -> str:
    """The text that tells another file what a definition is, in its own language; ends with a newline.

    Of a class with too many members, those named ``wanted`` come first.
    """
    if symbol.kind == "function":
        shown = _function(lines, symbol, spec)
    elif symbol.kind == "class":
        shown = _class(lines, outline, symbol, spec, wanted)
    else:
        first, last = symbol.lines
        shown = [body(line) for line in lines[first : min(last, first + MOST_VALUE_LINES - 1) + 1]]
    text = "\n".join(line[:400] for line in shown)
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS].rpartition("\n")[0] or text[:MOST_CHARACTERS]
    return text + "\n"


def first_line(lines: Sequence[str], symbol: Symbol) -> int:
    """Where a definition begins with its decorators or annotations."""
    first = symbol.lines[0]
    while first > 0 and symbol.lines[0] - first < 4 and _ANNOTATION.match(lines[first - 1]):
        first -= 1
    return first


def signature(lines: Sequence[str], symbol: Symbol, spec: LanguageSpec) -> list[str]:
    """The lines before a function's body, the body elided as the language would write it."""
    head = [body(line).rstrip() for line in lines[symbol.signature[0] : symbol.signature[1] + 1]]
    if not head or symbol.signature == symbol.lines:
        return head
    if spec.bodies is Bodies.INDENTATION:
        return [*head[:-1], head[-1] + " ..."]
    if spec.bodies is Bodies.KEYWORDS:
        head[-1] += _ELLIPSIS_BODY.get(spec.id, "")
        return head
    head[-1] = re.sub(r"\s*\{\s*\Z", "", head[-1])
    if head[-1].endswith("=>"):
        head[-1] += " { ... };"
    elif spec.semicolons is not Semicolons.NEVER and not head[-1].endswith(";"):
        head[-1] += ";"
    return [line for line in head if line.strip()]


def _function(lines: Sequence[str], symbol: Symbol, spec: LanguageSpec) -> list[str]:
    first, last = symbol.lines
    above = [*_documented(lines, first_line(lines, symbol), spec), *_annotations(lines, symbol)]
    if last - first < WHOLE_FUNCTION:
        return [*above, *(body(line).rstrip() for line in lines[first : last + 1])]
    head = signature(lines, symbol, spec)
    docstring = _docstring(lines, symbol, spec)
    # A docstring is body enough.
    return [*above, *head[:-1], head[-1].removesuffix(" ..."), *docstring] if docstring else [*above, *head]


def _class(
    lines: Sequence[str], outline: Outline, symbol: Symbol, spec: LanguageSpec, wanted: frozenset[str]
) -> list[str]:
    first, last = symbol.lines
    members = [each for each in outline.symbols if each.container == symbol.name and each is not symbol]
    inside = [each for each in members if first <= each.lines[0] and each.lines[1] <= last]
    bodies = [each.lines for each in outline.symbols if each.kind == "class" and each.name == symbol.name]
    outside = [
        each
        for each in members
        if each.kind == "function" and not any(top <= each.lines[0] <= bottom for top, bottom in bodies)
    ]
    above = [*_documented(lines, first_line(lines, symbol), spec), *_annotations(lines, symbol)]
    if last - first < WHOLE_CLASS:
        shown = [*above, *(body(line).rstrip() for line in lines[first : last + 1])]
    else:
        shown = [*above, *(body(line).rstrip() for line in lines[symbol.signature[0] : symbol.signature[1] + 1])]
        shown += _docstring(lines, symbol, spec)
        for member in _chosen(lines, inside, wanted):
            shown += _member(lines, member, spec)
        if spec.bodies is Bodies.BRACES:
            shown.append(_indent(shown[len(above)]) + "}")
        elif spec.bodies is Bodies.KEYWORDS:
            shown.append(_indent(shown[len(above)]) + "end")
        elif not inside:
            shown.append(_indent(shown[len(above)]) + "    ...")
    for member in _chosen(lines, outside, wanted):
        shown += signature(lines, member, spec)
    return shown


def _member(lines: Sequence[str], member: Symbol, spec: LanguageSpec) -> list[str]:
    annotations = _annotations(lines, member)
    first, last = member.lines
    if member.kind != "function":
        return [*annotations, body(lines[first]).rstrip()[:MOST_FIELD_WIDTH]]
    if member.name not in _CONSTRUCTORS:
        return [*annotations, *signature(lines, member, spec)]
    if last - first < WHOLE_FUNCTION:
        return [body(line).rstrip() for line in lines[first : last + 1]]
    attributes = [body(line).rstrip() for line in lines[first : last + 1] if _ATTRIBUTE.match(line)]
    head = signature(lines, member, spec)
    return [*head[:-1], head[-1].removesuffix(" ..."), *attributes[:WHOLE_FUNCTION]] if attributes else head


def _chosen(lines: Sequence[str], members: Iterable[Symbol], wanted: frozenset[str]) -> list[Symbol]:
    """The members worth showing, in the order of the text; one for each line at most."""
    by_line = {member.lines[0]: member for member in reversed(list(members))}

    def worth(member: Symbol) -> int:
        if member.name in wanted:
            return 0
        if member.name in _CONSTRUCTORS:
            return 1
        return 3 if _PRIVATE.match(member.name) or _PRIVATE.match(lines[member.lines[0]]) else 2

    public = [member for member in by_line.values() if worth(member) < 3]
    best = sorted(public, key=lambda member: (worth(member), member.lines))[:MOST_MEMBERS]
    return sorted(best, key=lambda member: member.lines)


def _annotations(lines: Sequence[str], symbol: Symbol) -> list[str]:
    return [body(line).rstrip() for line in lines[first_line(lines, symbol) : symbol.lines[0]]]


def _documented(lines: Sequence[str], first: int, spec: LanguageSpec) -> list[str]:
    """The first line that says something of the comment directly above."""
    marks = [re.escape(mark) for mark in (spec.line_comment, *(spec.block_comment or ())) if mark]
    if not marks:
        return []
    comment = re.compile(rf"\s*(?:{'|'.join(marks)}|\*)")
    top = first
    while top > 0 and first - top < 40 and comment.match(lines[top - 1]):
        top -= 1
    for line in lines[top:first]:
        text = body(line).rstrip()
        if not re.search(r"\w\w", text):
            continue
        if re.match(r"\s*\*", text):
            return [f"{_indent(lines[first])}/** {text.strip().strip('*/ ')} */"]
        return [text + " */" if "/*" in text and "*/" not in text else text]
    return []


def _docstring(lines: Sequence[str], symbol: Symbol, spec: LanguageSpec) -> list[str]:
    """The first line of a Python docstring, closed."""
    after = symbol.signature[1] + 1
    if spec.id != "python" or after > symbol.lines[1]:
        return []
    opened = re.match(r"\s*[rRuUbB]{0,2}('''|\"\"\"|\"|')\s*", lines[after])
    if opened is None:
        return []
    quotes = opened.group(1)
    text = body(lines[after]).rstrip()
    if opened.end() >= len(text) and after < symbol.lines[1]:
        text += body(lines[after + 1]).strip()
    return [text if quotes in text[opened.end() :] else text + quotes]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
