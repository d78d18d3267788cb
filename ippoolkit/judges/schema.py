"""What the CRD's schema says of single fields; calicoctl applies it too, after its own defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..cidr import Cidr
from ..findings import RULES
from ..findings.codes.rule import CALICOCTL, CRD
from ..kinds import Field, Kind, ListOf, MapOf, Shape, Type
from ..pool_rules import CHECKS, Pool
from ..read.checking import short
from .decode import is_time
from .resource import Notes

_TYPES: dict[Type, tuple[str, tuple[type, ...]]] = {
    Type.TEXT: ("type-text", (str,)),
    Type.FLAG: ("type-flag", (bool,)),
    Type.INT32: ("type-whole", (int,)),
    Type.INT64: ("type-whole", (int,)),
}
_INT64 = 1 << 63
# Zeros in front of a number of an address, which the schema's own reader takes.
_ZEROS = re.compile(r"(?<![0-9a-fA-F])0+(?=[0-9a-fA-F])")
_CIDR = re.compile(r"([0-9a-fA-F.:]+)/([0-9]+)")


def check_fields(kind: Kind, spec: Mapping[str, Any], notes: Notes) -> None:
    """Check choices, bounds, lengths and formats of a spec's fields."""
    for name, field in kind.fields.items():
        value = spec.get(name)
        if value is None or not fits(field.shape, value):
            continue  # absent, or told as a wrong type
        if value == "" and notes.judge == CALICOCTL and not field.pointer:
            continue  # calicoctl takes an empty text for an absent one
        if isinstance(value, str):
            _check_text(field, value, notes, "spec", name)
            if field.most is not None and len(value) > field.most:
                notes.say("value-long", "spec", name, length=len(value), most=field.most)
        elif isinstance(value, list | tuple):
            _check_list(field, value, notes, name)
        elif not isinstance(value, bool):
            if field.low is not None and value < field.low:
                notes.say("value-low", "spec", name, value=short(value), bound=field.low)
            if field.high is not None and value > field.high:
                notes.say("value-high", "spec", name, value=short(value), bound=field.high)


def check_pool(spec: Mapping[str, Any], notes: Notes) -> None:
    """Check a pool's spec by every rule on a single pool that its judge has."""
    pool = Pool.of(spec)
    for code, breaches in CHECKS.items():
        if notes.judge in RULES[code].judges:
            for field, numbers in breaches(pool):
                notes.say(code, "spec", field, **numbers)


def check_types(shapes: Mapping[str, Shape], values: Mapping[str, Any], notes: Notes, *path: str | int) -> None:
    """Check the types of fields as they stand: the API server turns nothing into anything."""
    for name, shape in shapes.items():
        if (value := values.get(name)) is not None:
            _check_type(shape, value, notes, *path, name)


def _check_type(shape: Shape, value: Any, notes: Notes, *path: str | int) -> None:
    if isinstance(shape, ListOf):
        if not isinstance(value, list):
            notes.say("type-list", *path, value=short(value))
            return
        for index, item in enumerate(value):
            _check_type(shape.item, item, notes, *path, index)
    elif isinstance(shape, MapOf | Mapping):
        if not isinstance(value, Mapping):
            notes.say("type-mapping", *path, value=short(value))
        elif isinstance(shape, MapOf):
            for key, item in value.items():
                if item is not None:
                    _check_type(shape.item, item, notes, *path, key)
        else:
            check_types(shape, value, notes, *path)
    elif shape is Type.TIME:
        if not isinstance(value, str) or not is_time(value):
            notes.say("type-time", *path, value=short(value))
    elif shape is Type.ANY:
        pass
    elif not fits(shape, value) or _beyond_int64(value):
        quoted = _TYPES[shape][0] == "type-whole" and isinstance(value, str) and value.isascii() and value.isdigit()
        notes.say("type-quoted" if quoted else _TYPES[shape][0], *path, value=short(value), field=str(path[-1]))


def fits(shape: Shape, value: Any) -> bool:
    """Whether a value has the type of its field; a number with a whole value is a whole number."""
    if isinstance(shape, ListOf):
        return isinstance(value, list | tuple) and all(fits(shape.item, item) for item in value)
    if not isinstance(shape, Type):
        return False
    if isinstance(value, bool):
        return shape is Type.FLAG
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return isinstance(whole, _TYPES[shape][1])


def _beyond_int64(value: Any) -> bool:
    return isinstance(value, int | float) and not -_INT64 <= value < _INT64


def _check_text(field: Field, value: str, notes: Notes, *path: str | int) -> None:
    if field.choices and value not in field.choices:
        notes.say("value-choice", *path, value=short(value), choices=", ".join(field.choices))
    read = sloppy_cidr if notes.judge == CRD else Cidr.maybe
    if field.is_cidr and read(value) is None:
        notes.say("cidr-syntax", *path, cidr=value)


def _check_list(field: Field, items: list[str] | tuple[str, ...], notes: Notes, name: str) -> None:
    seen = set()
    for index, item in enumerate(items):
        _check_text(field, item, notes, "spec", name, index)
        if notes.judge == CRD and item in seen:
            notes.say("value-twice", "spec", name, index, value=short(item))
        seen.add(item)
    if field.most is not None and len(items) > field.most:
        notes.say("value-many", "spec", name, count=len(items), most=field.most)


def sloppy_cidr(text: str) -> Cidr | None:
    """Read what the schema's format `cidr` takes: zeros in front of any number, host bits, no bare address.

    Returns
    -------
    Cidr or None
        The network without its host bits; None where the format is not met.
    """
    parts = _CIDR.fullmatch(text)
    return Cidr.maybe(f"{_ZEROS.sub('', parts[1])}/{parts[2].lstrip('0') or '0'}") if parts else None
