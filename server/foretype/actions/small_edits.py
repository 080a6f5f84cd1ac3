"""The small edits that repair many bugs, tried without a model where tests can tell which of them is right.

Program repair knows them as mutations (Weimer et al., "Leveraging program equivalence for adaptive program repair",
ASE 2013; Debroy and Wong, "Using mutation to automatically suggest fixes for faulty programs", ICST 2010). They work on
tokens and on a few kinds of node that most grammars share, so they know no language in particular.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

_SWAPS: dict[str, tuple[str, ...]] = {
    "<": ("<=", ">", ">="),
    "<=": ("<", ">=", ">"),
    ">": (">=", "<", "<="),
    ">=": (">", "<=", "<"),
    "==": ("!=", "<=", ">="),
    "!=": ("==", "<", ">"),
    "===": ("!==",),
    "!==": ("===",),
    "+": ("-", "*"),
    "-": ("+",),
    "*": ("+", "/", "**"),
    "/": ("//", "*", "%"),
    "//": ("/", "%"),
    "%": ("//", "/"),
    "&": ("|", "^"),
    "|": ("&", "^"),
    "^": ("&", "|"),
    "<<": (">>",),
    ">>": ("<<",),
    "+=": ("-=", "=", "*="),
    "-=": ("+=", "="),
    "*=": ("+=", "/="),
    "/=": ("//=", "*="),
    "&=": ("|=", "^="),
    "|=": ("&=", "^="),
    "^=": ("&=", "|="),
    "=": ("+=", "-="),
    "and": ("or",),
    "or": ("and",),
    "&&": ("||",),
    "||": ("&&",),
    "in": ("not in",),
    "is": ("is not",),
    "++": ("--",),
    "--": ("++",),
    "break": ("continue",),
    "continue": ("break",),
}
_NAMES: dict[str, tuple[str, ...]] = {
    "any": ("all",),
    "all": ("any",),
    "min": ("max",),
    "max": ("min",),
    "True": ("False",),
    "False": ("True",),
    "true": ("false",),
    "false": ("true",),
    "append": ("extend",),
    "extend": ("append",),
    "find": ("rfind",),
    "rfind": ("find",),
    "lstrip": ("rstrip", "strip"),
    "rstrip": ("lstrip", "strip"),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "push": ("unshift",),
    "pop": ("shift",),
    "some": ("every",),
    "every": ("some",),
}
_NUMBERS = frozenset(
    {"integer", "number", "int_literal", "integer_literal", "number_literal", "decimal_integer_literal"}
)
_CALLS = frozenset({"call", "call_expression", "method_invocation"})
_ARGUMENTS = frozenset({"argument_list", "arguments"})
_LISTS = frozenset({"list", "array"})
_OPERANDS = frozenset(
    {
        "identifier",
        "call",
        "call_expression",
        "attribute",
        "subscript",
        "binary_operator",
        "binary_expression",
        *_NUMBERS,
    }
)
_HOLDERS = frozenset(
    {
        "argument_list", "arguments", "subscript", "slice", "comparison_operator", "binary_operator",
        "binary_expression", "return_statement", "assignment", "subscript_expression",
    }
)  # fmt: skip
_CONDITIONS = frozenset({"if_statement", "while_statement", "elif_clause", "conditional_expression"})
_BOOLEAN = frozenset({"and", "or", "&&", "||"})
MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class SmallEdit:
    """Bytes of the source to replace; the lower the ``cost``, the likelier such an edit is what was meant."""

    start: int
    end: int
    text: bytes
    cost: float


def small_edits(source: bytes, node: tree_sitter.Node) -> list[SmallEdit]:
    """All small edits inside a node, the likeliest first, none twice."""
    found: dict[tuple[int, int, bytes], SmallEdit] = {}
    names = _names(source, node)
    slices = {
        _text(source, each)[each.children[0].end_byte - each.start_byte :] for each in _within(node) if _is_slice(each)
    }
    for inner in _within(node):
        for edit in (*_edits(source, inner, names), *_of_arguments(source, inner, names, sorted(slices))):
            key = (edit.start, edit.end, edit.text)
            if source[edit.start : edit.end] != edit.text and (key not in found or edit.cost < found[key].cost):
                found[key] = edit
    return sorted(found.values(), key=lambda edit: (edit.cost, edit.start))


def _within(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in ("comment", "string", "line_comment", "block_comment"):
            continue
        yield current
        waiting.extend(reversed(current.children))


def _names(source: bytes, node: tree_sitter.Node) -> list[bytes]:
    """The names in the node that stand for values, its parameters too; not what is called, defined or a member."""
    names: dict[bytes, None] = {}
    for inner in _within(node):
        parent = inner.parent
        named = parent is not None and (
            parent.type == "keyword_argument" or parent.child_by_field_name("name") == inner
        )
        if inner.type == "identifier" and not _is_called(inner) and not named:
            names[_text(source, inner)] = None
    return list(names)[:MOST_NAMES]


def _edits(source: bytes, node: tree_sitter.Node, names: list[bytes]) -> Iterator[SmallEdit]:
    text = _text(source, node)
    start, end = node.start_byte, node.end_byte
    if not node.children:
        known = text.decode("utf-8", "surrogatepass")
        table = _NAMES if node.is_named else _SWAPS
        for rank, other in enumerate(table.get(known, ())):
            yield SmallEdit(start, end, other.encode(), 1.0 + 0.2 * rank)
    if node.type in _NUMBERS and text.isdigit():
        for value in (int(text) + 1, int(text) - 1):
            yield SmallEdit(start, end, str(value).encode() if value >= 0 else b"(%d)" % value, 1.4)
    parent = node.parent
    if node.type in _OPERANDS and parent is not None and parent.type in _HOLDERS and not _is_called(node):
        written = node.next_sibling is not None and node.next_sibling.type == "="
        if not written:
            for change in (b" + 1", b" - 1"):
                yield SmallEdit(start, end, text + change, 1.8)
    if node.type == "identifier" and not _is_called(node) and not _is_defined(node):
        for name in names:
            if name != text:
                yield SmallEdit(start, end, name, 2.4)
    yield from _of_calls(source, node)
    yield from _of_values(source, node, names)
    if node.type in _CONDITIONS and (condition := node.child_by_field_name("condition")) is not None:
        inner = _text(source, condition)
        negation = b"!" if condition.type == "parenthesized_expression" else b"not "
        wrapped = negation + (inner if inner.startswith(b"(") else b"(" + inner + b")")
        yield SmallEdit(condition.start_byte, condition.end_byte, wrapped, 2.6)
        yield from _of_conditions(node, condition, inner, names)
    yield from _of_operators(source, node)
    if node.type in _LISTS and not node.named_children and parent is not None and parent.type not in _ARGUMENTS:
        yield SmallEdit(start, end, b"[[]]", 2.2)
        for name in names:
            yield SmallEdit(start, end, b"[" + name + b"]", 2.2)


def _is_slice(node: tree_sitter.Node) -> bool:
    return node.type == "subscript" and any(child.type == "slice" for child in node.named_children)


def _of_arguments(
    source: bytes, node: tree_sitter.Node, names: list[bytes], slices: list[bytes]
) -> Iterator[SmallEdit]:
    """A name that is passed on: a part of it, as the function takes of others, or its difference to another name."""
    parent = node.parent
    if node.type != "identifier" or parent is None or parent.type not in _ARGUMENTS:
        return
    text = _text(source, node)
    for part in slices:
        yield SmallEdit(node.start_byte, node.end_byte, text + part, 2.6)
    for name in names:
        if name != text:
            yield SmallEdit(node.start_byte, node.end_byte, text + b" - " + name, 3.3)


def _of_conditions(
    node: tree_sitter.Node, condition: tree_sitter.Node, inner: bytes, names: list[bytes]
) -> Iterator[SmallEdit]:
    """Another condition: one more that a name has to fulfil, and for a loop without end, a name."""
    spoken = condition.type != "parenthesized_expression"  # as in Python and Lua; else as in C
    start, end = condition.start_byte, condition.end_byte
    endless = node.type == "while_statement" and inner.strip(b"()") in (b"True", b"true", b"1")
    for name in names:
        if endless:
            yield SmallEdit(start, end, name if spoken else b"(%s)" % name, 2.6)
            continue
        for before in (b"not %s or ", b"%s is None or ", b"%s and ") if spoken else (b"!%s || ", b"%s && "):
            whole = (before % name) + (inner if spoken and b" or " not in inner else b"(%s)" % inner)
            yield SmallEdit(start, end, whole if spoken else b"(%s)" % whole, 3.3)


def _of_values(source: bytes, node: tree_sitter.Node, names: list[bytes]) -> Iterator[SmallEdit]:
    """What is assigned or returned, bounded by another value or joined with it."""
    value = node.child_by_field_name("right") if node.type in ("assignment", "assignment_expression") else None
    if node.type == "return_statement" and node.named_children:
        value = node.named_children[0]
    if value is None:
        return
    text = _text(source, value)
    bounds = ("max", "min") if node.type == "assignment" else ()
    for other in (*names, b"0"):
        if other != text:
            for bound in bounds:
                call = b"%s(%s, %s)" % (bound.encode(), other, text)
                yield SmallEdit(value.start_byte, value.end_byte, call, 3.2)
            if other != b"0":
                for joined in (text + b" + " + other, other + b" + " + text):
                    yield SmallEdit(value.start_byte, value.end_byte, joined, 3.4)


def _of_calls(source: bytes, node: tree_sitter.Node) -> Iterator[SmallEdit]:
    """A call without the call, and with its arguments in another order."""
    if node.type in _CALLS:
        arguments = next((child for child in node.children if child.type in _ARGUMENTS), None)
        if arguments is not None:
            for argument in arguments.named_children:
                yield SmallEdit(node.start_byte, node.end_byte, _text(source, argument), 2.0)
    if node.type in (*_ARGUMENTS, "binary_operator", "binary_expression", "tuple", "expression_list"):
        for left, right in zip(node.named_children, node.named_children[1:], strict=False):
            between = source[left.end_byte : right.start_byte]
            swapped = _text(source, right) + between + _text(source, left)
            yield SmallEdit(left.start_byte, right.end_byte, swapped, 1.7)


def _of_operators(source: bytes, node: tree_sitter.Node) -> Iterator[SmallEdit]:
    """One side of an operator alone."""
    if len(node.children) == 3 and not node.children[1].is_named and len(node.named_children) == 2:
        operator = _text(source, node.children[1]).decode("utf-8", "surrogatepass")
        if operator in _SWAPS and operator not in ("=", "+=", "-="):
            cost = 2.2 if operator in _BOOLEAN else 2.8
            for side in node.named_children:
                yield SmallEdit(node.start_byte, node.end_byte, _text(source, side), cost)


def _is_called(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type in _CALLS and (parent.child_by_field_name("function") or parent.children[0]) == node:
        return True
    return parent.type in ("attribute", "member_expression") and parent.named_children[-1] == node


def _is_defined(node: tree_sitter.Node) -> bool:
    """Whether a name is a definition's or a parameter's own."""
    parent = node.parent
    if parent is None:
        return False
    return parent.type in ("parameters", "formal_parameters", "lambda_parameters", "keyword_argument") or (
        parent.child_by_field_name("name") == node
    )


def _text(source: bytes, node: tree_sitter.Node) -> bytes:
    return source[node.start_byte : node.end_byte]
