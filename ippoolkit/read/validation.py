"""Plain values to model objects; every problem becomes a finding with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ..calico.limits import MAX_NAME_LENGTH
from ..cidr import CidrError
from ..errors import InputError
from ..findings import RULES, Finding, Place
from .document import Document, FieldPath

T = TypeVar("T")
MAX_PROBLEMS = 1_000  # beyond these nobody reads them, and a million takes a gigabyte
_INT64_BOUND = 1 << 63

# pydantic's kinds of error to ours.
_CODE_BY_PYDANTIC_TYPE = {
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


def validate(
    adapter: TypeAdapter[T],
    value: object,
    document: Document,
    problems: list[Finding],
    to_document_path: Callable[[FieldPath], FieldPath] = lambda path: path,
) -> T | None:
    """Validate a value of a document; return None and add to `problems` where it does not fit.

    `to_document_path` turns a path inside the value into the path inside the document.

    Raises
    ------
    InputError
        Where there are too many problems to be listed.
    """
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        if error.error_count() > MAX_PROBLEMS:
            raise InputError([*problems[:MAX_PROBLEMS], many_problems(document)]) from None
        for detail in error.errors(include_url=False):
            # Where a default does not fit, pydantic names the field, not the key.
            path = to_document_path(tuple("blockSize" if key == "block_size" else key for key in detail["loc"]))
            problems.append(finding_from_pydantic(detail, path, document.place(path)))
        return None


def many_problems(document: Document) -> Finding:
    """Return what is said where problems are too many to be listed."""
    return Finding("problems-many", params={"most": MAX_PROBLEMS}, place=Place(document.file))


def first_problem(error: ValueError) -> Finding:
    """Return what is wrong with a value that the model or the kit refused, the first problem of several."""
    match error:
        case InputError():
            return error.problems[0]
        case CidrError():
            return Finding(error.code, params=error.params)
        case ValidationError():
            detail = error.errors(include_url=False)[0]
            return finding_from_pydantic(detail, detail["loc"])
    raise error


def finding_from_pydantic(detail: ErrorDetails, path: FieldPath, place: Place | None = None) -> Finding:
    """Say in the kit's own words what pydantic found wrong with the value at a path."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    name = str(path[-1]) if path else ""
    params: Mapping[str, object]
    if kind in RULES:
        code, params = kind, context
    elif kind == "missing":
        code, params = "field-missing", {"field": name}
    elif kind in ("unexpected_keyword_argument", "extra_forbidden"):
        code, params = "field-unknown", {"field": name}
    elif kind == "literal_error":
        code, params = (
            "value-choice",
            {"value": short_value(value), "choices": context["expected"].replace(" or ", ", ")},
        )
    elif kind in ("greater_than_equal", "less_than_equal"):
        code = "value-low" if "ge" in context else "value-high"
        params = {"value": short_value(value), "bound": context.get("ge", context.get("le"))}
    elif kind == "too_long":
        code, params = "cluster-large", {"field": name, "most": context["max_length"]}
    elif kind == "string_too_long" and context["max_length"] > MAX_NAME_LENGTH:
        code, params = "text-length", {"length": len(value), "most": context["max_length"]}
    elif kind in ("string_too_short", "string_too_long"):
        code, params = "name-length", {"length": len(value)}
    elif kind == "int_type" and isinstance(value, float) and abs(value) >= _INT64_BOUND:
        code, bound = ("value-high", _INT64_BOUND - 1) if value > 0 else ("value-low", -_INT64_BOUND)
        params = {"value": short_value(value), "bound": bound}
    elif kind in ("int_type", "float_type") and isinstance(value, str) and value.isascii() and value.isdigit():
        code, params = "type-quoted", {"value": short_value(value), "field": name}
    else:
        code, params = _CODE_BY_PYDANTIC_TYPE.get(kind, "value-wrong"), {"value": short_value(value)}
    return Finding(code, params=params, place=place)


def short_value(value: object) -> str:
    """Return a value as a message shows it."""
    match value:
        case str():
            text = f'"{value}"'
        case Mapping():
            return "{...}"
        case Sequence():
            return "[...]"
        case _:
            text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
