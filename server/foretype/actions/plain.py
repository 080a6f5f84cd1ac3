"""The actions that syntax alone can carry out: extract a variable, invert an if."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.actions.kinds import EXTRACT, REWRITE
from foretype.syntax.languages import Bodies
from foretype.syntax.trees import RegionTree
from foretype.text.documents import Snapshot
from foretype.text.edits import Edit
from foretype.text.positions import Point

if TYPE_CHECKING:
    import tree_sitter

_DECLARES = {
    "python": "{name} = {value}",
    "ruby": "{name} = {value}",
    "javascript": "const {name} = {value};",
    "javascriptreact": "const {name} = {value};",
    "typescript": "const {name} = {value};",
    "typescriptreact": "const {name} = {value};",
    "tsx": "const {name} = {value};",
    "go": "{name} := {value}",
    "rust": "let {name} = {value};",
    "java": "var {name} = {value};",
    "csharp": "var {name} = {value};",
    "cpp": "auto {name} = {value};",
    "kotlin": "val {name} = {value}",
    "scala": "val {name} = {value}",
    "swift": "let {name} = {value}",
    "lua": "local {name} = {value}",
}
"""How each language gives a value a name, before a statement."""

_VALUES = frozenset(
    {
        "call", "call_expression", "method_invocation", "function_call", "binary_operator", "binary_expression",
        "boolean_operator", "comparison_operator", "not_operator", "unary_operator", "unary_expression", "attribute",
        "member_expression", "selector_expression", "field_expression", "field_access", "subscript",
        "subscript_expression", "index_expression", "parenthesized_expression", "conditional_expression",
        "ternary_expression", "list", "array", "dictionary", "object", "set", "tuple", "string", "template_string",
        "list_comprehension", "dictionary_comprehension", "set_comprehension", "integer", "float", "number",
        "await_expression", "await", "new_expression", "interpreted_string_literal", "string_literal", "int_literal",
        "integer_literal", "float_literal", "composite_literal",
    }
)  # fmt: skip
_LAZY = frozenset(
    {
        "lambda", "arrow_function", "list_comprehension", "dictionary_comprehension", "set_comprehension",
        "generator_expression", "boolean_operator", "conditional_expression", "ternary_expression", "while_statement",
        "for_statement", "elif_clause", "function_definition", "closure_expression", "func_literal",
        "default_parameter", "typed_default_parameter", "do_statement", "case_clause", "switch_case", "decorator",
    }
)  # fmt: skip
"""Inside of these a value is computed at another time, or not at all, than before the statement."""

_BLOCKS = frozenset(
    {"block", "module", "program", "statement_block", "source_file", "compound_statement", "translation_unit", "chunk"}
)
_NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "===": "!==", "!==": "===",
            "in": "not in", "not in": "in", "is": "is not", "is not": "is"}  # fmt: skip
_SINGLE = frozenset({"==", "!=", "===", "!==", "in", "not in", "is", "is not"})
"""Comparisons whose opposite says the same of every value. With ``<`` it doesn't: of a NaN, neither holds."""


@dataclass(frozen=True, slots=True)
class Plain:
    """An action with its edits, or the reason why it can't be done."""

    title: str
    kind: str
    edits: tuple[Edit, ...] = ()
    disabled: str = ""


def plain_actions(tree: RegionTree, snapshot: Snapshot, start: Point, end: Point) -> Iterator[Plain]:
    """What syntax alone can do at a range."""
    if start != end and snapshot.language in _DECLARES:
        yield _extract_variable(tree, snapshot, start, end)
    yield from _invert_if(tree, snapshot, start)


def _extract_variable(tree: RegionTree, snapshot: Snapshot, start: Point, end: Point) -> Plain:
    title = "Extract to a variable"
    text = snapshot.text_between(start, end)
    first = tree.byte_at(start) + len(text) - len(text.lstrip())
    last = tree.byte_at(end) - (len(text) - len(text.rstrip()))
    node = tree.root.descendant_for_byte_range(first, last)
    while node is not None and node.byte_range == (first, last) and node.type not in _VALUES and node.parent:
        node = node.parent
    if node is None or node.byte_range != (first, last) or node.type not in _VALUES or node.has_error:
        return Plain(title, EXTRACT, disabled="the selection is not a whole expression")
    statement = node
    while statement.parent is not None and statement.parent.type not in _BLOCKS:
        if statement != node and statement.type in _LAZY:
            return Plain(title, EXTRACT, disabled="the expression is not computed exactly once before its statement")
        statement = statement.parent
    lazy = statement != node and statement.type in _LAZY
    if lazy or statement.parent is None or _is_written(node):
        return Plain(title, EXTRACT, disabled="the expression is not computed exactly once before its statement")
    place = tree.point_at(statement.start_point)
    indent = snapshot.lines[place.line][: place.column]
    if indent.strip():
        return Plain(title, EXTRACT, disabled="its statement does not begin a line")
    name = _free_name(tree)
    declared = _DECLARES[snapshot.language].format(name=name, value=tree.text(node))
    ending = snapshot.lines[place.line][len(snapshot.body(place.line)) :] or "\n"
    begin, stop = tree.point_at(node.start_point), tree.point_at(node.end_point)
    return Plain(title, EXTRACT, (Edit(place, place, f"{declared}{ending}{indent}"), Edit(begin, stop, name)))


