"""The sentence for a value that the schema refuses: it names the innermost setting that is wrong."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect


def sentence(name: str, type_: Any, value: object, where: str) -> str:
    """What is wrong with a value of a setting's annotated type; ``where`` says where it stands."""
    inner = next((each for each in _parts(name, type_, value) if not _fits(*each[1:])), None)
    if inner is not None:
        return sentence(*inner, where)
    plain = _bare(type_)
    if _is_struct(plain) and isinstance(value, Mapping):
        fields = {field.name: field for field in msgspec.structs.fields(plain)}
        for unknown in (each for each in value if each not in fields):
            close = difflib.get_close_matches(str(unknown), fields, n=1, cutoff=0.6)
            hint = f"did you mean {name}.{close[0]}?" if close else f"it may have any of {', '.join(fields)}."
            return f"{name}.{unknown} in {where} is not a setting; {hint}"
        missing = next(each for each in fields.values() if each.required and each.name not in value)
        return f"{name}.{missing.name} is missing in {where}; it has to be {allowed(missing.type)}."
    return f"{name} is {shown(value)} in {where}, but has to be {allowed(type_)}."


def allowed(type_: Any) -> str:
    """What a value of an annotated type may be, in words."""
    return _allowed(inspect.type_info(type_))


def shown(value: object) -> str:
    """A value as a user would write it, cut when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _parts(name: str, type_: Any, value: object) -> Iterator[tuple[str, Any, object]]:
    """What a table or list holds that the schema knows: name, type and value of each."""
    plain = _bare(type_)
    if isinstance(value, Mapping):
        if get_origin(plain) is dict:
            of = get_args(plain)[1]
            yield from ((f"{name}.{key}", of, each) for key, each in value.items())
        elif _is_struct(plain):
            hints = get_type_hints(plain, include_extras=True)
            yield from ((f"{name}.{key}", hints[key], each) for key, each in value.items() if key in hints)
    elif get_origin(plain) is tuple and isinstance(value, tuple | list):
        yield from ((f"{name}[{place}]", get_args(plain)[0], each) for place, each in enumerate(value))


def _fits(type_: Any, value: object) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True


def _bare(type_: Any) -> Any:
    return get_args(type_)[0] if get_origin(type_) is Annotated else type_


def _is_struct(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)


def _allowed(info: inspect.Type) -> str:
    match info:
        case inspect.Metadata():
            return _allowed(info.type)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() | inspect.FloatType():
            kind = "a whole number" if isinstance(info, inspect.IntType) else "a number"
            return kind + _bounds(info)
        case inspect.StrType():
            if info.pattern:
                return f"a string that matches {info.pattern}"
            return "a string that isn't empty" if info.min_length else "a string"
        case inspect.LiteralType():
            return _either([json.dumps(value) for value in info.values])
        case inspect.UnionType():
            return _either([_allowed(part) for part in info.types if not isinstance(part, inspect.NoneType)])
        case inspect.VarTupleType() | inspect.ListType():
            plural = {inspect.StrType: "strings", inspect.StructType: "tables"}.get(type(info.item_type), "values")
            return f"a list of {plural}" + (" that isn't empty" if info.min_length else "")
        case _:
            return "a table"


def _bounds(info: inspect.IntType | inspect.FloatType) -> str:
    if info.ge is not None and info.le is not None:
        return f" from {info.ge} to {info.le}"
    parts = (("of at least", info.ge), ("above", info.gt), ("of at most", info.le), ("below", info.lt))
    said = " and ".join(f"{word} {limit}" for word, limit in parts if limit is not None)
    return f" {said}".replace("and of", "and") if said else ""


def _either(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"
