"""What the CRD's schema says of single fields; calicoctl applies it too, after its own defaults."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..calico.kinds import IP_POOL, FieldSpec, ListOf, MapOf, ResourceKind, ScalarType, ValueType
from ..calico.pool_rules import POOL_CHECKS, PoolSpec, rule_applies
from ..calico.releases import NEWEST, Release
from ..cidr import Cidr
from ..findings import N_, RULES, LocalizedText
from ..findings.codes.rule import CALICOCTL, CRD
from ..read.validation import short_value
from .calicoctl_decoder import is_rfc3339_time, wrong_type_code
from .resource import ResourceFindings

_PYTHON_TYPES = {ScalarType.STRING: str, ScalarType.BOOL: bool, ScalarType.INT32: int, ScalarType.INT64: int}
_INT64_BOUND = 1 << 63
_EVERY_NAMESPACE = LocalizedText(N_("every namespace"))
_EVERY_POD = LocalizedText(N_("also pods that do not name it"))
# Zeros in front of a number of an address, which the schema's own reader takes.
_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F])0+(?=[0-9a-fA-F])")
_CIDR_PATTERN = re.compile(r"([0-9a-fA-F.:]+)/([0-9]+)")


def check_fields(
    kind: ResourceKind, spec: Mapping[str, Any], findings: ResourceFindings, release: Release = NEWEST
) -> None:
    """Check choices, bounds, lengths and formats of a spec's fields, those of the kind as the release knows it."""
    for name, field in kind.fields.items():
        if findings.validator == CRD:
            field = _crd_field(name, field, release)  # noqa: PLW2901 (the field as the judge has it)
        value = spec.get(name)
        if value is None or not has_type(field.value_type, value):
            continue  # absent, or reported as a wrong type
        if value == "" and findings.validator == CALICOCTL and not field.is_pointer:
            continue  # calicoctl takes an empty text for an absent one
        if isinstance(value, str):
            _check_text(field, value, findings, "spec", name)
            if field.max_length is not None and len(value) > field.max_length:
                findings.add("value-long", "spec", name, length=len(value), most=field.max_length)
        elif isinstance(value, list | tuple):
            _check_list(field, value, findings, name, release)
        elif not isinstance(value, bool):
            if field.minimum is not None and value < field.minimum:
                findings.add("value-low", "spec", name, value=short_value(value), bound=field.minimum)
            if field.maximum is not None and value > field.maximum:
                findings.add("value-high", "spec", name, value=short_value(value), bound=field.maximum)


def check_pool_rules(spec: Mapping[str, Any], findings: ResourceFindings, release: Release = NEWEST) -> None:
    """Check a pool's spec by every rule on a single pool that its judge has in a release."""
    pool = PoolSpec.from_spec(spec)
    by_crd = findings.validator == CRD
    for code, find_violations in POOL_CHECKS.items():
        if (CRD if by_crd else CALICOCTL) in RULES[code].refused_by and rule_applies(code, release, by_crd=by_crd):
            for field, params in find_violations(pool):
                findings.add(code, "spec", field, **params)


def check_types(
    field_shapes: Mapping[str, ValueType], values: Mapping[str, Any], findings: ResourceFindings, *path: str | int
) -> None:
    """Check the types of fields as they stand: the API server turns nothing into anything."""
    for name, shape in field_shapes.items():
        if (value := values.get(name)) is not None:
            _check_type(shape, value, findings, *path, name)


def warn_of_open_pool(
    kind: ResourceKind, spec: Mapping[str, Any], findings: ResourceFindings, release: Release
) -> None:
    """Warn of a pool that a release stores without the field which keeps others out of it."""
    if kind.name != IP_POOL.name:
        return
    if spec.get("namespaceSelector") and not release.has("namespace-selector"):
        params = {"field": "namespaceSelector", "whom": _EVERY_NAMESPACE, "release": str(release)}
        findings.add("pool-open", "spec", "namespaceSelector", **params)
    if spec.get("assignmentMode") == "Manual" and not release.has("assignment-mode"):
        params = {"field": "assignmentMode", "whom": _EVERY_POD, "release": str(release)}
        findings.add("pool-open", "spec", "assignmentMode", **params)


