"""``"%s" % x`` as an f-string, or with ``format`` where an f-string can't hold it.

Conversions are those of the library reference, "printf-style String Formatting"; ``%d`` becomes ``:d``, which takes
whole numbers only, and a lone value is taken for no tuple. Both are said of the repair.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from foretype.actions.repairs.source import Change, Place, Repair, Source

_CONVERSION = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?(?P<flags>[#0\- +]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d*))?[hlL]?(?P<kind>.)",
    re.DOTALL,
)
_LITERAL = re.compile(r"(?P<prefix>[rRuU]*)(?P<quote>\"\"\"|'''|\"|')(?P<body>.*)(?P=quote)\Z", re.DOTALL)


class _Unfit(Exception):
    """A string that can't be written otherwise without a guess."""


@dataclass(slots=True)
class _Values:
    """What a string's conversions take, in order or by name. ``taken`` gathers what is taken for granted."""

    positional: list[str]
    named: dict[str, str]
    number: int = 0
    taken: list[str] | None = None

    def next(self, key: str | None) -> str:
        if key is not None:
            if key not in self.named:
                raise _Unfit
            return self.named[key]
        if self.number >= len(self.positional):
            raise _Unfit
        self.number += 1
        return self.positional[self.number - 1]


def formatted(source: Source, place: Place) -> Iterator[Repair]:
    """``"%s" % x`` written otherwise: the f-string first."""
    found = source.around(place, ast.BinOp)
    if found is None or not isinstance(found.op, ast.Mod) or not isinstance(found.left, ast.Constant):
        return
    if not isinstance(found.left.value, str):
        return
    start, left_start, left_end = source.start(found), source.start(found.left), source.end(found.left)
    between = source.text[left_end : source.start(found.right)]
    if "#" in between or "#" in source.segment(found.left).replace("%#", ""):
        return
    before, after = source.text[start:left_start], between[: between.index("%")].rstrip()
    for inline in (True, False):
        try:
            text, taken = _written(source, found.left, found.right, inline)
        except (_Unfit, tokenize.TokenError):
            continue
        whole = before + text[0] + after + text[1]
        yield Repair((Change(start, source.end(found), whole),), taken="; ".join(dict.fromkeys(taken)))


def _written(source: Source, left: ast.Constant, right: ast.expr, inline: bool) -> tuple[tuple[str, str], list[str]]:
    """The string and what follows it (``.format(...)``), and what was taken for granted. Raises `_Unfit`."""
    taken: list[str] = []
    literal = source.segment(left)
    count = sum(1 for each in _CONVERSION.finditer(literal) if each["kind"] != "%")
    by_name = any(each["key"] is not None for each in _CONVERSION.finditer(literal))
    spread = ""
    if isinstance(right, ast.Tuple):
        if any(isinstance(each, ast.Starred) for each in right.elts) or len(right.elts) != count or by_name:
            raise _Unfit
        positional, named = [_argument(source, each) for each in right.elts], {}
    elif isinstance(right, ast.Dict) and by_name:
        keys = [each.value if isinstance(each, ast.Constant) else None for each in right.keys]
        if not all(isinstance(each, str) for each in keys):
            raise _Unfit
        uses = Counter(each["key"] for each in _CONVERSION.finditer(literal) if each["kind"] != "%")
        if any(
            uses[key] != 1 and not isinstance(each, ast.Name | ast.Constant)
            for key, each in zip(keys, right.values, strict=True)
        ):
            raise _Unfit  # it would be computed twice, or not at all
        positional = []
        named = {str(key): _argument(source, each) for key, each in zip(keys, right.values, strict=True)}
    elif by_name:
        spread, positional = f"**{_argument(source, right)}", []
        named = {each["key"]: each["key"] for each in _CONVERSION.finditer(literal) if each["key"] is not None}
        if inline or not all(key.isidentifier() for key in named):
            raise _Unfit
    elif count == 1:
        positional, named = [_argument(source, right)], {}
        if not isinstance(right, ast.JoinedStr | ast.Constant | ast.BinOp | ast.ListComp):
            taken.append(f"`{positional[0]}` is no tuple")
    else:
        spread, positional, named = f"*{_argument(source, right)}", [""] * count, {}
        if inline or count == 0:
            raise _Unfit
    values = _Values(positional, named, taken=taken)
    text = _literals(literal, values, inline, keyed=bool(spread and by_name))
    if inline:
        return (text, ""), taken
    arguments = spread or ", ".join(positional or [f"{key}={value}" for key, value in named.items()])
    return (text, f".format({arguments})"), taken