def _is_written(node: tree_sitter.Node) -> bool:
    """Whether a node is what a statement assigns to, or a statement of its own."""
    parent = node.parent
    if parent is None or parent.type in ("expression_statement", "del_statement", "import_statement"):
        return True
    target = parent.child_by_field_name("left") or parent.child_by_field_name("name")
    return target == node and "assign" in parent.type


def _free_name(tree: RegionTree) -> str:
    names = ("value", *(f"value_{number}" for number in range(2, 100)))
    return next(name for name in names if name.encode() not in tree.source)


def _invert_if(tree: RegionTree, snapshot: Snapshot, start: Point) -> Iterator[Plain]:
    """The two branches of an if and else change places."""
    node = _if_statement(tree, snapshot, start)
    if node is None:
        return
    title = "Invert the if"
    condition = node.child_by_field_name("condition")
    then = node.child_by_field_name("consequence")
    alternatives = [child for child in node.children if child.type in ("else_clause", "elif_clause")]
    otherwise = node.child_by_field_name("alternative")
    if condition is None or then is None or otherwise is None or node.has_error:
        yield Plain(title, REWRITE, disabled="the if has no else")
        return
    body = _body_of_else(otherwise)
    if len(alternatives) > 1 or body is None:
        yield Plain(title, REWRITE, disabled="there is another condition after the if")
        return
    spans = [(condition, _negated(tree, condition)), (then, tree.text(body)), (body, tree.text(then))]
    if tree.spec.bodies is Bodies.INDENTATION and then.start_point[0] == node.start_point[0]:
        yield Plain(title, REWRITE, disabled="the if is on one line")
        return
    edits = (Edit(tree.point_at(each.start_point), tree.point_at(each.end_point), text) for each, text in spans)
    yield Plain(title, REWRITE, tuple(edits))


def _if_statement(tree: RegionTree, snapshot: Snapshot, start: Point) -> tree_sitter.Node | None:
    """The if whose first line the cursor is on."""
    line = snapshot.lines[start.line]
    first = Point(start.line, len(line) - len(line.lstrip(" \t")))
    offset = tree.byte_at(first)
    node = tree.root.descendant_for_byte_range(offset, offset + 2)
    while node is not None and node.type not in ("if_statement", "if_expression"):
        if node.start_byte < offset:
            return None
        node = node.parent
    if node is None or node.start_byte != offset or (node.parent is not None and node.parent.type == "else_clause"):
        return None
    return node


def _body_of_else(otherwise: tree_sitter.Node) -> tree_sitter.Node | None:
    if otherwise.type in _BLOCKS:
        return otherwise
    if otherwise.type != "else_clause":
        return None
    body = otherwise.child_by_field_name("body") or next(
        (child for child in otherwise.named_children if child.type != "comment"), None
    )
    return body if body is not None and body.type in _BLOCKS else None


def _negated(tree: RegionTree, condition: tree_sitter.Node) -> str:
    if condition.type == "parenthesized_expression" and len(condition.named_children) == 1:
        return f"({_negated(tree, condition.named_children[0])})"
    text = tree.text(condition)
    word = "not " if tree.spec.id in ("python", "lua", "ruby") else "!"
    if condition.type in ("not_operator", "unary_expression") and text.startswith(word.strip()):
        inner = condition.named_children[-1]
        return tree.text(inner)
    operators = [child for child in condition.children if child.type in _SINGLE]
    if len(condition.named_children) == 2 and len(operators) == 1 and "boolean" not in condition.type:
        operator = operators[0]
        before = tree.source[condition.start_byte : operator.start_byte].decode("utf-8", "surrogatepass")
        after = tree.source[operator.end_byte : condition.end_byte].decode("utf-8", "surrogatepass")
        return f"{before}{_NEGATED[operator.type]}{after}"
    simple = condition.type in ("identifier", "call", "call_expression", "attribute", "member_expression", "subscript")
    return f"{word}{text}" if simple else f"{word}({text})"