def _check_type(shape: ValueType, value: Any, findings: ResourceFindings, *path: str | int) -> None:
    if isinstance(shape, ListOf):
        if not isinstance(value, list):
            findings.add("type-list", *path, value=short_value(value))
            return
        for index, item in enumerate(value):
            _check_type(shape.item, item, findings, *path, index)
    elif isinstance(shape, MapOf | Mapping):
        if not isinstance(value, Mapping):
            findings.add("type-mapping", *path, value=short_value(value))
        elif isinstance(shape, MapOf):
            for key, item in value.items():
                if item is not None:
                    _check_type(shape.item, item, findings, *path, key)
        else:
            check_types(shape, value, findings, *path)
    elif shape is ScalarType.TIME:
        if not isinstance(value, str) or not is_rfc3339_time(value):
            findings.add("type-time", *path, value=short_value(value))
    elif shape is ScalarType.ANY:
        pass
    elif not has_type(shape, value) or _exceeds_int64(value):
        findings.add(wrong_type_code(shape, value), *path, value=short_value(value), field=str(path[-1]))


def has_type(shape: ValueType, value: Any) -> bool:
    """Whether a value has the type of its field; a number with a whole value is a whole number."""
    if isinstance(shape, ListOf):
        return isinstance(value, list | tuple) and all(has_type(shape.item, item) for item in value)
    if not isinstance(shape, ScalarType):
        return False
    if isinstance(value, bool):
        return shape is ScalarType.BOOL
    integral = int(value) if isinstance(value, float) and value.is_integer() else value
    return isinstance(integral, _PYTHON_TYPES[shape])


def _exceeds_int64(value: Any) -> bool:
    # The API server's reader goes through floating point, where the largest int64 rounds up to 2^63.
    return isinstance(value, int | float) and not -_INT64_BOUND <= float(value) < _INT64_BOUND


def _crd_field(name: str, field: FieldSpec, release: Release) -> FieldSpec:
    """Return a field with what the CRD of a release asks of its value."""
    if release.has("crd-rules-all"):
        return field
    if release.has("crd-rules-first"):
        is_selector = name in ("nodeSelector", "namespaceSelector")
        is_list = isinstance(field.value_type, ListOf)
        max_length = None if is_selector or is_list else field.max_length
        return replace(field, max_length=max_length, is_cidr=field.is_cidr and not is_list)
    choices = field.allowed_values if name == "assignmentMode" else ()
    minimum, maximum = (field.minimum, field.maximum) if field.value_type is ScalarType.INT32 else (None, None)
    return replace(field, allowed_values=choices, minimum=minimum, maximum=maximum, max_length=None, is_cidr=False)


def _check_text(field: FieldSpec, value: str, findings: ResourceFindings, *path: str | int) -> None:
    if field.allowed_values and value not in field.allowed_values:
        findings.add("value-choice", *path, value=short_value(value), choices=", ".join(field.allowed_values))
    parse_cidr = parse_lenient_cidr if findings.validator == CRD else Cidr.parse_or_none
    if field.is_cidr and parse_cidr(value) is None:
        findings.add("cidr-syntax", *path, cidr=value)


def _check_list(
    field: FieldSpec, items: list[str] | tuple[str, ...], findings: ResourceFindings, name: str, release: Release
) -> None:
    earlier_items = set()
    takes_addresses = field.is_cidr and findings.validator != CRD and not release.has("reservation-cidrs-only")
    for index, item in enumerate(items):
        if not (takes_addresses and _is_address_or_empty(item)):
            _check_text(field, item, findings, "spec", name, index)
        if findings.validator == CRD and item in earlier_items and release.has("crd-rules-first"):
            findings.add("value-twice", "spec", name, index, value=short_value(item))
        earlier_items.add(item)
    if field.max_length is not None and len(items) > field.max_length:
        findings.add("value-many", "spec", name, count=len(items), most=field.max_length)


def _is_address_or_empty(text: str) -> bool:
    """Whether a text is a bare address, or empty: both stood for a range in reservations until v3.32."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return not text
    return "%" not in text


def parse_lenient_cidr(text: str) -> Cidr | None:
    """Read what the schema's format `cidr` takes: zeros in front of any number, host bits, no bare address.

    Returns
    -------
    Cidr or None
        The network without its host bits; None where the format is not met.
    """
    parts = _CIDR_PATTERN.fullmatch(text)
    return Cidr.parse_or_none(f"{_LEADING_ZEROS.sub('', parts[1])}/{parts[2].lstrip('0') or '0'}") if parts else None