def _argument(source: Source, node: ast.expr) -> str:
    text = source.segment(node)
    if isinstance(node, ast.Starred | ast.Yield | ast.YieldFrom | ast.NamedExpr):
        raise _Unfit
    return text


def _literals(segment: str, values: _Values, inline: bool, keyed: bool) -> str:
    """All string literals of a segment rewritten, and what lies between them kept."""
    out, position = "", 0
    starts = [0]
    for line in segment.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    # Parentheses let the tokens of a string in several parts lie on several lines.
    tokens = tokenize.generate_tokens(io.StringIO(f"({segment})").readline)
    for token in tokens:
        if token.type == tokenize.STRING:
            first, last = (
                starts[row - 1] + column - (1 if row == 1 else 0) for row, column in (token.start, token.end)
            )
            out += segment[position:first] + _literal(segment[first:last], values, inline, keyed)
            position = last
    return out + segment[position:]


def _literal(literal: str, values: _Values, inline: bool, keyed: bool) -> str:
    found = _LITERAL.match(literal)
    if found is None or "\\N{" in found["body"]:
        raise _Unfit
    quote, prefix = found["quote"], found["prefix"].replace("u", "").replace("U", "")
    inside, position, holes = "", 0, 0
    for each in _CONVERSION.finditer(found["body"]):
        inside += _braced(found["body"][position : each.start()])
        position = each.end()
        if each["kind"] == "%":
            inside += "%"
            continue
        conversion, spec = _spec(each)
        value = values.next(each["key"])
        if each["kind"] in "diu" and values.taken is not None and value:
            values.taken.append(f"`{value}` is a whole number")
        name = _embedded(value, quote) if inline else (each["key"] or "" if keyed or values.named else "")
        inside += "{" + name + conversion + (f":{spec}" if spec else "") + "}"
        holes += 1
    inside += _braced(found["body"][position:])
    if inline and not holes:
        inside = inside.replace("{{", "{").replace("}}", "}")
    return f"{'f' if inline and holes else ''}{prefix}{quote}{inside}{quote}"


def _braced(text: str) -> str:
    if "%" in text:
        raise _Unfit
    return text.replace("{", "{{").replace("}", "}}")


def _embedded(value: str, quote: str) -> str:
    """An expression as an f-string of Python 3.10 may hold it. Raises `_Unfit`."""
    if "\\" in value or "\n" in value or "#" in value or len(value) > 60:
        raise _Unfit
    mark = quote[0]
    if mark in value:
        other = "'" if mark == '"' else '"'
        if other in value or len(quote) == 3:
            raise _Unfit
        value = value.replace(mark, other)
    if re.match(r"lambda\b", value) or ":=" in value:
        raise _Unfit
    return f" {value} " if value.startswith("{") or value.endswith("}") else value


def _spec(found: re.Match[str]) -> tuple[str, str]:
    """``!s`` or ``!r``, and the format specification, of a conversion. Raises `_Unfit`."""
    flags, width, precision, kind = found["flags"], found["width"] or "", found["precision"], found["kind"]
    if width == "*" or precision == "*" or kind not in "diursaxXoeEfFgG":
        raise _Unfit
    tail = "" if precision is None else f".{precision or 0}"
    if kind in "rsa":
        if "0" in flags or "+" in flags or " " in flags:
            raise _Unfit
        align = ("<" if "-" in flags else ">") if width else ""
        spec = f"{align}{width}{tail}"
        return ("" if kind == "s" and not spec else f"!{kind}"), spec
    if kind in "diu":
        kind = "d"
    if tail and kind in "dxXo":
        raise _Unfit
    align = "<" if "-" in flags and width else ""
    sign = "+" if "+" in flags else " " if " " in flags else ""
    zero = "0" if "0" in flags and "-" not in flags and width else ""
    return "", f"{align}{sign}{'#' if '#' in flags else ''}{zero}{width}{tail}{kind}"
