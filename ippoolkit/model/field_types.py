"""Field types of the model: how a value is checked, written and described in the JSON schema."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sized
from typing import Annotated, Any, TypeVar, cast, dataclass_transform

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from ..calico.selectors import MAX_READ_LENGTH
from ..cidr import Address, Cidr, CidrError

T = TypeVar("T")

# Keys are Calico's own (camelCase) in files and Python's (snake_case) in code; nothing unknown passes.
MODEL_CONFIG = ConfigDict(
    alias_generator=to_camel,
    extra="forbid",
    validate_by_name=True,
    validate_by_alias=True,
    arbitrary_types_allowed=True,
    hide_input_in_errors=True,
)


_MOST_SHOWN = 6  # items of a tuple or a mapping in a repr


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field,))
def model_class(cls: type[T]) -> type[T]:
    """Make a class of the model: frozen, slotted, validated, and shown with those fields that are not the default."""
    if "__repr__" not in vars(cls):
        cls.__repr__ = _short_repr  # type: ignore[method-assign]  # the dataclass' own shows every field
    model = dataclass(frozen=True, slots=True, kw_only=True, repr=False, config=MODEL_CONFIG)(cls)
    return cast("type[T]", model)


def _short_repr(model_object: Any) -> str:
    shown = []
    for name, field in type(model_object).__pydantic_fields__.items():
        value = getattr(model_object, name)
        if field.is_required() or value != field.get_default(call_default_factory=True):
            is_long = isinstance(value, Sized) and not isinstance(value, str) and len(value) > _MOST_SHOWN
            shown.append(f"{name}=<{len(value)} items>" if is_long else f"{name}={value!r}")
    return f"{type(model_object).__name__}({', '.join(shown)})"


def _require_string(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "not a text")
    return value


def _cidr_validator(parse: Callable[[str], Cidr]) -> Callable[[object], Cidr]:
    """Return a check that reads a CIDR, or takes one that is read already."""

    def check(value: object) -> Cidr:
        if isinstance(value, Cidr):
            return value
        try:
            return parse(_require_string(value))
        except CidrError as error:
            raise PydanticCustomError(error.code, "{reason}", {**error.params, "reason": str(error)}) from None

    return check


def _parse_address(value: object) -> Address:
    if isinstance(value, Address):
        return value
    text = _require_string(value)
    try:
        return ipaddress.ip_address(text.removesuffix("/32").removesuffix("/128"))
    except ValueError:
        raise PydanticCustomError("address-syntax", "not an address", {"address": text}) from None


def _labels_with_null_as_empty(value: Any) -> Any:
    """Take a label without a value, which YAML reads as null, for the empty text that Kubernetes stores."""
    if isinstance(value, Mapping):
        return {key: "" if label is None else label for key, label in value.items()}
    return value


_CIDR_SCHEMA = {"type": "string", "examples": ["10.244.0.0/16", "fd00:10:244::/112"]}

CidrField = Annotated[
    Cidr, PlainValidator(_cidr_validator(Cidr.parse)), PlainSerializer(str), WithJsonSchema(_CIDR_SCHEMA)
]
ReservedCidrField = Annotated[
    Cidr,
    PlainValidator(_cidr_validator(Cidr.parse_ignoring_host_bits)),
    PlainSerializer(str),
    WithJsonSchema(_CIDR_SCHEMA),
]
AddressField = Annotated[
    Address,
    PlainValidator(_parse_address),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["10.244.0.1"]}),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=253)]
SelectorText = Annotated[str, StringConstraints(max_length=MAX_READ_LENGTH)]
Labels = Annotated[Mapping[str, str], BeforeValidator(_labels_with_null_as_empty)]
BoolField = StrictBool
IntField = StrictInt


def count_field(maximum: int, *, default: int = 0, description: str) -> Any:
    """Return a field for a whole number from 0 to `maximum`."""
    return Field(default=default, ge=0, le=maximum, description=description)
