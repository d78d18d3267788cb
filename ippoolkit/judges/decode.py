"""Objects as calicoctl decodes them: Go's JSON decoder behind a YAML reader that knows the target's types.

Keys are taken in any case, those of one field in the order of their bytes, the last one winning; null changes nothing.
A text takes any scalar as it is printed, other types take nothing but their own; an unknown key is an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..kinds import ListOf, MapOf, Shape, Type
from ..read.checking import short
from ..read.document import Path
from ..scalars import printed

# A problem: code, path in the document, numbers.
Tell = Callable[..., None]

_RFC3339 = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_BITS = {Type.INT32: 31, Type.INT64: 63}
_EXPECTED = {Type.TEXT: "type-text", Type.FLAG: "type-flag", Type.INT32: "type-whole", Type.INT64: "type-whole"}
_ZERO: dict[Type, object] = {Type.TEXT: "", Type.FLAG: False, Type.INT32: 0, Type.INT64: 0}


def decode(
    shape: Mapping[str, Shape],
    value: Mapping[str, Any],
    path: Path,
    tell: Tell,
    as_written: Callable[[Path], str] = lambda _: "",
) -> tuple[dict[str, Any], dict[Path, Path]]:
    """Decode an object.

    Parameters
    ----------
    shape
        Its fields and their types.
    value
        What YAML or JSON say.
    path
        Where it stands in its document.
    tell
        Called as ``tell(code, path, **numbers)`` for each problem.
    as_written
        Gives a scalar as it stands in the file, where that is not how it is printed.

    Returns
    -------
    tuple
        The fields that are given, by their own names, and for each the path of the key that gave it.
    """
    decoder = _Decoder(tell, as_written)
    into: dict[str, Any] = {}
    decoder.struct(shape, value, path, into, ())
    return into, decoder.written


class _Decoder:
    def __init__(self, tell: Tell, as_written: Callable[[Path], str]) -> None:
        self.tell = tell
        self.as_written = as_written
        self.written: dict[Path, Path] = {}

    def struct(
        self, shape: Mapping[str, Shape], value: Mapping[str, Any], path: Path, into: dict[str, Any], name: Path
    ) -> None:
        names = {field.lower(): field for field in shape}
        for key in sorted(value, key=lambda key: key.encode("utf-8", "surrogatepass")):
            here = (*path, key)
            field = names.get(key.lower())
            if field is None:
                self.tell("field-unknown", here, field=key)
            elif value[key] is not None:
                self.written[*name, field] = here
                into[field] = self.value(shape[field], value[key], here, into.get(field), (*name, field))

    def value(self, shape: Shape, value: Any, path: Path, before: Any, name: Path) -> Any:
        match shape:
            case Mapping():
                into = before if isinstance(before, dict) else {}
                if isinstance(value, Mapping):
                    self.struct(shape, value, path, into, name)
                else:
                    self.tell("type-mapping", path, value=short(value))
                return into
            case MapOf(item):
                if not isinstance(value, Mapping):
                    self.tell("type-mapping", path, value=short(value))
                    return {}
                into = before if isinstance(before, dict) else {}
                return into | {key: self.item(item, each, (*path, key), name) for key, each in value.items()}
            case ListOf(item):
                if not isinstance(value, list):
                    self.tell("type-list", path, value=short(value))
                    return []
                return [self.item(item, each, (*path, index), (*name, index)) for index, each in enumerate(value)]
            case Type():
                return self.scalar(shape, value, path)

    def item(self, shape: Shape, value: Any, path: Path, name: Path) -> Any:
        """Decode what has no value before it, where null is the zero of its type."""
        if value is None:
            return _ZERO.get(shape) if isinstance(shape, Type) else None
        return self.value(shape, value, path, None, name)

    def scalar(self, shape: Type, value: Any, path: Path) -> Any:
        match shape:
            case Type.TEXT if not isinstance(value, dict | list):
                text = printed(value)
                if not isinstance(value, str) and (written := self.as_written(path)):
                    self.tell("text-typed", path, written=written, text=text)
                return text
            case Type.FLAG if isinstance(value, bool):
                return value
            case Type.INT32 | Type.INT64 if isinstance(value, int | float) and not isinstance(value, bool):
                bits = _BITS[shape]
                if not math.isfinite(value):
                    return 0  # told already of its file
                if value == int(value):
                    if -(1 << bits) <= value < 1 << bits:
                        return int(value)
                    bound = "value-high" if value > 0 else "value-low"
                    self.tell(bound, path, value=short(value), bound=(1 << bits) - 1 if value > 0 else -(1 << bits))
                    return 0
            case Type.TIME:
                if not isinstance(value, str) or not is_time(value):
                    self.tell("type-time", path, value=short(value))
                return value
            case Type.ANY:
                return value
        quoted = shape in _BITS and isinstance(value, str) and value.isascii() and value.isdigit()
        self.tell("type-quoted" if quoted else _EXPECTED[shape], path, value=short(value), field=str(path[-1]))
        return _ZERO[shape]


def is_time(text: str) -> bool:
    """Whether a text is a time as Kubernetes writes it."""
    return _RFC3339.fullmatch(text) is not None
