"""Whether an edit keeps what the code does, as far as that shows: what it uses, calls, leaves, and what it brings in.

A checker that is content says nothing of meaning: it is as content when a condition or a call is gone. This is no proof
either, but an edit with such a doubt is not offered as one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foretype.syntax.trees import RegionTree

if TYPE_CHECKING:
    import tree_sitter

_CALLS = frozenset({"call", "call_expression", "method_invocation", "new_expression", "macro_invocation"})
_LEAVES = frozenset(
    {
        "return_statement", "raise_statement", "throw_statement", "break_statement", "continue_statement", "yield",
        "yield_expression", "await", "await_expression", "return_expression", "break_expression", "continue_expression",
        "delete_statement", "assert_statement",
    }
)  # fmt: skip
"""Nodes that end, leave or hold up what is under way."""

_WORDS = re.compile(r"[^\W\d]\w*")
MOST_NAMED = 3


@dataclass(slots=True)
class Uses:
    """What a piece of code has in it: the names it uses, what it calls, how it leaves, the words of its strings."""

    names: set[str] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    leaves: Counter[str] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)


def uses(tree: RegionTree, start: int, end: int) -> Uses:
    """What the code between two bytes of a tree's source has in it."""
    found = Uses()
    for node in _within(tree.root, start, end):
        if node.type in _CALLS:
            called = node.child_by_field_name("function") or node.child_by_field_name("name") or node.children[0]
            names = _WORDS.findall(tree.text(called))
            found.calls[names[-1] if names else ""] += 1
        elif node.type in _LEAVES:
            found.leaves[node.type.split("_", 1)[0]] += 1
        elif node.child_count == 0 and node.is_named and "comment" not in node.type:
            if "identifier" in node.type or node.type in ("name", "variable_name", "constant"):
                found.names.add(tree.text(node))
            elif "string" in node.type and not _is_documentation(node):
                found.words.update(_WORDS.findall(tree.text(node)))
    return found


def doubts(before: Uses, after: Uses, text: str, about: str) -> list[str]:
    """What may have changed but for the finding's sake, each in a few words.

    ``text`` is the code before, ``about`` what the checker says of the finding: what they name is no surprise.
    """
    known = set(_WORDS.findall(about))
    told = []
    if gone := sorted(before.names - after.names - known):
        told.append(f"it no longer uses {_listed(gone)}")
    fewer = before.calls - after.calls
    if calls := sorted(name for name in fewer if name not in known and name not in gone and name in after.names):
        told.append(f"it calls {_listed(calls)} less often")
    if left := sorted(name for name in before.leaves - after.leaves if name not in known):
        told.append(f"it has one {left[0]} less")
    made_up = sorted(each for each in after.words - before.words - known if len(each) > 2)
    if made_up := [each for each in made_up if each not in set(_WORDS.findall(text))]:
        told.append(f"it brings in {_listed(made_up)}")
    return told


def deletes(before: Uses, after: Uses, about: str) -> str:
    """What an edit that leaves nothing of the code takes away with it: calls, and ways out; empty if nothing."""
    known = set(_WORDS.findall(about))
    gone = sorted(name for name in before.calls - after.calls if name not in known) or sorted(before.leaves)
    return gone[0] if gone else ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and more"


def _is_documentation(node: tree_sitter.Node) -> bool:
    holder = node.parent
    while holder is not None and "string" in holder.type:
        holder = holder.parent
    return holder is not None and holder.type in ("expression_statement", "block", "module")


def _within(root: tree_sitter.Node, start: int, end: int) -> Iterator[tree_sitter.Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.end_byte <= start or end <= node.start_byte:
            continue
        if start <= node.start_byte and node.end_byte <= end:
            yield node
        waiting.extend(reversed(node.children))
