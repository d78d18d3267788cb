"""Plain values to model objects; every problem becomes a finding with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ..cidr import CidrError
from ..errors import InputError
from ..findings import RULES, Finding, Place
from .document import Document, Path

T = TypeVar("T")
_INT64 = 1 << 63

# pydantic's kinds of error to ours.
_TYPES = {
    "string_type": "type-text",
    "int_type": "type-whole",
    "float_type": "type-number",
    "finite_number": "type-number",
    "bool_type": "type-flag",
    "tuple_type": "type-list",
    "list_type": "type-list",
    "dict_type": "type-mapping",
    "mapping_type": "type-mapping",
    "dataclass_type": "type-mapping",
}


def check(
    adapter: TypeAdapter[T], value: object, document: Document, problems: list[Finding], path_of: Callable[[Path], Path]
) -> T | None:
    """Validate a value; return None and add to `problems` where it does not fit.

    Parameters
    ----------
    adapter
        Of the model class wanted.
    value
        Dicts, lists and scalars.
    document
        Where the value came from.
    problems
        The list to add to.
    path_of
        Turns a path inside the value into the path inside the document.
    """
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        for detail in details:
            path = path_of(_in_file(detail["loc"]))
            problems.append(finding_of(detail, path, document.place(path)))
        return None


def _in_file(loc: Path) -> Path:
    """Turn pydantic's path into the file's: where a default does not fit, pydantic names the field, not the key."""
    return tuple({"block_size": "blockSize"}.get(str(key), key) for key in loc)


def first_problem(error: ValueError) -> Finding:
    """Return what is wrong with a value that the model or the kit refused, the first problem of several."""
    match error:
        case InputError():
            return error.problems[0]
        case CidrError():
            return Finding(error.code, numbers=error.numbers)
        case ValidationError():
            detail = error.errors(include_url=False)[0]
            return finding_of(detail, detail["loc"])
    raise error


def finding_of(detail: ErrorDetails, path: Path, place: Place | None = None) -> Finding:
    """Say in the kit's own words what pydantic found wrong with the value at a path."""
    kind, context, found = detail["type"], detail.get("ctx", {}), detail["input"]
    name = str(path[-1]) if path else ""
    numbers: Mapping[str, object]
    if kind in RULES:
        code, numbers = kind, context
    elif kind == "missing":
        code, numbers = "field-missing", {"field": name}
    elif kind in ("unexpected_keyword_argument", "extra_forbidden"):
        code, numbers = "field-unknown", {"field": name}
    elif kind == "literal_error":
        code, numbers = "value-choice", {"value": short(found), "choices": context["expected"].replace(" or ", ", ")}
    elif kind in ("greater_than_equal", "less_than_equal"):
        code = "value-low" if "ge" in context else "value-high"
        numbers = {"value": short(found), "bound": context.get("ge", context.get("le"))}
    elif kind in ("string_too_short", "string_too_long"):
        code, numbers = "name-length", {"length": len(found)}
    elif kind == "int_type" and isinstance(found, float) and abs(found) >= _INT64:
        code, bound = ("value-high", _INT64 - 1) if found > 0 else ("value-low", -_INT64)
        numbers = {"value": short(found), "bound": bound}
    elif kind in ("int_type", "float_type") and isinstance(found, str) and found.isascii() and found.isdigit():
        code, numbers = "type-quoted", {"value": short(found), "field": name}
    else:
        code, numbers = _TYPES.get(kind, "value-wrong"), {"value": short(found)}
    return Finding(code, numbers=numbers, place=place)


def short(value: object) -> str:
    """Return a value as a message shows it."""
    match value:
        case dict():
            return "{...}"
        case list() | tuple():
            return "[...]"
        case str():
            text = f'"{value}"'
        case _:
            text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
