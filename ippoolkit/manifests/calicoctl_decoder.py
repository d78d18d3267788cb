"""Objects as calicoctl decodes them: Go's JSON decoder behind a YAML reader that knows the target's types.

Keys are taken in any case, those of one field in the order of their bytes, the last one winning; null changes nothing.
A text takes any scalar as it is printed, other types take nothing but their own; an unknown key is an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..calico.kinds import ListOf, MapOf, ScalarType, ValueType
from ..read.document import FieldPath
from ..read.validation import short_value
from ..yaml_scalars import to_go_string

# A problem: code, path in the document, numbers.
ReportProblem = Callable[..., None]

_RFC3339 = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_BITS = {ScalarType.INT32: 31, ScalarType.INT64: 63}
_CODE_BY_TYPE = {
    ScalarType.STRING: "type-text",
    ScalarType.BOOL: "type-flag",
    ScalarType.INT32: "type-whole",
    ScalarType.INT64: "type-whole",
}
_ZERO_VALUES: dict[ScalarType, object] = {
    ScalarType.STRING: "",
    ScalarType.BOOL: False,
    ScalarType.INT32: 0,
    ScalarType.INT64: 0,
}


def decode_object(
    shape: Mapping[str, ValueType],
    value: Mapping[str, Any],
    path: FieldPath,
    report: ReportProblem,
    source_text: Callable[[FieldPath], str] = lambda _: "",
    *,
    takes_respelled_keys: bool = True,
) -> tuple[dict[str, Any], dict[FieldPath, FieldPath]]:
    """Decode an object.

    Parameters
    ----------
    shape
        Its fields and their types.
    value
        What YAML or JSON say.
    path
        Where it stands in its document.
    report
        Called as ``report(code, path, **params)`` for each problem.
    source_text
        Gives a scalar as it stands in the file, where that is not how it is printed.
    takes_respelled_keys
        Whether a key may stand beside another that differs in case only; older readers know the exact one alone.

    Returns
    -------
    tuple
        The fields that are given, by their own names, and for each the path of the key that gave it.
    """
    decoder = _Decoder(report, source_text, takes_respelled_keys=takes_respelled_keys)
    fields: dict[str, Any] = {}
    decoder.decode_struct(shape, value, path, fields, ())
    return fields, decoder.key_paths


class _Decoder:
    def __init__(
        self, report: ReportProblem, source_text: Callable[[FieldPath], str], *, takes_respelled_keys: bool
    ) -> None:
        self.takes_respelled_keys = takes_respelled_keys
        self.report = report
        self.source_text = source_text
        self.key_paths: dict[FieldPath, FieldPath] = {}

    def decode_struct(
        self,
        shape: Mapping[str, ValueType],
        value: Mapping[str, Any],
        path: FieldPath,
        fields: dict[str, Any],
        field_path: FieldPath,
    ) -> None:
        field_by_lowercase = {field.lower(): field for field in shape}
        for key in sorted(value, key=lambda key: key.encode("utf-8", "surrogatepass")):
            key_path = (*path, key)
            field = field_by_lowercase.get(key.lower())
            is_respelled = key != field and field in value and not self.takes_respelled_keys
            if field is None or is_respelled:
                self.report("field-unknown", key_path, field=key)
            elif value[key] is not None:
                self.key_paths[*field_path, field] = key_path
                fields[field] = self.decode_value(
                    shape[field], value[key], key_path, fields.get(field), (*field_path, field)
                )

    def decode_value(self, shape: ValueType, value: Any, path: FieldPath, previous: Any, field_path: FieldPath) -> Any:
        match shape:
            case Mapping():
                fields = previous if isinstance(previous, dict) else {}
                if isinstance(value, Mapping):
                    self.decode_struct(shape, value, path, fields, field_path)
                else:
                    self.report("type-mapping", path, value=short_value(value))
                return fields
            case MapOf(item_shape):
                if not isinstance(value, Mapping):
                    self.report("type-mapping", path, value=short_value(value))
                    return {}
                fields = previous if isinstance(previous, dict) else {}
                return fields | {
                    key: self.decode_item(item_shape, item_value, (*path, key), field_path)
                    for key, item_value in value.items()
                }
            case ListOf(item_shape):
                if not isinstance(value, list):
                    self.report("type-list", path, value=short_value(value))
                    return []
                return [
                    self.decode_item(item_shape, item_value, (*path, index), (*field_path, index))
                    for index, item_value in enumerate(value)
                ]
            case ScalarType():
                return self.decode_scalar(shape, value, path)

    def decode_item(self, shape: ValueType, value: Any, path: FieldPath, field_path: FieldPath) -> Any:
        """Decode what has no value before it, where null is the zero of its type."""
        if value is None:
            return _ZERO_VALUES.get(shape) if isinstance(shape, ScalarType) else None
        return self.decode_value(shape, value, path, None, field_path)

    def decode_scalar(self, shape: ScalarType, value: Any, path: FieldPath) -> Any:
        match shape:
            case ScalarType.STRING if not isinstance(value, dict | list):
                text = to_go_string(value)
                if not isinstance(value, str) and (source_text := self.source_text(path)):
                    self.report("text-typed", path, written=source_text, text=text)
                return text
            case ScalarType.BOOL if isinstance(value, bool):
                return value
            case ScalarType.INT32 | ScalarType.INT64 if isinstance(value, int | float) and not isinstance(value, bool):
                bits = _BITS[shape]
                if not math.isfinite(value):
                    return 0  # reported already of its file
                if value == int(value):
                    if -(1 << bits) <= value < 1 << bits:
                        return int(value)
                    code, bound = ("value-high", (1 << bits) - 1) if value > 0 else ("value-low", -(1 << bits))
                    self.report(code, path, value=short_value(value), bound=bound)
                    return 0
            case ScalarType.TIME:
                if not isinstance(value, str) or not is_rfc3339_time(value):
                    self.report("type-time", path, value=short_value(value))
                return value
            case ScalarType.ANY:
                return value
        self.report(wrong_type_code(shape, value), path, value=short_value(value), field=str(path[-1]))
        return _ZERO_VALUES[shape]


def wrong_type_code(shape: ScalarType, value: Any) -> str:
    """Return the code of the rule against a value of another type; a number in quotes has a rule of its own."""
    is_quoted_number = shape in _BITS and isinstance(value, str) and value.isascii() and value.isdigit()
    return "type-quoted" if is_quoted_number else _CODE_BY_TYPE[shape]


def is_rfc3339_time(text: str) -> bool:
    """Whether a text is a time as Kubernetes writes it."""
    return _RFC3339.fullmatch(text) is not None
