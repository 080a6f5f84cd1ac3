"""Whether generated text parses where it would stand, and where it closes the block that it began."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from foretype.syntax.languages import Bodies, Languages, LanguageSpec
from foretype.syntax.lexical import (
    CLOSERS,
    code_brackets,
    indentation,
    is_blank,
    lex,
    opens_block,
    statement_start,
    width,
)
from foretype.syntax.region import choose_region
from foretype.text.positions import Point

if TYPE_CHECKING:
    import tree_sitter

_WINDOW = 8_000
_LINES = 40
_ESCAPES = "surrogatepass"
_GOES_ON = re.compile(r"\s*(?:(?:else|catch|finally|while)\b|[)\].])")
_SECTIONS = re.compile(r"(?:else|elif|elsif|elseif|when|in|rescue|ensure)\b")


def parse_errors(
    languages: Languages, language: str, before: Sequence[str], inserted: str, after: Sequence[str]
) -> int:
    """How many errors and missing tokens the tree of a small window has; 0 without a grammar.

    ``before`` are lines with their endings, the last one up to the cursor; ``after`` begins with the rest of the
    cursor's line. Some 8 KB of them are parsed, beginning at a top-level line if one is near.
    """
    before, after = _window(languages.spec(language), before, after)
    return _errors(languages, language, "".join(before), inserted + "".join(after), 0)


def adds_error(languages: Languages, language: str, before: Sequence[str], inserted: str, after: Sequence[str]) -> bool:
    """Whether ``inserted`` brings more errors than the window has without the cursor's whole line.

    If it opens a block, a brace is left in the line's place. Errors that end before the cursor are not its fault.
    """
    before, after = _window(languages.spec(language), before, after)
    head, tail = "".join(before), "".join(after)
    start = len(head.encode("utf-8", _ESCAPES))
    found = _errors(languages, language, head, inserted + tail, start)
    closers = _missing_closers(languages.spec(language), before, inserted, after)
    if found and closers:
        found = min(found, _errors(languages, language, head, inserted + closers + tail, start))
    if found == 0:
        return False
    head, tail = "".join(before[:-1]), "".join(after[1:])
    least = _errors(languages, language, head, "\n" + tail, 0)
    if least and "}" in closers:
        least = min(least, _errors(languages, language, head, "{\n" + tail, 0))
    return found > least


def _window(spec: LanguageSpec, before: Sequence[str], after: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The lines around the cursor that are parsed."""
    lines = (*before, *after[1:])
    start, end = choose_region(lines, max(0, len(before) - 1), _WINDOW, spec.header)
    return before[start:], (*after[:1], *lines[len(before) : end])


def _errors(languages: Languages, language: str, head: str, tail: str, start: int) -> int:
    """The errors that end after the byte ``start``."""
    import tree_sitter

    grammar = languages.grammar(language)
    if grammar is None:
        return 0
    tree = tree_sitter.Parser(grammar).parse((head + tail).encode("utf-8", _ESCAPES))
    return _count(tree.root_node, start)


def _count(node: tree_sitter.Node, start: int) -> int:
    if not (node.has_error or node.is_missing) or node.end_byte < start:
        return 0
    own = (node.is_error and node.end_byte > start) or node.is_missing
    return int(own) + sum(_count(child, start) for child in node.children)


def _missing_closers(spec: LanguageSpec, before: Sequence[str], inserted: str, after: Sequence[str]) -> str:
    line = before[-1] if before else ""
    text = line + inserted
    opened = [text[offset] for offset in lex(spec, text).brackets]
    rest = after[0] if after else ""
    closers = {opener: closer for closer, opener in CLOSERS.items()}
    return "".join(closers[opener] for opener in reversed(opened) if closers[opener] not in rest)


def block_end(languages: Languages, language: str, before: str, generated: str) -> int | None:
    """The offset in ``generated`` at which the block that it began is closed, or None while it isn't.

    ``before`` is the text up to the cursor, of which the last 40 lines are read. A brace or closing word that ends
    the block belongs to it; by indentation, a block ends before the first visible line that is indented less. A block
    that may go on (``else``) is not closed, and the end of ``generated`` closes nothing.
    """
    spec = languages.spec(language)
    lines = before.splitlines(keepends=True)[-_LINES:] or [""]
    if before.endswith(("\n", "\r")):
        lines.append("")
    if spec.bodies is Bodies.BRACES:
        return _end_by_braces(spec, lines, generated)
    return _end_by_lines(spec, lines, generated)


def _end_by_braces(spec: LanguageSpec, lines: list[str], generated: str) -> int | None:
    begun = _brace_before(spec, lines)
    prefix = "{" if begun else ""
    text = prefix + generated
    depth = 0
    opened = False
    for offset, char in code_brackets(spec, text):
        depth += 1 if char not in CLOSERS else -1
        opened = opened or char == "{"
        if depth < 0:
            return offset - len(prefix)
        if depth == 0 and char == "}" and opened:
            rest = text[offset + 1 :]
            if begun:
                return offset + 1 - len(prefix)
            if not is_blank(rest) and not _GOES_ON.match(rest):
                return offset + 1 - len(prefix) + (rest[0] in ";,")
    return None


def _brace_before(spec: LanguageSpec, lines: list[str]) -> bool:
    """Whether the last thing written before the cursor opens a body."""
    visible = next((number for number in range(len(lines) - 1, -1, -1) if not is_blank(lines[number])), None)
    return visible is not None and opens_block(spec, lines, visible)


def _end_by_lines(spec: LanguageSpec, lines: list[str], generated: str) -> int | None:
    least = _least_indent(spec, lines)
    start = generated.find("\n") + 1
    if not start:
        return None
    end = len(generated[:start].rstrip())
    while start < len(generated):
        stop = generated.find("\n", start)
        stop = len(generated) if stop < 0 else stop
        line = generated[start:stop]
        if not is_blank(line):
            state = lex(spec, lines[-1] + generated[:start])
            inside = bool(state.brackets) or state.string is not None
            if not inside and width(indentation(line)) < least and not _is_section(spec, line):
                return _with_closing_word(spec, generated, start, end)
            end = start + len(line.rstrip())
        start = stop + 1
    return None


def _least_indent(spec: LanguageSpec, lines: list[str]) -> int:
    """The indentation below which a line no longer belongs to the block at the cursor."""
    last = len(lines) - 1
    visible = next((number for number in range(last, -1, -1) if not is_blank(lines[number])), None)
    if visible is not None and (visible == last or opens_block(spec, lines, visible)):
        header = statement_start(spec, lines, Point(visible, len(lines[visible])))
        return width(indentation(lines[header])) + 1
    return width(lines[last])


def _is_section(spec: LanguageSpec, line: str) -> bool:
    """Whether a line begins a further part of a statement that a word closes (Ruby's ``rescue``)."""
    return spec.closing_words is not None and _SECTIONS.match(line.lstrip()) is not None


def _with_closing_word(spec: LanguageSpec, generated: str, start: int, end: int) -> int:
    """The end of a block before the line at ``start``, or after the word on it that closes the block."""
    line = generated[start:].lstrip()
    word = re.match(spec.closing_words, line) if spec.closing_words else None
    return end if word is None else len(generated) - len(line) + word.end()
